/**
 * What has come of one remote file: its beginning, perhaps its end, its length and its validator. Keeps two versions of the file apart;
 * asks for nothing.
 */
import { ImageFault } from "../../domain/error-codes.ts";
import type { ContentRange } from "./content-range.ts";
import { type Headers, ifRangeOf } from "./headers.ts";

export type KnownFile = {
  readonly head: Uint8Array;
  /** Whether `head` is the whole file. */
  readonly complete: boolean;
  /** The file's length, null when no host told it. */
  readonly total: number | null;
  /** What a further part must be of, for If-Range; null when no host told it. */
  readonly ifRange: string | null;
  readonly end: Uint8Array | undefined;
  /** Whether a part with these headers, of a file of this length, is of the file that was begun; notes what it tells. */
  agreesWith(headers: Headers, total: number | null): boolean;
  addPart(range: ContentRange, bytes: Uint8Array): void;
  /** The file's first bytes, these and no others. Starts over when they are not those that were handed out. */
  setHead(bytes: Uint8Array, complete: boolean, hostname: string): void;
  /** A whole file is coming, from its first byte. */
  expectWhole(headers: Headers, length: number | null, hostname: string): void;
  /** The host has nothing behind what is here. */
  endsAt(length: number): void;
  /** So many of the first bytes are in use from now on, and may not become others. */
  handOut(bytes: number): void;
  /** Forgets everything for a newer version. Throws ImageFault `corrupt` when bytes of the old one are in use, or when this happens again and again. */
  startOver(hostname: string): void;
  /** Forgets the bytes and nothing else. */
  dropBytes(): void;
};

/** Changes of the file that are followed while none of its bytes has been handed out. */
const MAX_RESTARTS = 2;
const NOTHING = new Uint8Array(0);

export function createKnownFile(): KnownFile {
  let head: Uint8Array = NOTHING;
  let complete = false;
  let total: number | null = null;
  let ifRange: string | null = null;
  let end: Uint8Array | undefined;
  let handedOut = 0;
  let restarts = 0;

  function startOver(hostname: string): void {
    restarts += 1;
    if (handedOut > 0 || end !== undefined || restarts > MAX_RESTARTS) {
      throw new ImageFault("corrupt", `the file at ${hostname} changed while it was being read`);
    }
    head = NOTHING;
    total = null;
    ifRange = null;
  }

  return {
    get head() {
      return head;
    },
    get complete() {
      return complete;
    },
    get total() {
      return total;
    },
    get ifRange() {
      return ifRange;
    },
    get end() {
      return end;
    },
    agreesWith(headers, newTotal) {
      const validator = ifRangeOf(headers);
      const isSame =
        (total === null || newTotal === total) && (ifRange === null || validator === null || validator === ifRange);
      if (isSame) {
        total = newTotal;
        ifRange = validator ?? ifRange;
      }
      return isSame;
    },
    addPart({ first }, bytes) {
      if (first !== head.length) {
        end = bytes;
        return;
      }
      head = first === 0 ? bytes : Buffer.concat([head, bytes]);
      complete = head.length === total;
    },
    setHead(bytes, isAll, hostname) {
      if (!startsWith(bytes, head.subarray(0, handedOut))) startOver(hostname);
      head = bytes;
      complete = isAll;
      if (complete) total = bytes.length;
    },
    expectWhole(headers, length, hostname) {
      // The end that was handed out cannot be compared with a body that has only begun.
      if (end !== undefined && ifRange !== ifRangeOf(headers)) startOver(hostname);
      total = length;
      ifRange = ifRangeOf(headers);
    },
    endsAt(length) {
      total = length;
      complete = true;
    },
    handOut(bytes) {
      handedOut = Math.max(handedOut, bytes);
    },
    startOver,
    dropBytes() {
      head = NOTHING;
    },
  };
}

function startsWith(bytes: Uint8Array, beginning: Uint8Array): boolean {
  return bytes.length >= beginning.length && Buffer.compare(bytes.subarray(0, beginning.length), beginning) === 0;
}
