/**
 * The simulated GPU: devices × streams places, each launch taking a random time within the given range.
 * Stands in for a real device's waiting, not for its work. Must free a place whatever happens to its image.
 */
import { ImageFault } from "../../domain/error-codes.ts";
import { createFairSemaphore } from "../fair-semaphore.ts";
import type { Processor } from "./processor.ts";

export type GpuSettings = {
  readonly places: number;
  readonly latencyMs: { readonly least: number; readonly most: number };
  /** Images that share one launch, one place and one wait. */
  readonly batch: number;
  /** Share of images refused, 0 to 1. */
  readonly failureRate: number;
};

const NEVER = new AbortController().signal;

type Launch = { images: number; readonly over: Promise<void> };

export function createSimulatedGpu(deps: {
  readonly settings: GpuSettings;
  readonly random: () => number;
  readonly now: () => number;
  /** Calls back after `ms`. */
  readonly after: (ms: number, done: () => void) => void;
  /** Told at each change how many places are taken, and for how long the one was that was given back. */
  readonly onUse: (busyPlaces: number, freedAfterMs: number) => void;
}): Processor {
  const { settings, random } = deps;
  const places = createFairSemaphore(settings.places);
  const startedAt = deps.now();
  let busyMs = 0;
  let forming: Launch | null = null;

  function latency(): number {
    const { least, most } = settings.latencyMs;
    return least + random() * (most - least);
  }

  /** Opens a launch; images that come before it has its place and room may join. */
  function launch(lane: string, signal: AbortSignal): Launch {
    const opened: Launch = { images: 1, over: run() };
    async function run(): Promise<void> {
      const free = await places.acquire(lane, signal).finally(() => {
        if (forming === opened) forming = null;
      });
      deps.onUse(places.inUse, 0);
      const ms = latency();
      await new Promise<void>((resolve) => deps.after(ms, resolve));
      busyMs += ms;
      free();
      deps.onUse(places.inUse, ms);
    }
    return opened;
  }

  function join(lane: string, signal: AbortSignal): Promise<void> {
    if (settings.batch === 1) return launch(lane, signal).over;
    if (forming && forming.images < settings.batch) {
      forming.images += 1;
      return forming.over;
    }
    // Others wait on this launch too, so no single image's signal may end it.
    forming = launch(lane, NEVER);
    return forming.over;
  }

  return {
    async process(_image, lane, signal) {
      if (settings.latencyMs.most > 0) await join(lane, signal);
      if (settings.failureRate > 0 && random() < settings.failureRate) {
        throw new ImageFault("internal", "the simulated GPU refused the image, as its failure rate asks for");
      }
    },
    utilisation() {
      const elapsedMs = deps.now() - startedAt;
      return elapsedMs > 0 ? Math.min(1, busyMs / (elapsedMs * settings.places)) : 0;
    },
  };
}
