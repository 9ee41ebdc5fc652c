/**
 * What must hold for any bytes at all, asked of the parsers through the doors that production uses. Throws a BrokenPromise that says
 * what did not hold; what throws otherwise broke the first promise of all.
 */
import { isDeepStrictEqual } from "node:util";
import { isErrorCode } from "../../src/domain/error-codes.ts";
import type { ImageFormat, ImageOutcome } from "../../src/domain/image.ts";
import { type Detected, detectFormat } from "../../src/pipeline/measure/detect-format.ts";
import type { HeaderAnswer } from "../../src/pipeline/measure/header-answer.ts";
import { bareJpeg } from "../../src/pipeline/measure/jpeg-bare.ts";
import { createImageMeasurer } from "../../src/pipeline/measure/measure-image.ts";
import { walkHeader } from "../../src/pipeline/measure/walk-header.ts";
import { createMemorySource } from "../../src/testing/memory-source.ts";
import type { Input } from "./make-input.ts";

export class BrokenPromise extends Error {
  override readonly name = "BrokenPromise";
}

/** What is asked; a mutant replaces a part. */
export type Doors = {
  readonly detect: (bytes: Uint8Array) => Detected;
  readonly walk: typeof walkHeader;
  readonly measure: (bytes: Uint8Array) => Promise<ImageOutcome>;
};

/** What an input reached, for the count that shows that the fuzz reaches everything. */
export type Reached = {
  readonly format: ImageFormat | "none";
  /** The walker's answer to all of the bytes; a fault by its code. */
  readonly answer: string;
  /** Whether a prefix was answered with a need of more. */
  readonly asked: boolean;
  readonly outcome: string;
};

const measurer = createImageMeasurer({ maxPixels: 1e9, maxHeaderBytes: 2 ** 21, decoder: null });
const never = new AbortController().signal;

export const PRODUCTION: Doors = {
  detect: detectFormat,
  walk: walkHeader,
  measure: (bytes) => measurer.measure(createMemorySource(bytes), "complete", never),
};

/** The longest side that each format's header can write down. */
const LONGEST_SIDE: Readonly<Record<ImageFormat, number>> = {
  jpeg: 2 ** 16 - 1,
  png: 2 ** 31 - 1,
  gif: 2 ** 16 - 1,
  webp: 2 ** 24,
  bmp: 2 ** 31,
  tiff: 2 ** 32 - 1,
  avif: 2 ** 32 - 1,
  heic: 2 ** 32 - 1,
  // 2^30, and twice that where the width is given as a ratio.
  jxl: 2 ** 31,
  ico: 256,
  psd: 2 ** 32 - 1,
};
const PREFIXES = 4;
/** Bytes that no file ends with: around a view, they show who reads past it. */
const POISON = 0x5a;

export async function judge({ bytes, choices }: Input, doors: Doors): Promise<Reached> {
  const poisoned = amongPoison(bytes);
  const detected = doors.detect(bytes);
  mustEqual(doors.detect(poisoned), detected, "detection reads past its bytes");
  const outcome = await doors.measure(bytes);
  mustBeOutcome(outcome);
  if (detected.kind === "refused") {
    mustEqual(outcome.kind === "failed" && outcome.code, bytes.length === 0 ? "empty_body" : detected.code, "refused");
    return { format: "none", answer: detected.code, asked: false, outcome: nameOf(outcome) };
  }
  const { format } = detected;
  const answer = doors.walk(format, { bytes, complete: true });
  mustBeAnswer(format, answer, bytes.length);
  mustEqual(doors.walk(format, { bytes: poisoned, complete: true }), answer, "the walker reads past its bytes");
  mustAgree(answer, outcome);
  let asked = false;
  const cuts = Array.from({ length: PREFIXES }, () => choices.below(bytes.length));
  for (const cut of [...cuts, ...cuts.map((at) => at % 64)]) {
    asked = mustAgreeOnPrefix(format, bytes, Math.min(cut, bytes.length - 1), answer, doors) || asked;
  }
  mustReachByAsking(format, bytes, answer, doors);
  if (format === "jpeg") mustStayWithin(bytes, bareJpeg(bytes));
  return { format, answer: answer.kind === "fault" ? answer.code : answer.kind, asked, outcome: nameOf(outcome) };
}

function amongPoison(bytes: Uint8Array): Uint8Array {
  const larger = new Uint8Array(bytes.length + 128).fill(POISON);
  larger.set(bytes, 64);
  return larger.subarray(64, 64 + bytes.length);
}

function mustBeAnswer(format: ImageFormat, answer: HeaderAnswer, given: number): void {
  if (answer.kind === "need" && !(answer.bytes > given)) {
    throw new BrokenPromise(`the ${format} walker needs ${answer.bytes} bytes of ${given}`);
  }
  if (answer.kind !== "size") return;
  for (const side of [answer.width, answer.height]) {
    if (!Number.isSafeInteger(side) || side < 1 || side > LONGEST_SIDE[format]) {
      throw new BrokenPromise(`the ${format} walker says ${answer.width} x ${answer.height}`);
    }
  }
  const { orientation } = answer;
  if (orientation !== null && !(orientation >= 1 && orientation <= 8)) {
    throw new BrokenPromise(`the ${format} walker says an orientation of ${orientation}`);
  }
}

/** A prefix may leave the question open; what it answers must be the answer. Returns whether it asked for more. */
function mustAgreeOnPrefix(
  format: ImageFormat,
  bytes: Uint8Array,
  cut: number,
  whole: HeaderAnswer,
  doors: Doors,
): boolean {
  const copy = bytes.slice(0, cut);
  const answer = doors.walk(format, { bytes: copy, complete: false });
  // The view has the file's own bytes behind it, which are better bait than any poison.
  const onView = doors.walk(format, { bytes: bytes.subarray(0, cut), complete: false });
  mustEqual(onView, answer, `the ${format} walker reads past a prefix of ${cut} bytes`);
  mustBeAnswer(format, answer, cut);
  if (answer.kind === "need") return true;
  mustEqual(answer, whole, `the ${format} walker answered ${cut} bytes and then thought better`);
  return false;
}

/** Gives what is asked for until there is no more: each need is greater than the one before, and the end is the answer. */
function mustReachByAsking(format: ImageFormat, bytes: Uint8Array, whole: HeaderAnswer, doors: Doors): void {
  let given = Math.min(32, bytes.length);
  for (;;) {
    const answer = doors.walk(format, { bytes: bytes.subarray(0, given), complete: given === bytes.length });
    mustBeAnswer(format, answer, given);
    if (answer.kind !== "need" || given === bytes.length) {
      mustEqual(answer, whole, "asking led elsewhere");
      return;
    }
    // As production does: a need of a few bytes more is met with many.
    given = Math.min(bytes.length, Math.max(answer.bytes, given * 2));
  }
}

function mustBeOutcome(outcome: ImageOutcome): void {
  if (
    outcome.kind === "failed" &&
    (!isErrorCode(outcome.code) || outcome.code === "internal" || outcome.detail === "")
  ) {
    throw new BrokenPromise(`an outcome without a cause: ${JSON.stringify(outcome)}`);
  }
}

function mustAgree(answer: HeaderAnswer, outcome: ImageOutcome): void {
  if (answer.kind === "size") {
    mustEqual([outcome.width, outcome.height], [answer.width, answer.height], "measured is not what the walker says");
  } else if (outcome.kind === "measured") {
    throw new BrokenPromise(`measured although the walker says ${answer.kind}`);
  }
}

function mustStayWithin(bytes: Uint8Array, bare: Uint8Array): void {
  if (bare.length > bytes.length) throw new BrokenPromise("a bare JPEG longer than the JPEG");
}

function mustEqual(got: unknown, wanted: unknown, promise: string): void {
  if (isDeepStrictEqual(got, wanted)) return;
  throw new BrokenPromise(`${promise}: ${JSON.stringify(got)}, wanted ${JSON.stringify(wanted)}`);
}

function nameOf(outcome: ImageOutcome): string {
  return outcome.kind === "measured" ? "measured" : outcome.code;
}
