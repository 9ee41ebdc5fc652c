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
  return new File();
}

/** A class, as there is one for each image (see `remote-image.ts`). */
class File implements KnownFile {
  head: Uint8Array = NOTHING;
  complete = false;
  total: number | null = null;
  ifRange: string | null = null;
  end: Uint8Array | undefined;
  private handedOut = 0;
  private restarts = 0;

  agreesWith(headers: Headers, total: number | null): boolean {
    const validator = ifRangeOf(headers);
    const isSame =
      (this.total === null || total === this.total) &&
      (this.ifRange === null || validator === null || validator === this.ifRange);
    if (isSame) {
      this.total = total;
      this.ifRange = validator ?? this.ifRange;
    }
    return isSame;
  }

  addPart({ first }: ContentRange, bytes: Uint8Array): void {
    if (first !== this.head.length) {
      this.end = bytes;
      return;
    }
    this.head = first === 0 ? bytes : Buffer.concat([this.head, bytes]);
    this.complete = this.head.length === this.total;
  }

  setHead(bytes: Uint8Array, isAll: boolean, hostname: string): void {
    if (!startsWith(bytes, this.head.subarray(0, this.handedOut))) this.startOver(hostname);
    this.head = bytes;
    this.complete = isAll;
    if (isAll) this.total = bytes.length;
  }

  expectWhole(headers: Headers, length: number | null, hostname: string): void {
    // The end that was handed out cannot be compared with a body that has only begun.
    if (this.end !== undefined && this.ifRange !== ifRangeOf(headers)) this.startOver(hostname);
    this.total = length;
    this.ifRange = ifRangeOf(headers);
  }

  endsAt(length: number): void {
    this.total = length;
    this.complete = true;
  }

  handOut(bytes: number): void {
    this.handedOut = Math.max(this.handedOut, bytes);
  }

  startOver(hostname: string): void {
    this.restarts += 1;
    if (this.handedOut > 0 || this.end !== undefined || this.restarts > MAX_RESTARTS) {
      throw new ImageFault("corrupt", `the file at ${hostname} changed while it was being read`);
    }
    this.head = NOTHING;
    this.total = null;
    this.ifRange = null;
  }

  dropBytes(): void {
    this.head = NOTHING;
    this.end = undefined;
  }
}

function startsWith(bytes: Uint8Array, beginning: Uint8Array): boolean {
  return bytes.length >= beginning.length && Buffer.compare(bytes.subarray(0, beginning.length), beginning) === 0;
}
