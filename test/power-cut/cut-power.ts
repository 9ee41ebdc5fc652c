/** Cuts the power of a recorded workload at random moments and collects what was lost. */
import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createRandom } from "../../src/pipeline/gpu/random.ts";
import { checkAfterCut } from "./after-the-cut.ts";
import type { Recording } from "./record-workload.ts";
import { createReplay, isSharedMemory } from "./replay.ts";
import { aFate, writeSurvivors } from "./survivors.ts";

export type CutOptions = {
  readonly seed: number;
  readonly cuts: number;
  /** Files and folders, by their path, whose syncs are taken out of the log. */
  readonly skips?: (path: string) => boolean;
};

/** Each loss as one line: where the power was cut, what survived, what is wrong. */
export async function cutPower(recording: Recording, { seed, cuts, skips }: CutOptions): Promise<readonly string[]> {
  const { calls, folder, acknowledgements } = recording;
  const random = createRandom(seed);
  const replay = createReplay(calls, folder, skips);
  const losses: string[] = [];
  for (const time of cutTimes(recording, cuts, random)) {
    replay.playTo(time);
    const fate = aFate(random, time);
    const after = acknowledgements.findIndex((acknowledgement) => acknowledgement.time > time);
    const count = after < 0 ? acknowledgements.length : after;
    const moment = { past: acknowledgements.slice(0, count), next: acknowledgements[count] ?? null };
    const survived = mkdtempSync(join(tmpdir(), "storewalk-survived-"));
    try {
      writeSurvivors(replay.disk, fate, survived, isSharedMemory);
      mkdirSync(join(survived, "data"), { recursive: true });
      await checkAfterCut(join(survived, "data"), moment);
    } catch (fault) {
      const reason = fault instanceof Error ? fault.message : String(fault);
      losses.push(`cut at ${time} of ${calls.length}, survived: ${fate.name}: ${reason}`);
    } finally {
      rmSync(survived, { recursive: true, force: true });
    }
  }
  return losses;
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
