/**
 * Counts of one pipeline thread in memory that its parent reads whenever it likes. No message and so no wait: a thread that is busy
 * or dead holds up nobody, and its counts outlive it, as the thread that replaces it goes on counting in the same cells.
 */

/** Where an image can be. `waiting` is the line before its host: it has not begun. */
export const STAGES = ["waiting", "fetch", "measure", "gpu"] as const;
export type Stage = (typeof STAGES)[number];

/** What is timed: the stages of an image that has begun, and all of them together. */
export const TIMED_STAGES = ["fetch", "measure", "gpu", "total"] as const;
export type TimedStage = (typeof TIMED_STAGES)[number];

/** Upper bounds of the buckets of time, in seconds; one more bucket takes the rest. */
export const STAGE_BUCKETS_SECONDS = [
  0.0001, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60,
] as const;

/** One number after the other: images in each stage, the GPU's cells, then for each timed stage its buckets and its sum in seconds. */
const TIMES = STAGES.length + 3;
const TIMES_EACH = STAGE_BUCKETS_SECONDS.length + 2;
const CELLS = TIMES + TIMED_STAGES.length * TIMES_EACH;

export const CELL = {
  inFlight: { waiting: 0, fetch: 1, measure: 2, gpu: 3 },
  gpuPlaces: 4,
  gpuBusyPlaces: 5,
  gpuBusySeconds: 6,
  firstBucket: {
    fetch: TIMES,
    measure: TIMES + TIMES_EACH,
    gpu: TIMES + 2 * TIMES_EACH,
    total: TIMES + 3 * TIMES_EACH,
  },
} as const satisfies Record<string, number | Partial<Record<Stage | TimedStage, number>>>;

/** Where the sum of a timed stage's seconds is, behind its first bucket. */
export const SECONDS_BEHIND = TIMES_EACH - 1;

export type StageCells = SharedArrayBuffer;

export type StageTiming = {
  /** Images in each bucket, the last one without an upper bound. Not summed up. */
  readonly buckets: readonly number[];
  readonly seconds: number;
};

export type PipelineReading = {
  readonly inFlight: Readonly<Record<Stage, number>>;
  readonly times: Readonly<Record<TimedStage, StageTiming>>;
  readonly gpu: {
    readonly places: number;
    readonly busyPlaces: number;
    /** Sum over the places of how long each was taken. */
    readonly busySeconds: number;
  };
};

/** Cells of one thread that has yet to start, which will have so many of the GPU's places. */
export function createStageCells(gpuPlaces: number): StageCells {
  const cells = new Float64Array(new SharedArrayBuffer(CELLS * Float64Array.BYTES_PER_ELEMENT));
  cells[CELL.gpuPlaces] = gpuPlaces;
  return cells.buffer;
}

/** Sums over threads. Each number is whole, as one thread writes it in one step; numbers of one image may be a step apart. */
export function readStageCells(threads: readonly StageCells[]): PipelineReading {
  const views = threads.map((cells) => new Float64Array(cells));
  const sum = (cell: number) => views.reduce((total, view) => total + (view[cell] ?? 0), 0);

  const timing = (stage: TimedStage): StageTiming => ({
    buckets: Array.from({ length: STAGE_BUCKETS_SECONDS.length + 1 }, (_, no) => sum(CELL.firstBucket[stage] + no)),
    seconds: sum(CELL.firstBucket[stage] + SECONDS_BEHIND),
  });
  const inFlight = (stage: Stage) => sum(CELL.inFlight[stage]);
  return {
    inFlight: {
      waiting: inFlight("waiting"),
      fetch: inFlight("fetch"),
      measure: inFlight("measure"),
      gpu: inFlight("gpu"),
    },
    times: { fetch: timing("fetch"), measure: timing("measure"), gpu: timing("gpu"), total: timing("total") },
    gpu: { places: sum(CELL.gpuPlaces), busyPlaces: sum(CELL.gpuBusyPlaces), busySeconds: sum(CELL.gpuBusySeconds) },
  };
}
