/**
 * One image's way: fetch, measure, GPU. Every way to fail ends here as a failed outcome with its code; only an abort and a bug
 * get through, and a bug is an outcome as well. Knows nothing of jobs.
 */
import { type ErrorCode, ImageFault } from "../domain/error-codes.ts";
import type { Failed, ImageOutcome, Integrity } from "../domain/image.ts";
import type { ByteSource } from "./byte-source.ts";
import type { Processor } from "./gpu/processor.ts";

export type OpenImage = (
  url: string,
  options: { readonly lane: string; readonly signal: AbortSignal },
) => ByteSource & {
  /** Requests made in earnest: 1 and the retries. */
  attempts(): number;
};

export type Measure = (source: ByteSource, integrity: Integrity, signal: AbortSignal) => Promise<ImageOutcome>;

export type ProcessedImage = { readonly outcome: ImageOutcome; readonly attempts: number };

/** Rejects only with the signal's reason. */
export type ProcessImage = (
  image: { readonly url: string; readonly lane: string; readonly integrity: Integrity },
  signal: AbortSignal,
) => Promise<ProcessedImage>;

export function createImageProcessor(deps: {
  readonly openImage: OpenImage;
  readonly measure: Measure;
  readonly gpu: Pick<Processor, "process">;
  /** Told of faults of our own, which the outcome shows as `internal`. */
  readonly onBug: (error: unknown) => void;
}): ProcessImage {
  function failure(error: unknown): Failed {
    if (error instanceof ImageFault) return failed(error.code, error.message);
    deps.onBug(error);
    return failed("internal", "a fault in Storewalk; its log has the cause");
  }

  return async ({ url, lane, integrity }, signal) => {
    let attempts = 0;
    try {
      const image = deps.openImage(url, { lane, signal });
      const outcome = await deps.measure(image, integrity, signal).finally(() => {
        attempts = image.attempts();
      });
      if (outcome.kind === "measured") await deps.gpu.process(outcome, lane, signal);
      return { outcome, attempts };
    } catch (error) {
      if (signal.aborted) throw signal.reason;
      return { outcome: failure(error), attempts };
    }
  };
}

function failed(code: ErrorCode, detail: string): Failed {
  return { kind: "failed", code, detail };
}
