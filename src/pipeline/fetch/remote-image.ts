/**
 * One remote file as a ByteSource: asks for its beginning, more of it, its end or all of it, and keeps what came. Never mixes bytes
 * of two versions of the file, never inflates, never hands out what a host did not prove. One call at a time.
 */
import { ImageFault } from "../../domain/error-codes.ts";
import type { ByteSource } from "../byte-source.ts";
import type { Attempts, Try } from "./attempts.ts";
import type { BufferPool } from "./buffer-pool.ts";
import { totalOfUnsatisfied } from "./content-range.ts";
import { ifRangeOf, isIdentity, textOf } from "./headers.ts";
import type { Host } from "./hosts.ts";
import { type Asked, checkPart, rangeText, readPart } from "./partial.ts";
import type { Range, Received, Requests } from "./requests.ts";
import type { FetchSettings } from "./settings.ts";
import { exchangeFault } from "./transport-fault.ts";

export type RemoteImage = ByteSource & {
  /** Requests made in earnest: 1 and the retries, 0 before the first. */
  attempts(): number;
  /** To be called when no call is under way and nobody reads the image's bytes any more: their buffer serves another image. */
  release(): void;
};

/** The least that one request for a beginning asks for: 96 of 100 camera JPEGs tell their size within it. */
const PART_BYTES = 64 * 1_024;
/** Changes of the file that are followed while none of its bytes has been handed out. */
const MAX_RESTARTS = 2;

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
  let url: URL | undefined;
  let head: Uint8Array = new Uint8Array(0);
  let complete = false;
  let total: number | null = null;
  let ifRange: string | null = null;
  let end: Uint8Array | undefined;
  let handedOut = 0;
  let restarts = 0;
  /** Set when the host cannot serve a part of this file. */
  let onlyWhole = false;
  /** A whole body on its way, read as far as was asked for. */
  let flowing: Received | undefined;
  let busy = false;

  async function send(asked: Asked | null, within: Try): Promise<Received & { readonly asked: Asked | null }> {
    url ??= deps.parseUrl();
    let sent: Asked | null = null;
    const rangeFor = (host: Host): Range | null => {
      sent = onlyWhole || host.ranges.ignored ? null : asked;
      return sent && { bytes: rangeText(sent), ifRange };
    };
    const received = await requests.get(url, rangeFor, { lane: deps.lane, ...within });
    url = received.url;
    if (isIdentity(received.headers)) return { ...received, asked: sent };
    received.body.discard();
    const encoding = textOf(received.headers["content-encoding"]).slice(0, 40);
    throw new ImageFault("http_error", `${url.hostname} sent the file in the encoding "${encoding}", asked for none`);
  }

  /** The file at the host is not the one that was begun: start over, unless bytes of the old one are in use already. */
  function startOver(hostname: string): void {
    restarts += 1;
    if (handedOut > 0 || end !== undefined || restarts > MAX_RESTARTS) {
      throw new ImageFault("corrupt", `the file at ${hostname} changed while it was being read`);
    }
    head = new Uint8Array(0);
    total = null;
    ifRange = null;
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

  /** What a 206 says of the file must agree with what is known of it. Returns false when the file has changed. */
  function isSameFile(received: Received, newTotal: number | null): boolean {
    const validator = ifRangeOf(received.headers);
    const isSame =
      (total === null || newTotal === total) && (ifRange === null || validator === null || validator === ifRange);
    if (isSame) {
      total = newTotal;
      ifRange = validator ?? ifRange;
    }
    return isSame;
  }

  async function takePart(received: Received, asked: Asked | null): Promise<void> {
    const { hostname } = received.url;
    try {
      const range = checkPart(received, asked, hostname);
      if (range === null) {
        onlyWhole = true;
        return;
      }
      if (!isSameFile(received, range.total)) {
        startOver(hostname);
        return;
      }
      if (asked?.kind === "span" && asked.last === null) refuseLength(range.last + 1);
      const bytes = await readPart(received, range, hostname).catch((error: unknown) => {
        throw asFault(error, hostname);
      });
      if (range.first === head.length) {
        head = head.length === 0 ? bytes : Buffer.concat([head, bytes]);
        complete = head.length === total;
      } else {
        end = bytes;
      }
    } finally {
      received.body.discard();
    }
  }

  /** 416: there is nothing from here on, or the host cannot serve parts of this file. */
  function takeRefusal(received: Received): void {
    received.body.discard();
    const length = totalOfUnsatisfied(textOf(received.headers["content-range"]));
    if (length === 0) throw emptyFile(received.url.hostname);
    if (length !== null && length === head.length) {
      total = length;
      complete = true;
    } else {
      onlyWhole = true;
    }
  }

  /** 200: the whole file is coming, from its first byte. */
  function takeWhole(received: Received, asked: Asked | null): void {
    const { host, headers, body } = received;
    const isLonger = asked?.kind === "span" && (body.expected === null || body.expected > (asked.last ?? 0) + 1);
    if (textOf(headers["accept-ranges"]) === "bytes") host.ranges.areServed();
    else if (isLonger && ifRange === null) host.ranges.wereIgnored();
    if (body.expected === 0) {
      body.discard();
      throw emptyFile(received.url.hostname);
    }
    // The end that was handed out cannot be compared with a body that has only begun.
    if (end !== undefined && ifRange !== ifRangeOf(headers)) startOver(received.url.hostname);
    flowing = received;
    total = body.expected;
    ifRange = ifRangeOf(headers);
  }

  async function readFlowing(received: Received, atLeast: number, within: Try): Promise<void> {
    const { body } = received;
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
      if (bytes.length === 0) throw emptyFile(received.url.hostname);
      if (!startsWith(bytes, head.subarray(0, handedOut))) startOver(received.url.hostname);
      head = bytes;
      complete = body.ended;
      if (complete) total = bytes.length;
    } catch (error) {
      stopFlowing();
      throw asFault(error, received.url.hostname);
    } finally {
      within.signal.removeEventListener("abort", cancel);
    }
    if (complete) flowing = undefined;
  }

  function asFault(error: unknown, hostname: string): unknown {
    return error instanceof Error ? exchangeFault(error, hostname) : error;
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

  async function take(received: Received & { readonly asked: Asked | null }): Promise<void> {
    if (received.status === 206) await takePart(received, received.asked);
    else if (received.status === 416) takeRefusal(received);
    else takeWhole(received, received.asked);
  }

  async function growTo(atLeast: number, within: Try): Promise<void> {
    while (!complete && head.length < atLeast) {
      if (flowing) await readFlowing(flowing, atLeast, within);
      else await take(await send(nextSpan(atLeast), within));
    }
  }

  function nextSpan(atLeast: number): Asked | null {
    const first = head.length;
    if (atLeast === Number.POSITIVE_INFINITY) {
      refuseLength(total ?? 0);
      return first === 0 ? null : { kind: "span", first, last: total === null ? null : total - 1 };
    }
    const last = Math.max(atLeast, first + PART_BYTES) - 1;
    return { kind: "span", first, last: total === null ? last : Math.min(last, total - 1) };
  }

  async function fetchEnd(length: number, within: Try): Promise<Uint8Array> {
    for (;;) {
      // A short rest, or a body that flows already, is read to its end: the whole file is worth more than its end.
      if (flowing || onlyWhole || (total !== null && total - head.length <= Math.max(length, PART_BYTES))) {
        await growTo(Number.POSITIVE_INFINITY, within);
      }
      if (complete) return lastOf(head, length);
      if (end !== undefined && end.length >= length) return lastOf(end, length);
      const asked: Asked =
        total === null ? { kind: "suffix", length } : { kind: "span", first: total - length, last: total - 1 };
      await take(await send(asked, within));
    }
  }

  return {
    attempts: attempts.count,
    release() {
      // A body that still flows writes into its buffer; that one is left to the collector.
      if (!flowing && !busy) deps.buffers.giveBack(head);
      head = new Uint8Array(0);
    },
    totalBytes: () => total,
    async prefix(atLeast) {
      if (!complete && head.length < atLeast) await run((within) => growTo(Math.min(atLeast, maxBytes), within));
      if (!complete && atLeast > maxBytes) {
        refuseLength(total ?? 0);
        if (total === null) throw tooLarge(`does not end after ${head.length} bytes`);
      }
      handedOut = head.length;
      return { bytes: head, complete };
    },
    async tail(length) {
      if (complete) return lastOf(head, length);
      return await run((within) => fetchEnd(length, within));
    },
    async whole() {
      if (!complete) await run((within) => growTo(Number.POSITIVE_INFINITY, within));
      refuseLength(head.length);
      handedOut = head.length;
      return head;
    },
  };
}

function lastOf(bytes: Uint8Array, length: number): Uint8Array {
  return bytes.subarray(Math.max(0, bytes.length - length));
}

function startsWith(bytes: Uint8Array, beginning: Uint8Array): boolean {
  return bytes.length >= beginning.length && Buffer.compare(bytes.subarray(0, beginning.length), beginning) === 0;
}

function emptyFile(hostname: string): ImageFault {
  return new ImageFault("empty_body", `${hostname} sent a file without a single byte`);
}
