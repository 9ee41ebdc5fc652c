/**
 * Decodes images in child processes that are started when first needed, used again, and killed when an image takes too long
 * or too much memory. Never decodes in its own process: a decoder's crash costs one image and nothing else.
 */
import type { ImageFormat } from "../../domain/image.ts";
import { createFairSemaphore } from "../fair-semaphore.ts";
import type { Want } from "./decode-messages.ts";
import { type ChildResult, type DecodeChild, startDecodeChild } from "./decode-process.ts";
import type { Decoded, DecodeLimits, Decoder, Inspected, Thumbnail } from "./decoder.ts";

/** BMP, ICO and PSD are left: rare among photos, and no decoder of them is kept as those of the others are (docs/decisions). */
const FORMATS: ReadonlySet<ImageFormat> = new Set(["jpeg", "png", "gif", "webp", "tiff", "avif", "heic", "jxl"]);

const NO_ANSWER = { kind: "broken", detail: "the decoder did not answer what it was asked" } as const;

/** `children` is how many images are decoded at a time, each in a process of its own; `entry` is the module that it runs. */
export function createDecoder({
  maxPixels,
  timeLimitMs = 30_000,
  maxMemoryBytes = 1024 ** 3,
  children = 1,
  entry,
}: Pick<DecodeLimits, "maxPixels"> &
  Partial<DecodeLimits> & { readonly children?: number; readonly entry?: URL | undefined }): Decoder {
  const limits: DecodeLimits = { maxPixels, timeLimitMs, maxMemoryBytes };
  const places = createFairSemaphore(children);
  const closing = new AbortController();
  const idle: DecodeChild[] = [];
  const all = new Set<DecodeChild>();

  async function childToUse(): Promise<DecodeChild> {
    for (let known = idle.pop(); known; known = idle.pop()) {
      if (known.isAlive()) return known;
    }
    const child = startDecodeChild(entry);
    all.add(child);
    void child.ended.then(() => all.delete(child));
    await child.ready;
    return child;
  }

  async function run(bytes: Uint8Array, signal: AbortSignal, want: Want): Promise<ChildResult> {
    const either = AbortSignal.any([signal, closing.signal]);
    const free = await places.acquire("decode", either);
    try {
      const child = await childToUse();
      const decoded = await child.decode(bytes, limits, either, want);
      if (child.isAlive()) idle.push(child);
      return decoded;
    } finally {
      free();
    }
  }

  async function decode(bytes: Uint8Array, signal: AbortSignal): Promise<Decoded> {
    const decoded = await run(bytes, signal, { kind: "verdict" });
    return decoded.kind === "broken" || decoded.kind === "not-decoded" ? decoded : { kind: "decoded" };
  }

  async function thumbnail(bytes: Uint8Array, side: number, signal: AbortSignal): Promise<Thumbnail> {
    const made = await run(bytes, signal, { kind: "thumbnail", side });
    return made.kind === "picture" || made.kind === "broken" ? made : NO_ANSWER;
  }

  async function inspect(bytes: Uint8Array, withPixels: boolean, signal: AbortSignal): Promise<Inspected> {
    const seen = await run(bytes, signal, { kind: "inspection", withPixels });
    return seen.kind === "inspected" || seen.kind === "broken" ? seen : NO_ANSWER;
  }

  async function close(): Promise<void> {
    closing.abort(new Error("the decode pool is closed"));
    await Promise.all(Array.from(all, (child) => child.kill()));
  }

  return { formats: FORMATS, decode, thumbnail, inspect, close };
}
