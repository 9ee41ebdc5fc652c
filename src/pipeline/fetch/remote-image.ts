/**
 * One remote file as a ByteSource: asks for its beginning, more of it, its end or all of it, and keeps what came. Never mixes bytes
 * of two versions of the file, never inflates, never hands out what a host did not prove. One call at a time.
 */
import { faultWithoutSecrets } from "../../domain/access-table.ts";
import { ImageFault } from "../../domain/error-codes.ts";
import type { ByteSource, Prefix } from "../byte-source.ts";
import type { Attempts, Try } from "./attempts.ts";
import type { Buffers } from "./buffer-pool.ts";
import { totalOfUnsatisfied } from "./content-range.ts";
import { emptyFile, tooLarge } from "./file-faults.ts";
import { createFlowingBody } from "./flowing-body.ts";
import { isIdentity, textOf } from "./headers.ts";
import type { Host } from "./hosts.ts";
import { createKnownFile } from "./known-file.ts";
import { type Asked, partOf, rangeText, readPart, unaskedPart } from "./partial.ts";
import type { Asker, Received, Requests, Wanted } from "./requests.ts";
import { isRetryable } from "./retry.ts";
import { dropEnd, takeEnd } from "./second-answer.ts";
import type { FetchSettings } from "./settings.ts";
import { isWhole } from "./status-rules.ts";
import { asFault } from "./transport-fault.ts";
import { AT_HOME } from "./way.ts";

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
  readonly asker: Asker;
  readonly requests: Requests;
  readonly attempts: Attempts;
  readonly buffers: Pick<Buffers, "giveBack">;
  readonly settings: FetchSettings;
}): RemoteImage {
  const { requests, attempts, settings } = deps;
  const maxBytes = settings.maxImageBytes;
  const file = createKnownFile();
  let url: URL | undefined;
  let way = AT_HOME;
  let host: Host | undefined;
  /** Set when the host cannot serve a part of this file. */
  let onlyWhole = false;
  /** Set while it is open whether a file that was refused in parts may be had as a whole. */
  let refused = false;
  const flow = createFlowingBody({ file, maxBytes, isWanted: () => busy });
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
    const received = await get(url, wantedOf, within);
    url = received.url;
    way = received.way;
    host = received.host;
    if (!isIdentity(received.headers)) {
      received.body.discard();
      dropEnd(received);
      const encoding = textOf(received.headers["content-encoding"]).slice(0, 40);
      throw new ImageFault("http_error", `${url.hostname} sent the file in the encoding "${encoding}", asked for none`);
    }
    const parts = take(received, question, within);
    if (parts !== null) await parts;
  }

  async function get(at: URL, wantedOf: (host: Host) => Wanted, within: Try): Promise<Received> {
    try {
      return await requests.get(at, way, wantedOf, deps.asker, within);
    } catch (error) {
      if (refused) host?.ranges.wholeWasRefused();
      refused = false;
      throw error;
    }
  }

  /** The end is asked for along with the beginning where the host's files were read so, and where it keeps the order of two answers. */
  function questionFor({ ranges }: Host, asked: Asked | null): Question {
    if (onlyWhole || ranges.ignored || asked === null) return { asked: null, tail: 0 };
    const isBeginning = asked.kind === "span" && asked.first === 0 && asked.last !== null && file.end === undefined;
    return { asked, tail: isBeginning && ranges.order.isKept ? ranges.first.tail : 0 };
  }

  /** Parts have yet to come in; null where nothing is to be waited for. */
  function take(received: Received, { asked, tail }: Question, within: Try): Promise<void> | null {
    if (received.status === 206) return takeParts(received, asked, tail, within);
    dropEnd(received);
    if (received.status === 416) takeUnsatisfied(received);
    else if (isWhole(received.status)) takeWhole(received, asked);
    else takeRefusal(received);
    return null;
  }

  async function takeParts(received: Received, asked: Asked | null, tail: number, within: Try): Promise<void> {
    try {
      if (await takePart(received, asked, tail)) await takeEnd(received, file, tail, within.signal);
      else dropEnd(received);
    } catch (error) {
      dropEnd(received);
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
    try {
      file.addPart(part, await readPart(received, part, hostname));
    } catch (error) {
      throw asFault(error, hostname);
    }
    ranges.wereServed();
    if (received.onKept) ranges.order.wasProven();
    return true;
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
    flow.begin(received);
  }

  function refuseLength(bytes: number): void {
    if (bytes > maxBytes) throw tooLarge(`has ${bytes} bytes`, maxBytes);
  }

  async function run<T>(attempt: (within: Try) => Promise<T>): Promise<T> {
    busy = true;
    try {
      return await attempts.run(attempt);
    } catch (error) {
      throw faultWithoutSecrets(error, deps.asker.access());
    } finally {
      busy = false;
      flow.park();
    }
  }

  async function growTo(atLeast: number, within: Try): Promise<void> {
    while (!file.complete && file.head.length < atLeast) {
      if (flow.isOpen()) await flow.read(atLeast, within.signal);
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

  function learn({ ranges }: Host): void {
    const { complete, head, total } = file;
    // Of a file that was there as a whole nobody knows how little would have done.
    ranges.first.learn({ bytes: complete ? head.length : need.bytes, tail: need.tail, total });
  }

  /** No more than was asked for is shown, so that what is asked for is what the file needs. */
  function beginning(atLeast: number): Prefix {
    const bytes = file.complete ? file.head : file.head.subarray(0, atLeast);
    file.handOut(bytes.length);
    return { bytes, complete: file.complete };
  }

  async function longerBeginning(atLeast: number): Promise<Prefix> {
    await run((within) => growTo(Math.min(atLeast, maxBytes), within));
    if (!file.complete && atLeast > maxBytes) {
      refuseLength(file.total ?? 0);
      if (file.total === null) throw tooLarge(`does not end after ${file.head.length} bytes`, maxBytes);
    }
    return beginning(atLeast);
  }

  /** The file's last bytes, when they are here already. */
  function endOf(length: number): Uint8Array | null {
    const { complete, head, end } = file;
    if (complete) return lastOf(head, length);
    return end !== undefined && end.length >= length ? lastOf(end, length) : null;
  }

  async function fetchEnd(length: number, within: Try): Promise<Uint8Array> {
    for (;;) {
      const there = endOf(length);
      if (there) return there;
      const { head, total } = file;
      // A short rest, or a body that flows already, is read to its end: the whole file is worth more than its end.
      if (flow.isOpen() || onlyWhole || (total !== null && total - head.length <= Math.max(length, PART_BYTES))) {
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
      if (host && need.bytes > 0 && !need.whole) learn(host);
      // A body that still flows writes into its buffer; that one is left to the collector.
      if (!flow.isOpen() && !busy) {
        deps.buffers.giveBack(file.head);
        if (file.end) deps.buffers.giveBack(file.end);
      }
      file.dropBytes();
    },
    totalBytes: () => file.total,
    prefix(atLeast) {
      need.bytes = Math.max(need.bytes, atLeast);
      if (file.complete || file.head.length >= atLeast) return Promise.resolve(beginning(atLeast));
      return longerBeginning(atLeast);
    },
    tail(length) {
      need.tail = Math.max(need.tail, length);
      const there = endOf(length);
      return there ? Promise.resolve(there) : run((within) => fetchEnd(length, within));
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

function lastOf(bytes: Uint8Array, length: number): Uint8Array {
  return bytes.subarray(Math.max(0, bytes.length - length));
}
