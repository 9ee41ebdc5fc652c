/**
 * Sends one GET and follows its redirects, each hop through the guard, its host's gate, and then the thread's places, so that those who
 * wait for a sick host never hold what others need. Must never retry.
 */
import type { AccessTable } from "../../domain/access-table.ts";
import { ImageFault } from "../../domain/error-codes.ts";
import type { FairSemaphore } from "../fair-semaphore.ts";
import type { Try } from "./attempts.ts";
import type { Buffers } from "./buffer-pool.ts";
import { type Answer, type ExchangeEnd, exchange } from "./exchange.ts";
import type { Guard } from "./guard.ts";
import { locationOf, textOf } from "./headers.ts";
import type { Pass, RequestEnd } from "./host-gate.ts";
import type { Host, Hosts } from "./hosts.ts";
import { type Introduction, introductionTo } from "./introduction.ts";
import { createRedirects, type Trail } from "./redirects.ts";
import { parseRetryAfter } from "./retry.ts";
import type { FetchSettings } from "./settings.ts";
import { faultOfStatus, isRedirect, isRefusal, isWhole, mayRefuseParts } from "./status-rules.ts";
import { exchangeFault } from "./transport-fault.ts";
import type { Refusal, Visitor } from "./visitor.ts";
import type { Way } from "./way.ts";
import type { Wire } from "./wire/wire.ts";
import { WireFault } from "./wire/wire-fault.ts";

/** The range to ask a host for, as the header's value, and the validator that it holds for; null for the whole file. */
export type Range = { readonly bytes: string; readonly ifRange: string | null };

/** What to ask a host for, and what to ask it for in the same breath. */
export type Wanted = { readonly range: Range | null; readonly beside: Range | null };

export type Received = Answer & {
  readonly url: URL;
  /** How it was reached: for the image's next request, which begins there. */
  readonly way: Way;
  readonly host: Host;
  /** The answer to what was asked for beside; null when nothing was. */
  readonly beside: Promise<Answer> | null;
  /** Why there is no file in it; null when there is one. */
  readonly refusal: ImageFault | null;
};

/** For whom it is asked. A visitor says who asks in place of what the tenant keeps for the host. */
export type Asker = {
  readonly lane: string;
  readonly access: () => AccessTable;
  readonly visitor?: Visitor | null;
};

export type Requests = {
  /**
   * Resolves with a file, a part of one, or a refusal to send a part; its body, and the one beside it, must be read to the end or
   * discarded. Throws ImageFault.
   */
  get(start: URL, begun: Way, wantedOf: (host: Host) => Wanted, asker: Asker, attempt: Try): Promise<Received>;
};

export function createRequests(deps: {
  readonly wire: Wire;
  readonly guard: Pick<Guard, "parse">;
  readonly hosts: Hosts;
  readonly places: FairSemaphore;
  readonly buffers: Buffers;
  readonly settings: FetchSettings;
  readonly now: () => number;
  /** Told each time that an image waits before this host's gate no longer: it has come to its turn, or never will. */
  readonly onWaited: (host: string) => void;
}): Requests {
  const { wire, hosts, settings } = deps;
  const redirects = createRedirects({ guard: deps.guard, maxRedirects: settings.maxRedirects });
  const plainFields = fieldsOf(settings.userAgent);

  /** Without a range. */
  function commonFields({ cookies }: Way, said: Introduction | null): string {
    const fields = said === null ? plainFields : fieldsOf(said.userAgent ?? settings.userAgent) + said.lines;
    return cookies === "" ? fields : `${fields}cookie: ${cookies}\r\n`;
  }

  function plain(url: URL, way: Way, { range, beside }: Wanted, said: Introduction | null): ToSend {
    const common = commonFields(way, said);
    const fields = beside === null ? [withRange(common, range)] : [withRange(common, range), withRange(common, beside)];
    return { said, target: url.pathname + (said === null ? url.search : said.search), fields };
  }

  async function introducedBy(
    visitor: Visitor,
    url: URL,
    { range, beside }: Wanted,
    leave: (end: ExchangeEnd) => void,
  ): Promise<ToSend> {
    try {
      const first = await visitor.introduce(url, range?.bytes ?? null);
      const fields = [withRange(plainFields, range) + first.fields];
      if (beside !== null) {
        fields.push(withRange(plainFields, beside) + (await visitor.introduce(url, beside.bytes)).fields);
      }
      return { said: null, target: first.target ?? url.pathname + url.search, fields };
    } catch (error) {
      leave(neverSent(error));
      throw error;
    }
  }

  /** Waits until the host may be sent to, holding nothing meanwhile; the two are to be given back. */
  async function enter(
    host: Host,
    name: string,
    lane: string,
    attempt: Try,
  ): Promise<{ readonly pass: Pass; readonly releaseThread: () => void }> {
    const { signal } = attempt;
    attempt.onWait();
    let pass: Pass;
    try {
      pass = await host.gate.enter(lane, signal, attempt.turn());
    } finally {
      deps.onWaited(name);
    }
    try {
      const releaseThread = await deps.places.acquire(lane, signal, attempt.turn());
      attempt.onPlace();
      pass.begin();
      return { pass, releaseThread };
    } catch (error) {
      pass.leave({ kind: "silent" });
      throw error;
    }
  }

  /**
   * Sends in places of its own, which are held until the body is over. A connection that the host closed while it was idle is no
   * failure: the request goes out again, once, in the same places.
   */
  async function send(url: URL, way: Way, host: Host, wanted: Wanted, asker: Asker, attempt: Try): Promise<Sent> {
    const { signal } = attempt;
    const { hostname } = url;
    const { pass, releaseThread } = await enter(host, url.host, asker.lane, attempt);
    const leave = (end: ExchangeEnd) => {
      releaseThread();
      const fault = end.error && faultOf(end.error, hostname, signal);
      const told = endOf(end, fault, host, hostname, attempt, deps.now());
      if (told.kind === "refused") attempt.onRefused(host.gate.served);
      pass.leave(told);
    };
    const now = host.gate.isMetered ? { ...wanted, beside: null } : wanted;
    // As late as can be: what is kept for the host may have changed while the image waited for it, and a signature has a time.
    const { target, fields, said } = asker.visitor
      ? await introducedBy(asker.visitor, url, now, leave)
      : plain(url, way, now, introduce(url, way, asker, leave));
    let stale = false;
    const onOver = (end: ExchangeEnd) => {
      stale = end.error instanceof WireFault && end.error.stale;
      if (!stale) leave(end);
    };
    const use = { signal, buffers: deps.buffers };
    const { first, second } = exchange(wire, { url, target, fields, fresh: false }, { ...use, onOver });
    try {
      return { answer: await first, beside: second, said };
    } catch (error) {
      if (!stale) throw error;
      const again = exchange(wire, { url, target, fields, fresh: true }, { ...use, onOver: leave });
      return { answer: await again.first, beside: again.second, said };
    }
  }

  function faultOf(error: unknown, hostname: string, signal: AbortSignal): unknown {
    const aborted = signal.aborted && error === signal.reason;
    return aborted || !(error instanceof Error) ? error : exchangeFault(error, hostname);
  }

  return {
    async get(start, begun, wantedOf, asker, attempt) {
      let url = start;
      let way = begun;
      for (let trail: Trail | null = null; ; { url, way } = trail) {
        attempt.onHost(url.hostname);
        const host = hosts.of(url.origin);
        const wanted = wantedOf(host);
        let sent: Sent;
        try {
          sent = await send(url, way, host, wanted, asker, attempt);
        } catch (error) {
          throw faultOf(error, url.hostname, attempt.signal);
        }
        const { answer, beside, said } = sent;
        const { status, headers } = answer;
        if (isWhole(status) || status === 206) return { ...answer, url, way, host, beside, refusal: null };
        const heard =
          asker.visitor && status !== NOT_THAT_PART ? asker.visitor.hear(await refusalOf(answer, url)) : null;
        if (heard instanceof ImageFault) {
          discard(answer, beside);
          throw heard;
        }
        if (heard !== null) {
          discard(answer, beside);
          trail = redirects.askAgain(trail, { url, way }, heard);
          continue;
        }
        const location = isRedirect(status) ? locationOf(headers) : "";
        if (location === "") {
          const refusal = noted(faultOfStatus(status, textOf(headers["retry-after"]), url, deps.now()), said);
          if (wanted.range !== null && mayRefuseParts(status)) return { ...answer, url, way, host, beside, refusal };
          discard(answer, beside);
          throw refusal;
        }
        discard(answer, beside);
        trail = redirects.follow(trail, { url, way }, { location, headers }, asker.access());
      }
    },
  };
}

type ToSend = {
  readonly target: string;
  readonly fields: readonly string[];
  readonly said: Introduction | null;
};

type Sent = {
  readonly answer: Answer;
  readonly beside: Promise<Answer> | null;
  readonly said: Introduction | null;
};

/** 416: no refusal of the file. */
const NOT_THAT_PART = 416;

/** What object stores say of a refusal has some hundred bytes. */
const REFUSAL_BYTES = 8 * 1_024;

async function refusalOf({ status, headers, body }: Answer, url: URL): Promise<Refusal> {
  // A refusal that breaks off is one all the same.
  await body.read(REFUSAL_BYTES).catch(() => {});
  return { status, headers, url, body: new TextDecoder().decode(body.bytes().subarray(0, REFUSAL_BYTES)) };
}

function fieldsOf(userAgent: string): string {
  return `accept: */*\r\naccept-encoding: identity\r\nuser-agent: ${userAgent}\r\n`;
}

function withRange(common: string, range: Range | null): string {
  if (range === null) return common;
  const fields = `${common}range: ${range.bytes}\r\n`;
  return range.ifRange === null ? fields : `${fields}if-range: ${range.ifRange}\r\n`;
}

/** What is said of who asks; null for nothing. What cannot be said ends the request, which was never sent. */
function introduce(url: URL, { isHome }: Way, asker: Asker, leave: (end: ExchangeEnd) => void): Introduction | null {
  const access = isHome ? asker.access().to(url) : null;
  if (access === null) return null;
  try {
    return introductionTo(url, access);
  } catch (error) {
    leave(neverSent(error));
    throw error;
  }
}

function neverSent(error: unknown): ExchangeEnd {
  return { error: error instanceof Error ? error : undefined, status: 0, retryAfter: "", beside: null };
}

/** Whoever is refused is told what was said. */
function noted(refusal: ImageFault, said: Introduction | null): ImageFault {
  if (said === null || said.note === "" || refusal.code !== "forbidden") return refusal;
  return new ImageFault("forbidden", refusal.message + said.note, { cause: refusal });
}

/** Nothing of either answer is wanted. */
function discard(answer: Pick<Answer, "body">, beside: Promise<Answer> | null): void {
  answer.body.discard();
  beside?.then(
    (other) => other.body.discard(),
    () => {},
  );
}

/** Of one image as well, but also what a host says when it is down. */
const SICKNESS = new Set<unknown>(["connect_failed", "dns_failed", "timeout"]);

/**
 * What the end of a request tells of its host. Any answer but a 5xx, read as far as it was wanted, is a sign of health. 429 is too much by
 * its meaning (RFC 6585 §4), 503 when a wait is named with it (RFC 9110 §15.6.4), or when others are served; so is a connection that breaks
 * while others are served. An image that others have overtaken is refused for a reason of its own: it says nothing new.
 */
function endOf(
  { status, retryAfter, beside }: ExchangeEnd,
  fault: unknown,
  { gate }: Host,
  hostname: string,
  attempt: Try,
  now: number,
): RequestEnd {
  const trouble = fault instanceof ImageFault ? fault.message : `${hostname} answered ${status}`;
  const waitMs = parseRetryAfter(retryAfter, now);
  const asks = status === 429 || (status === 503 && waitMs !== null);
  const isBroken = fault instanceof ImageFault && SICKNESS.has(fault.code);
  const broke = isBroken && fault.code === "connect_failed" && gate.isUnderLoad;
  if (asks || broke || (status === 503 && gate.isLively)) {
    return { kind: "refused", waitMs: waitOf(retryAfter, now), asks, overtaken: attempt.overtaken(), trouble };
  }
  if (isBroken || status >= 500)
    return { kind: "failed", answered: status > 0, repeated: attempt.failedBefore(), trouble };
  return status > 0 ? { kind: "served", beside: besideOf(beside, hostname, now) } : { kind: "silent" };
}

/** Who names a wait that cannot be read wants one all the same. */
const UNREADABLE_WAIT_MS = 3_000;

function waitOf(retryAfter: string, now: number): number | null {
  return parseRetryAfter(retryAfter, now) ?? (retryAfter === "" ? null : UNREADABLE_WAIT_MS);
}

/** A refusal of the second is the host's word that two were too many; whatever else it got says nothing of its health. */
function besideOf(beside: ExchangeEnd["beside"], hostname: string, now: number) {
  if (beside === null) return "none";
  const { status, retryAfter } = beside;
  if (!isRefusal(status)) return "served";
  return { waitMs: waitOf(retryAfter, now), trouble: `${hostname} answered ${status}` };
}
