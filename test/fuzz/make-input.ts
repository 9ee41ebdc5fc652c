/** Input number so-and-so of a run: half of them changed bytes of good files, half built from a grammar. Only the seed decides. */

import { icoEntries, imageBoxes, jxlBoxes, psdSections } from "./box-structures.ts";
import { type Choices, createChoices } from "./choices.ts";
import { mutate } from "./mutators.ts";
import { SEEDS } from "./seeds.ts";
import { bmpHeader, gifBlocks, jpegMarkers, pngChunks, riffChunks, tiffDirectory } from "./structures.ts";

export type Input = {
  readonly made: "mutated" | "structured";
  readonly bytes: Uint8Array;
  /** For what the properties leave to chance, such as where a prefix ends. */
  readonly choices: Choices;
};

const STRUCTURES = [
  jpegMarkers,
  pngChunks,
  gifBlocks,
  riffChunks,
  bmpHeader,
  tiffDirectory,
  imageBoxes,
  imageBoxes,
  jxlBoxes,
  icoEntries,
  psdSections,
] as const;
/** Keeps the inputs of one seed apart from those of the next. */
const INPUTS_A_SEED = 10_000_019;

export function makeInput(seed: number, no: number): Input {
  const choices = createChoices((seed * INPUTS_A_SEED + no) % 2 ** 32);
  const { pick, percent } = choices;
  if (percent(50)) return { made: "mutated", bytes: mutate(pick(...SEEDS), choices, () => pick(...SEEDS)), choices };
  const built = pick(...STRUCTURES)(choices);
  const bytes = percent(20) ? mutate(built, choices, () => pick(...SEEDS)) : built;
  return { made: "structured", bytes, choices };
}
