/**
 * One remote file as a ByteSource: asks for its beginning, more of it, its end or all of it, and keeps what came. Never mixes bytes
 * of two versions of the file, never inflates, never hands out what a host did not prove. One call at a time.
 */
import { ImageFault } from "../../domain/error-codes.ts";
import type { ByteSource } from "../byte-source.ts";
import type { Attempts, Try } from "./attempts.ts";
import type { BufferPool } from "./buffer-pool.ts";
import { totalOfUnsatisfied } from "./content-range.ts";
import { isIdentity, textOf } from "./headers.ts";
import type { Host } from "./hosts.ts";
import { createKnownFile } from "./known-file.ts";
import { type Asked, partOf, rangeText, readPart, unaskedPart } from "./partial.ts";
import type { Received, Requests, Wanted } from "./requests.ts";
import { isRetryable } from "./retry.ts";
import type { FetchSettings } from "./settings.ts";
import { isWhole } from "./status-rules.ts";
import { exchangeFault } from "./transport-fault.ts";

export type RemoteImage = ByteSource & {
  /** Requests made in earnest: 1 and the retries, 0 before the first. */
  attempts(): number;
  /** To be called when no call is under way and nobody reads the image's bytes any more: their buffer serves another image. */
  release(): void;
};

/** A beginning that did not do is made as long as this at least, or longer by it: 96 of 100 camera JPEGs tell their size within it. */
const PART_BYTES = 64 * 1_024;

/** What was asked of a host: a part of the file or all of it, and perhaps the file's last bytes beside. */
type Question = { readonly asked: Asked | null; readonly tail: number };

export function createRemoteImage(deps: {
  readonly parseUrl: () => URL;
  readonly lane: string;
  readonly requests: Requests;
  readonly attempts: Attempts;
  readonly buffers: Pick<BufferPool, "giveBack">;
  readonly settings: FetchSettings;
}): RemoteImage {
  const { requests, attempts, settings } = deps;
  const maxBytes = settings.maxImageBytes;
  const file = createKnownFile();
  let url: URL | undefined;
  let host: Host | undefined;
  /** Set when the host cannot serve a part of this file. */
  let onlyWhole = false;
  /** Set while it is open whether a file that was refused in parts may be had as a whole. */
  let refused = false;
  /** A whole body on its way, read as far as was asked for. */
  let flowing: Received | undefined;
  let busy = false;
  /** What the file's reader asked for, for the host's next files. */
  const need = { bytes: 0, tail: 0, whole: false };

  async function ask(askedOf: (host: Host) => Asked | null, within: Try): Promise<void> {
    url ??= deps.parseUrl();
    let question: Question = { asked: null, tail: 0 };
    const wantedOf = (at: Host): Wanted => {
      question = questionFor(at, askedOf(at));
      const { asked, tail } = question;
      return {
        range: asked && { bytes: rangeText(asked), ifRange: file.ifRange },
        beside: tail === 0 ? null : { bytes: rangeText({ kind: "suffix", length: tail }), ifRange: null },
      };
    };
    const received = await requests.get(url, wantedOf, { lane: deps.lane, ...within }).catch((error: unknown) => {
      if (refused) host?.ranges.wholeWasRefused();
      refused = false;
      throw error;
    });
    url = received.url;
    host = received.host;
    if (!isIdentity(received.headers)) {
      received.body.discard();
      dropBeside(received);
      const encoding = textOf(received.headers["content-encoding"]).slice(0, 40);
      throw new ImageFault("http_error", `${url.hostname} sent the file in the encoding "${encoding}", asked for none`);
    }
    await take(received, question, within);
  }

  /** The end is asked for along with the beginning where the host's files were read so, and where it keeps the order of two answers. */
  function questionFor({ ranges }: Host, asked: Asked | null): Question {
    if (onlyWhole || ranges.ignored || asked === null) return { asked: null, tail: 0 };
    const isBeginning = asked.kind === "span" && asked.first === 0 && asked.last !== null && file.end === undefined;
    return { asked, tail: isBeginning && ranges.order.isKept ? ranges.first.tail : 0 };
  }

  async function take(received: Received, { asked, tail }: Question, within: Try): Promise<void> {
    const isPart = received.status === 206;
    if (!isPart) dropBeside(received);
    if (isPart) await takeParts(received, asked, tail, within);
    else if (received.status === 416) takeUnsatisfied(received);
    else if (isWhole(received.status)) takeWhole(received, asked);
    else takeRefusal(received);
  }

  async function takeParts(received: Received, asked: Asked | null, tail: number, within: Try): Promise<void> {
    try {
      if (await takePart(received, asked, tail)) await takeBeside(received, tail, within);
      else dropBeside(received);
    } catch (error) {
      dropBeside(received);
      throw error;
    } finally {
      received.body.discard();
    }
  }

  /** Whether it was a part of the file that was begun. */
  async function takePart(received: Received, asked: Asked | null, tail: number): Promise<boolean> {
    const { hostname } = received.url;
    const { ranges } = received.host;
    if (asked === null) throw unaskedPart(received, hostname);
    const part = partOf(received, asked);
    if (part === null) {
      received.body.cancel(new Error("not the part that was asked for"));
      // It may have been the other of two answers; if not, the next one will show it.
      if (tail > 0) ranges.order.wasBroken();
      else onlyWhole = true;
      if (tail === 0 && asked.kind === "span") ranges.wereContradicted();
      return false;
    }
    if (!file.agreesWith(received.headers, part.total)) {
      file.startOver(hostname);
      return false;
    }
    if (asked.kind === "span" && asked.last === null) refuseLength(part.last + 1);
    file.addPart(
      part,
      await readPart(received, part, hostname).catch((error: unknown) => {
        throw asFault(error, hostname);
      }),
    );
    ranges.wereServed();
    if (received.onKept) ranges.order.wasProven();
    return true;
  }

  /** The file's last bytes, when they were asked for with its first. Where they do not come they are asked for when they are wanted. */
  async function takeBeside(
    { beside, host: { ranges }, url: { hostname } }: Received,
    tail: number,
    within: Try,
  ): Promise<void> {
    if (beside === null) return;
    try {
      const answer = await beside;
      const part =
        answer.status === 206 && isIdentity(answer.headers) ? partOf(answer, { kind: "suffix", length: tail }) : null;
      if (part === null) {
        ranges.order.wasBroken();
        answer.body.discard();
      } else if (!file.agreesWith(answer.headers, part.total)) {
        answer.body.discard();
      } else {
        const bytes = await readPart(answer, part, hostname);
        if (!file.complete) file.addPart(part, bytes);
        ranges.order.wasKept();
      }
    } catch {
      within.signal.throwIfAborted();
      ranges.order.lostSecond();
    }
  }

  /** 416: there is nothing from here on, or the host cannot serve parts of this file. */
  function takeUnsatisfied(received: Received): void {
    received.body.discard();
    const length = totalOfUnsatisfied(textOf(received.headers["content-range"]));
    if (length === 0) throw emptyFile(received.url.hostname);
    if (length !== null && length === file.head.length) file.endsAt(length);
    else onlyWhole = true;
  }

  /** Hosts that cannot serve a part of a file refuse it in many ways; the whole file may be had all the same. */
  function takeRefusal({ body, refusal, host: { ranges } }: Received): void {
    body.discard();
    if (refusal === null) throw new Error("an answer is neither a file nor refused");
    if (file.head.length > 0 || !ranges.wholeMayHelp || refusal.code === "url_expired") throw refusal;
    onlyWhole = true;
    refused = true;
    // What may pass by itself is not asked for again at once.
    if (isRetryable(refusal)) throw refusal;
  }

  /** The whole file is coming, from its first byte. */
  function takeWhole(received: Received, asked: Asked | null): void {
    const { headers, body } = received;
    const { ranges } = received.host;
    const isLonger = asked?.kind === "span" && (body.expected === null || body.expected > (asked.last ?? 0) + 1);
    if (textOf(headers["accept-ranges"]) === "bytes") ranges.areServed();
    else if (isLonger && file.ifRange === null) ranges.wereIgnored();
    if (refused) ranges.wholeHelped();
    refused = false;
    if (body.expected === 0) {
      body.discard();
      throw emptyFile(received.url.hostname);
    }
    file.expectWhole(headers, body.expected, received.url.hostname);
    flowing = received;
  }

  async function readFlowing(received: Received, atLeast: number, within: Try): Promise<void> {
    const { body } = received;
    const { hostname } = received.url;
    // The signal of the call that sent the request may be another one.
    const cancel = () => body.cancel(within.signal.reason);
    within.signal.addEventListener("abort", cancel);
    const isAll = atLeast === Number.POSITIVE_INFINITY;
    try {
      if (isAll) refuseLength(body.expected ?? 0);
      await body.read(isAll ? maxBytes + 1 : atLeast);
      const bytes = body.bytes();
      // Reading stops there: how much would follow is not known.
      if (isAll && bytes.length > maxBytes) throw tooLarge(`does not end after ${maxBytes} bytes`);
      if (bytes.length === 0) throw emptyFile(hostname);
      file.setHead(bytes, body.ended, hostname);
    } catch (error) {
      stopFlowing();
      throw asFault(error, hostname);
    } finally {
      within.signal.removeEventListener("abort", cancel);
    }
    if (file.complete) flowing = undefined;
  }

  function refuseLength(bytes: number): void {
    if (bytes > maxBytes) throw tooLarge(`has ${bytes} bytes`);
  }

  function tooLarge(what: string): ImageFault {
    return new ImageFault(
      "body_too_large",
      `the file ${what}, at most ${maxBytes} are allowed (STOREWALK_MAX_IMAGE_BYTES)`,
    );
  }

  function stopFlowing(): void {
    flowing?.body.discard();
    flowing = undefined;
  }

  /**
   * A body that is not read to its end holds its connection and its places. One who measures asks for more at once or not at all:
   * by the loop's next turn the rest is not wanted.
   */
  function parkFlowing(): void {
    const parked = flowing;
    if (!parked) return;
    setImmediate(() => {
      if (flowing === parked && !busy) stopFlowing();
    });
  }

  async function run<T>(attempt: (within: Try) => Promise<T>): Promise<T> {
    busy = true;
    try {
      return await attempts.run(attempt);
    } finally {
      busy = false;
      parkFlowing();
    }
  }

  async function growTo(atLeast: number, within: Try): Promise<void> {
    while (!file.complete && file.head.length < atLeast) {
      if (flowing) await readFlowing(flowing, atLeast, within);
      else await ask((at) => nextSpan(atLeast, at), within);
    }
  }

  function nextSpan(atLeast: number, { ranges }: Host): Asked | null {
    const { head, total } = file;
    const first = head.length;
    if (atLeast === Number.POSITIVE_INFINITY) {
      refuseLength(total ?? 0);
      return first === 0 ? null : { kind: "span", first, last: total === null ? null : total - 1 };
    }
    const enough = first === 0 ? ranges.first.bytes : first < PART_BYTES ? PART_BYTES : first + PART_BYTES;
    const last = Math.max(atLeast, enough) - 1;
    return { kind: "span", first, last: total === null ? last : Math.min(last, total - 1) };
  }

  async function fetchEnd(length: number, within: Try): Promise<Uint8Array> {
    for (;;) {
      const { head, end, total, complete } = file;
      if (complete) return lastOf(head, length);
      if (end !== undefined && end.length >= length) return lastOf(end, length);
      // A short rest, or a body that flows already, is read to its end: the whole file is worth more than its end.
      if (flowing || onlyWhole || (total !== null && total - head.length <= Math.max(length, PART_BYTES))) {
        await growTo(Number.POSITIVE_INFINITY, within);
      } else {
        const asked: Asked =
          total === null ? { kind: "suffix", length } : { kind: "span", first: total - length, last: total - 1 };
        await ask(() => asked, within);
      }
    }
  }

  return {
    attempts: attempts.count,
    release() {
      if (host && need.bytes > 0 && !need.whole) host.ranges.first.learn({ ...need, total: file.total });
      // A body that still flows writes into its buffer; that one is left to the collector.
      if (!flowing && !busy) deps.buffers.giveBack(file.head);
      file.dropBytes();
    },
    totalBytes: () => file.total,
    async prefix(atLeast) {
      need.bytes = Math.max(need.bytes, atLeast);
      if (!file.complete && file.head.length < atLeast) {
        await run((within) => growTo(Math.min(atLeast, maxBytes), within));
      }
      if (!file.complete && atLeast > maxBytes) {
        refuseLength(file.total ?? 0);
        if (file.total === null) throw tooLarge(`does not end after ${file.head.length} bytes`);
      }
      // No more than was asked for is shown, so that what is asked for is what the file needs.
      const bytes = file.complete ? file.head : file.head.subarray(0, atLeast);
      file.handOut(bytes.length);
      return { bytes, complete: file.complete };
    },
    async tail(length) {
      need.tail = Math.max(need.tail, length);
      return file.complete ? lastOf(file.head, length) : await run((within) => fetchEnd(length, within));
    },
    async whole() {
      need.whole = true;
      if (!file.complete) await run((within) => growTo(Number.POSITIVE_INFINITY, within));
      refuseLength(file.head.length);
      file.handOut(file.head.length);
      return file.head;
    },
  };
}

function asFault(error: unknown, hostname: string): unknown {
  return error instanceof Error ? exchangeFault(error, hostname) : error;
}

function dropBeside({ beside }: Received): void {
  beside?.then(({ body }) => body.discard()).catch(() => {});
}

function lastOf(bytes: Uint8Array, length: number): Uint8Array {
  return bytes.subarray(Math.max(0, bytes.length - length));
}

function emptyFile(hostname: string): ImageFault {
  return new ImageFault("empty_body", `${hostname} sent a file without a single byte`);
}
