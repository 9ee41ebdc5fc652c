/**
 * Reads numbers and signatures at an offset, without a copy or a view object.
 * A byte beyond the end reads as 0: callers check the length first, and nothing outside the given bytes is ever touched.
 */

export function u16be(bytes: Uint8Array, at: number): number {
  return ((bytes[at] ?? 0) << 8) | (bytes[at + 1] ?? 0);
}

export function u16le(bytes: Uint8Array, at: number): number {
  return (bytes[at] ?? 0) | ((bytes[at + 1] ?? 0) << 8);
}

export function u24le(bytes: Uint8Array, at: number): number {
  return u16le(bytes, at) | ((bytes[at + 2] ?? 0) << 16);
}

export function u32be(bytes: Uint8Array, at: number): number {
  return u16be(bytes, at) * 0x10000 + u16be(bytes, at + 2);
}

export function u32le(bytes: Uint8Array, at: number): number {
  return u16le(bytes, at + 2) * 0x10000 + u16le(bytes, at);
}

export function i32le(bytes: Uint8Array, at: number): number {
  return u32le(bytes, at) | 0;
}

/** Exact up to 2^53; larger values stay larger than any file. */
export function u64be(bytes: Uint8Array, at: number): number {
  return u32be(bytes, at) * 0x1_0000_0000 + u32be(bytes, at + 4);
}

export function u64le(bytes: Uint8Array, at: number): number {
  return u32le(bytes, at + 4) * 0x1_0000_0000 + u32le(bytes, at);
}

/** Whether the ASCII text stands at the offset, whole. */
export function hasText(bytes: Uint8Array, at: number, text: string): boolean {
  for (let i = 0; i < text.length; i++) {
    if (bytes[at + i] !== text.charCodeAt(i)) return false;
  }
  return true;
}

/** Four characters, as formats name their boxes, chunks and brands. Spelt out: a hostile file has millions of boxes. */
export function fourAt(bytes: Uint8Array, at: number): string {
  return String.fromCharCode(bytes[at] ?? 0, bytes[at + 1] ?? 0, bytes[at + 2] ?? 0, bytes[at + 3] ?? 0);
}

/** Whether the bytes begin with the signature, or are too few to tell otherwise. */
export function mayStartWith(bytes: Uint8Array, signature: readonly number[]): boolean {
  const length = Math.min(bytes.length, signature.length);
  for (let i = 0; i < length; i++) {
    if (bytes[i] !== signature[i]) return false;
  }
  return true;
}

function hasBytes(bytes: Uint8Array, at: number, wanted: readonly number[]): boolean {
  for (let i = 0; i < wanted.length; i++) {
    if (bytes[at + i] !== wanted[i]) return false;
  }
  return true;
}

/** The last place of a byte sequence, or -1. */
export function lastIndexOfBytes(bytes: Uint8Array, wanted: readonly number[]): number {
  const first = wanted[0] ?? 0;
  let at = bytes.lastIndexOf(first, bytes.length - wanted.length);
  while (at >= 0) {
    if (hasBytes(bytes, at, wanted)) return at;
    if (at === 0) return -1;
    at = bytes.lastIndexOf(first, at - 1);
  }
  return -1;
}
