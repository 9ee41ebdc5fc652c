/**
 * Measures one image from a byte source: its format, its size, and as much proof of its wholeness as was asked for.
 * The source's faults pass through; measuring's own are failed outcomes that keep what was learnt. Never measures what it cannot name.
 */
import type { ErrorCode } from "../../domain/error-codes.ts";
import type { Failed, ImageFormat, ImageOutcome, Integrity, Size } from "../../domain/image.ts";
import type { ByteSource, Prefix } from "../byte-source.ts";
import { isComplete, isEndThere } from "./complete.ts";
import type { Decoder } from "./decoder.ts";
import { detectFormat } from "./detect-format.ts";
import { walkHeader } from "./walk-header.ts";

/** What sharp takes as its own limit: 16,383 squared. */
export const DEFAULT_MAX_PIXELS = 268_402_689;
export const DEFAULT_MAX_HEADER_BYTES = 2 * 1024 * 1024;
/** Tells what a file is, and the size of every PNG, GIF, WebP and BMP; a source hands out more where more is there at no cost. */
const FIRST_BYTES = 8_192;
/** Up to this length, which tells the size of 96 of 100 camera JPEGs, little more is asked for than is needed: a source learns by it. */
const CLOSELY_BYTES = 65_536;
/** Behind a long segment come short ones as a rule. */
const SLACK_BYTES = 1_024;
const SLOW_GROWTH = 1.25;
const GROWTH = 4;

export type ImageMeasurer = {
  /** Rejects with the source's ImageFault, with the signal's reason, or with a bug. */
  measure(source: ByteSource, integrity: Integrity, signal: AbortSignal): Promise<ImageOutcome>;
  close(): Promise<void>;
};

type Proof =
  | { readonly kind: "proven"; readonly reached: Integrity; readonly notDecoded: string | null }
  | { readonly kind: "fault"; readonly code: ErrorCode; readonly detail: string };

type Found = { readonly kind: "found"; readonly format: ImageFormat; readonly size: Size; readonly head: Prefix };

export function createImageMeasurer(deps: {
  readonly maxPixels: number;
  /** Beyond this the whole file is fetched rather than a longer prefix. */
  readonly maxHeaderBytes: number;
  /** Without one, `decode` cannot be asked for. */
  readonly decoder: Decoder | null;
}): ImageMeasurer {
  async function measure(source: ByteSource, integrity: Integrity, signal: AbortSignal): Promise<ImageOutcome> {
    const header = await readHeader(source, signal);
    if (header.kind === "failed") return header;
    const { format, size, head } = header;
    const facts = { format, width: size.width, height: size.height };

    if (size.width * size.height > deps.maxPixels) {
      const detail = `the image has ${size.width} x ${size.height} pixels, at most ${deps.maxPixels} are allowed`;
      return { ...failed("too_many_pixels", detail, source, head), ...facts };
    }
    const proof = await proofOf(source, header, integrity, signal);
    if (proof.kind === "fault") return { ...failed(proof.code, proof.detail, source, head), ...facts };
    const { reached, notDecoded } = proof;
    return { kind: "measured", ...facts, bytes: lengthOf(source, head), integrity: reached, notDecoded };
  }

  async function readHeader(source: ByteSource, signal: AbortSignal): Promise<Found | Failed> {
    let head = await source.prefix(FIRST_BYTES);
    if (head.bytes.length === 0) return failed("empty_body", "the host sent no bytes", source, head);
    const detected = detectFormat(head.bytes);
    if (detected.kind === "refused") return failed(detected.code, detected.detail, source, head);
    const { format } = detected;

    for (;;) {
      signal.throwIfAborted();
      const answer = walkHeader(format, head);
      if (answer.kind === "size") return { kind: "found", format, size: answer, head };
      if (answer.kind === "fault") return { ...failed(answer.code, answer.detail, source, head), format };
      if (answer.kind === "not-this-format") {
        return failed("not_an_image", `it begins like a ${format.toUpperCase()} but is none`, source, head);
      }
      if (head.complete) {
        const detail = `the ${format.toUpperCase()} ends after ${head.bytes.length} bytes, before its size`;
        return { ...failed("truncated", detail, source, head), format };
      }
      head = await longer(source, head, answer.bytes);
    }
  }

  async function longer(source: ByteSource, head: Prefix, needed: number): Promise<Prefix> {
    const had = head.bytes.length;
    const enough = had < CLOSELY_BYTES ? Math.max(needed + SLACK_BYTES, Math.ceil(had * SLOW_GROWTH)) : had * GROWTH;
    const next =
      Math.max(needed, had) < deps.maxHeaderBytes
        ? await source.prefix(Math.min(Math.max(needed, enough), deps.maxHeaderBytes))
        : { bytes: await source.whole(), complete: true };
    if (next.bytes.length <= had && !next.complete) throw new Error(`a byte source gave no more than ${had} bytes`);
    return next;
  }

  async function proofOf(
    source: ByteSource,
    { format, size, head }: Found,
    integrity: Integrity,
    signal: AbortSignal,
  ): Promise<Proof> {
    if (integrity === "header") return { kind: "proven", reached: "header", notDecoded: null };
    const decoder = integrity === "decode" ? decoderFor(format) : null;
    if (!decoder) {
      const isThere = head.complete
        ? isComplete(format, size, head.bytes)
        : await isEndThere(source, { format, size }, head);
      if (!isThere) return withoutEnd(format, source, head);
      const notDecoded = integrity === "decode" ? `${format.toUpperCase()} is not decoded here` : null;
      return { kind: "proven", reached: "complete", notDecoded };
    }
    const bytes = head.complete ? head.bytes : await source.whole();
    if (!isComplete(format, size, bytes)) return withoutEnd(format, source, head);
    const decoded = await decoder.decode(bytes, signal);
    switch (decoded.kind) {
      case "decoded":
        return { kind: "proven", reached: "decode", notDecoded: null };
      case "not-decoded":
        return { kind: "proven", reached: "complete", notDecoded: decoded.why };
      case "broken":
        return { kind: "fault", code: "corrupt", detail: decoded.detail };
    }
  }

  function decoderFor(format: ImageFormat): Decoder | null {
    if (!deps.decoder) throw new Error("decoding was asked for, and this measurer has no decoder");
    return deps.decoder.formats.has(format) ? deps.decoder : null;
  }

  return { measure, close: async () => deps.decoder?.close() };
}

function lengthOf(source: ByteSource, head: Prefix): number | null {
  return head.complete ? head.bytes.length : source.totalBytes();
}

function failed(code: ErrorCode, detail: string, source: ByteSource, head: Prefix): Failed {
  return { kind: "failed", code, detail, bytes: lengthOf(source, head) };
}

function withoutEnd(format: ImageFormat, source: ByteSource, head: Prefix) {
  const length = lengthOf(source, head);
  const detail = `the ${format.toUpperCase()} breaks off${length === null ? "" : ` after ${length} bytes`}: its end is missing`;
  return { kind: "fault", code: "truncated", detail } as const;
}
