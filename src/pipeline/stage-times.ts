/**
 * Writes a thread's cells: follows each image from stage to stage and counts its times at its end. On the path of every image,
 * so it costs a few additions: no map, no label, nothing that grows.
 */
import {
  CELL,
  SECONDS_BEHIND,
  STAGE_BUCKETS_SECONDS,
  STAGES,
  type Stage,
  type StageCells,
  type TimedStage,
} from "./stage-cells.ts";

/** One image's way. */
export type Passage = {
  /** The image is in this stage from now on; it is in one at a time. */
  enter(stage: Exclude<Stage, "waiting">): void;
  /** The image has an outcome: its times count, those of the stages that it was in. */
  end(): void;
  /** The image has none, its run was cut short: it is in no stage any more and was never timed. No effect after the end. */
  abandon(): void;
};

export type StageTimes = {
  /** So many images more, or fewer, wait for their turn. */
  wait(images: number): void;
  /** An image has come to its turn. */
  begin(): Passage;
  /** So many of the GPU's places are taken now; `freedAfterMs` is how long the one that was given back had been. */
  useGpu(busyPlaces: number, freedAfterMs: number): void;
};

/** Goes on counting where the cells' thread before this one ended; what it had in flight is gone. */
export function createStageTimes(deps: {
  readonly cells: StageCells;
  /** Milliseconds of a clock that only goes forward. */
  readonly now: () => number;
}): StageTimes {
  const { now } = deps;
  const cells = new Float64Array(deps.cells);
  cells.fill(0, 0, STAGES.length);
  cells[CELL.gpuBusyPlaces] = 0;

  function add(cell: number, amount: number): void {
    cells[cell] = (cells[cell] ?? 0) + amount;
  }

  function count(stage: TimedStage, ms: number): void {
    const seconds = ms / 1_000;
    let bucket = 0;
    while (seconds > (STAGE_BUCKETS_SECONDS[bucket] ?? Number.POSITIVE_INFINITY)) bucket += 1;
    add(CELL.firstBucket[stage] + bucket, 1);
    add(CELL.firstBucket[stage] + SECONDS_BEHIND, seconds);
  }

  function begin(): Passage {
    const spentMs: Partial<Record<Stage, number>> = {};
    let stage: Stage | null = "waiting";
    let since = now();
    add(CELL.inFlight.waiting, 1);

    /** Ends the stage that the image is in. */
    function leave(): void {
      if (!stage) return;
      const at = now();
      spentMs[stage] = (spentMs[stage] ?? 0) + at - since;
      since = at;
      add(CELL.inFlight[stage], -1);
      stage = null;
    }

    return {
      enter(next) {
        if (!stage || stage === next) return;
        leave();
        stage = next;
        add(CELL.inFlight[next], 1);
      },
      end() {
        if (!stage) return;
        leave();
        const { fetch, measure, gpu } = spentMs;
        if (fetch !== undefined) count("fetch", fetch);
        if (measure !== undefined) count("measure", measure);
        if (gpu !== undefined) count("gpu", gpu);
        count("total", (fetch ?? 0) + (measure ?? 0) + (gpu ?? 0));
      },
      abandon: leave,
    };
  }

  return {
    wait: (images) => add(CELL.inFlight.waiting, images),
    begin,
    useGpu(busyPlaces, freedAfterMs) {
      cells[CELL.gpuBusyPlaces] = busyPlaces;
      add(CELL.gpuBusySeconds, freedAfterMs / 1_000);
    },
  };
}
