/** Cuts the power of a recorded workload at random moments and collects what was lost. */
import { join } from "node:path";
import { createRandom } from "../../src/pipeline/gpu/random.ts";
import { checkAfterCut } from "./after-the-cut.ts";
import type { Disk } from "./disk.ts";
import { type Recording, readContents } from "./record-workload.ts";
import { type Contents, createReplay, isSharedMemory } from "./replay.ts";
import { withScratchFolder } from "./scratch-folder.ts";
import { aFate, type Fate, writeSurvivors } from "./survivors.ts";

export type CutOptions = {
  readonly seed: number;
  readonly cuts: number;
  /** Files and folders, by their path, whose syncs are taken out of the log. */
  readonly skips?: (path: string) => boolean;
  /** So many losses end it. */
  readonly enough?: number;
};

/** Each loss as one line: where the power was cut, what survived, what is wrong. */
export async function cutPower(
  recording: Recording,
  { seed, cuts, skips, enough = cuts }: CutOptions,
): Promise<readonly string[]> {
  const { calls, acknowledgements } = recording;
  const random = createRandom(seed);
  const replay = createReplay({ ...recording, ...(skips ? { skips } : {}) });
  const losses: string[] = [];
  for (const time of cutTimes(recording, cuts, random)) {
    if (losses.length >= enough) break;
    replay.playTo(time);
    const fate = aFate(random, time);
    const isPast = (acknowledgement: { readonly time: number }) => acknowledgement.time <= time;
    const next = acknowledgements.find((one) => one.isOfLedger && !isPast(one)) ?? null;
    const moment = { past: acknowledgements.filter(isPast), next };
    try {
      await withSurvivors(replay.disk, fate, (folder) => checkAfterCut(join(folder, "data"), moment));
    } catch (fault) {
      const reason = fault instanceof Error ? fault.message : String(fault);
      losses.push(`cut at ${time} of ${calls.length}, survived: ${fate.name}: ${reason}`);
    }
  }
  return losses;
}

/** What one cut leaves, for another workload to begin with. */
export async function leftByACut(recording: Recording, seed: number): Promise<Contents> {
  const random = createRandom(seed);
  const replay = createReplay(recording);
  const [time = 0] = cutTimes(recording, 1, random);
  replay.playTo(time);
  return await withSurvivors(replay.disk, aFate(random, time), async (folder) => readContents(folder));
}

function withSurvivors<T>(disk: Disk, fate: Fate, use: (folder: string) => Promise<T>): Promise<T> {
  return withScratchFolder(async (folder) => {
    writeSurvivors(disk, fate, folder, isSharedMemory);
    return await use(folder);
  });
}

/** Half of them after any change, half right after an acknowledgement, when nothing but what was synced for it can keep it. */
function cutTimes({ calls, acknowledgements }: Recording, cuts: number, random: () => number): readonly number[] {
  const changes = calls.flatMap(({ kind }, time) => (kind === "open" || kind === "close" ? [] : [time + 1]));
  const answers = acknowledgements.map(({ time }) => time);
  const times = Array.from({ length: cuts }, (_, no) => {
    const among = no % 2 === 0 ? answers : changes;
    return among[Math.floor(random() * among.length)] ?? 0;
  });
  return times.sort((one, other) => one - other);
}
