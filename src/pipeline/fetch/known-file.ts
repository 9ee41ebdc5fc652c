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

/** Fields and no getters: each image has one, and a getter would give each a shape of its own (see the bodies in `exchange.ts`). */
export function createKnownFile(): KnownFile {
  let handedOut = 0;
  let restarts = 0;

  function startOver(hostname: string): void {
    restarts += 1;
    if (handedOut > 0 || file.end !== undefined || restarts > MAX_RESTARTS) {
      throw new ImageFault("corrupt", `the file at ${hostname} changed while it was being read`);
    }
    file.head = NOTHING;
    file.total = null;
    file.ifRange = null;
  }

  const file: { -readonly [Name in keyof KnownFile]: KnownFile[Name] } = {
    head: NOTHING,
    complete: false,
    total: null,
    ifRange: null,
    end: undefined,
    agreesWith(headers, total) {
      const validator = ifRangeOf(headers);
      const isSame =
        (file.total === null || total === file.total) &&
        (file.ifRange === null || validator === null || validator === file.ifRange);
      if (isSame) {
        file.total = total;
        file.ifRange = validator ?? file.ifRange;
      }
      return isSame;
    },
    addPart({ first }, bytes) {
      if (first !== file.head.length) {
        file.end = bytes;
        return;
      }
      file.head = first === 0 ? bytes : Buffer.concat([file.head, bytes]);
      file.complete = file.head.length === file.total;
    },
    setHead(bytes, isAll, hostname) {
      if (!startsWith(bytes, file.head.subarray(0, handedOut))) startOver(hostname);
      file.head = bytes;
      file.complete = isAll;
      if (isAll) file.total = bytes.length;
    },
    expectWhole(headers, length, hostname) {
      // The end that was handed out cannot be compared with a body that has only begun.
      if (file.end !== undefined && file.ifRange !== ifRangeOf(headers)) startOver(hostname);
      file.total = length;
      file.ifRange = ifRangeOf(headers);
    },
    endsAt(length) {
      file.total = length;
      file.complete = true;
    },
    handOut(bytes) {
      handedOut = Math.max(handedOut, bytes);
    },
    startOver,
    dropBytes() {
      file.head = NOTHING;
      file.end = undefined;
    },
  };
  return file;
}

function startsWith(bytes: Uint8Array, beginning: Uint8Array): boolean {
  return bytes.length >= beginning.length && Buffer.compare(bytes.subarray(0, beginning.length), beginning) === 0;
}
