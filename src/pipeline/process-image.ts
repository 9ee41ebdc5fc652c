/**
 * One image's way: fetch, measure, GPU. Every way to fail ends here as a failed outcome with its code; only an abort and a bug
 * get through, and a bug is an outcome as well. Knows nothing of jobs.
 */
import { type AccessTable, NO_ACCESS } from "../domain/access-table.ts";
import { type ErrorCode, ImageFault } from "../domain/error-codes.ts";
import type { InspectionLevel } from "../domain/findings.ts";
import type { Failed, ImageOutcome, Integrity } from "../domain/image.ts";
import { plainText, shortText } from "../domain/plain-text.ts";
import type { ByteSource } from "./byte-source.ts";
import type { FileRoom, Stay } from "./file-room.ts";
import type { Processor } from "./gpu/processor.ts";
import type { InspectedImage, InspectImage } from "./inspect-image.ts";
import type { Passage, StageTimes } from "./stage-times.ts";

export type OpenOptions = {
  readonly lane: string;
  /** What the image's tenant sends to hosts, as it is now: asked again for each request. */
  readonly access: () => AccessTable;
  readonly signal: AbortSignal;
};

export type OpenImage = (
  url: string,
  options: OpenOptions,
) => ByteSource & {
  /** Requests made in earnest: 1 and the retries. */
  attempts(): number;
  /** No bytes of the image are read from then on. */
  release(): void;
  /** Where it is fetched from, where that is not the URL; for the detail of what failed. */
  readonly fetchedFrom?: string;
};

export type Measure = (source: ByteSource, integrity: Integrity, signal: AbortSignal) => Promise<ImageOutcome>;

/** `fetchMs` is the time from its begin to the measure, waiting in the host's line left out; null for an image that was never asked for. */
export type ProcessedImage = {
  readonly outcome: ImageOutcome;
  readonly attempts: number;
  readonly fetchMs: number | null;
  /** Null or absent where nobody asked, or the image was not measured. */
  readonly inspected?: InspectedImage | null;
};

export type ImageOrder = {
  readonly url: string;
  readonly lane: string;
  /** What its tenant sends to hosts, as it is now. */
  readonly access: () => AccessTable;
  readonly integrity: Integrity;
  readonly inspect: InspectionLevel;
  /** Ends its stay in its host's line: called when no more of its bytes are fetched. */
  readonly leaveLine: () => void;
};

/** Rejects only with the signal's reason. */
export type ProcessImage = (order: ImageOrder, signal: AbortSignal) => Promise<ProcessedImage>;

/** Hosts' words stand in sentences; none may fill a report. */
const MAX_DETAIL_CHARACTERS = 500;

export function createImageProcessor(deps: {
  readonly openImage: OpenImage;
  readonly measure: Measure;
  readonly inspect: InspectImage;
  readonly room: FileRoom;
  readonly gpu: Pick<Processor, "process">;
  readonly times: Pick<StageTimes, "begin">;
  /** Told of faults of our own, which the outcome shows as `internal`. */
  readonly onBug: (error: unknown) => void;
}): ProcessImage {
  function failure(error: unknown): Failed {
    if (error instanceof ImageFault) return failed(error.code, error.message);
    deps.onBug(error);
    return failed("internal", "a fault in Storewalk; its log has the cause");
  }

  /** Ends before the GPU's wait begins, so that no image holds its bytes through it. */
  async function fetchAndMeasure(
    { url, lane, access, integrity, inspect, leaveLine }: ImageOrder,
    passage: Passage,
    signal: AbortSignal,
  ): Promise<ProcessedImage> {
    passage.enter("fetch");
    const begun = performance.now();
    const image = deps.openImage(url, { lane, access, signal });
    let stay: Stay | undefined;
    const fetched = (outcome: ImageOutcome, inspected: InspectedImage | null = null): ProcessedImage => {
      const attempts = image.attempts();
      const told = withoutSecrets(withAddress(outcome, image.fetchedFrom), access());
      return {
        outcome: told,
        inspected,
        attempts,
        fetchMs: attempts === 0 ? null : Math.round(performance.now() - begun),
      };
    };
    try {
      const source = timed(image, passage, async () => {
        stay ??= await deps.room.enter(image.totalBytes(), lane, signal);
        return stay;
      });
      const outcome = presentable(await deps.measure(source, integrity, signal));
      if (inspect === "off" || outcome.kind === "failed") return fetched(outcome);
      return fetched(outcome, whyWithoutSecrets(await deps.inspect(source, inspect, signal), access()));
    } catch (error) {
      signal.throwIfAborted();
      return fetched(failure(error));
    } finally {
      image.release();
      stay?.leave();
      leaveLine();
    }
  }

  return async (order, signal) => {
    const passage = deps.times.begin();
    try {
      let processed = await fetchAndMeasure(order, passage, signal);
      if (processed.outcome.kind === "measured") {
        passage.enter("gpu");
        try {
          await deps.gpu.process(processed.outcome, order.lane, signal);
        } catch (error) {
          signal.throwIfAborted();
          processed = { ...processed, outcome: failure(error) };
        }
      }
      passage.end();
      return processed;
    } finally {
      passage.abandon();
    }
  };
}

/** The same bytes; while they are on their way the image is being fetched, else measured. `enterRoom` is for a file that is held whole. */
function timed(source: ByteSource, passage: Passage, enterRoom: () => Promise<Stay>): ByteSource {
  function measuring<T>(bytes: T): T {
    passage.enter("measure");
    return bytes;
  }

  function fetching<T>(bytes: Promise<T>): Promise<T> {
    passage.enter("fetch");
    return bytes.then(measuring<T>);
  }

  return {
    prefix: (atLeast) => fetching(source.prefix(atLeast)),
    tail: (length) => fetching(source.tail(length)),
    async whole() {
      const stay = await enterRoom();
      const bytes = await fetching(source.whole());
      stay.arrived();
      return bytes;
    },
    totalBytes: () => source.totalBytes(),
  };
}

function failed(code: ErrorCode, detail: string): Failed {
  return presentable({ kind: "failed", code, detail });
}

/** Who reads a report of a share link has never seen the file's own address. */
function withAddress(outcome: ImageOutcome, address: string | undefined): ImageOutcome {
  if (outcome.kind === "measured" || address === undefined) return outcome;
  return presentable({ ...outcome, detail: `${outcome.detail}; the link's file was fetched from ${address}` });
}

/** Whatever a host repeated of what it was sent. */
function withoutSecrets(outcome: ImageOutcome, access: AccessTable): ImageOutcome {
  if (outcome.kind === "measured" || access === NO_ACCESS) return outcome;
  return { ...outcome, detail: access.withoutSecrets(outcome.detail) };
}

function whyWithoutSecrets(inspected: InspectedImage, access: AccessTable): InspectedImage {
  if (inspected.kind === "inspected" || access === NO_ACCESS) return inspected;
  return { ...inspected, why: access.withoutSecrets(inspected.why) };
}

/** The one place where a detail is cleaned: whoever makes one may quote what came from a host. */
function presentable<T extends ImageOutcome>(outcome: T): T {
  if (outcome.kind === "measured") return outcome;
  return { ...outcome, detail: shortText(plainText(outcome.detail), MAX_DETAIL_CHARACTERS) };
}
