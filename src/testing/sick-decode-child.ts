/**
 * A decoding process for tests: the real one, but that an image whose bytes say so makes it crash, hang or take memory, as a fault in a native
 * decoder would. Started in place of `decode-child.ts` by whoever hands its URL in; nothing in production can choose it.
 */
import { runDecodeChild } from "../pipeline/measure/run-decode-child.ts";

const MARK = "sick-decode-child:";
const PIECE_BYTES = 16 * 2 ** 20;

/** Behind an image's end, where no decoder looks. */
export type Deed = "abort" | "segfault" | "exit" | "hang" | "hoard" | "ramble";

export function bytesThatMakeIt(deed: Deed): Uint8Array {
  return new TextEncoder().encode(`${MARK}${deed};`);
}

const DEEDS: Readonly<Record<string, () => void>> = {
  abort: () => process.abort(),
  segfault: () => process.kill(process.pid, "SIGSEGV"),
  exit: () => process.exit(0),
  hang: () => {
    // Its loop never turns again, as in a decoder that computes for ever, and the processor is left to the other tests.
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0);
  },
  hoard: () => {
    // Its own look at its memory never has its turn.
    for (const kept: Uint8Array[] = []; ; ) kept.push(new Uint8Array(PIECE_BYTES).fill(1));
  },
  ramble: () => process.send?.({ kind: "decoded?", bytes: "none" }),
};

function deedOf(bytes: Uint8Array): string {
  const text = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const at = text.lastIndexOf(MARK);
  return at < 0 ? "" : text.toString("latin1", at + MARK.length, text.indexOf(";", at));
}

if (process.send) runDecodeChild((bytes) => DEEDS[deedOf(bytes)]?.());
