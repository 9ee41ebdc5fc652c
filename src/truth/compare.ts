/**
 * Compares two aligned sketches block by block. The score is how well the lower quarter of the blocks agrees: a stamp may spoil
 * some blocks of a photo used again, while another photo of the same shelf fails in most.
 */
import type { Pyramid, Rows } from "./align.ts";
import { SKETCH_SIDE } from "./sketch.ts";
import { layOver, roomFor, type Warp } from "./warp.ts";

export type Likeness = {
  /** −1 to 1; that of unrelated photos is below 0.1, that of a photo used again above 0.95. */
  readonly score: number;
  /** The share of the earlier sketch that the later one covers. */
  readonly cover: number;
  /** How many blocks have texture enough to be compared. */
  readonly blocks: number;
};

const BLOCK = 8;
const BLOCKS = SKETCH_SIDE / BLOCK;
/** Blocks of less variance are plain: their agreement is noise. */
const LEAST_VARIANCE = { earlier: 16, later: 9 };
/** Fewer blocks beside a stamp are no ground for a word. */
const LEAST_REST = 12;
const room = roomFor(SKETCH_SIDE);

type Block = { readonly row: number; readonly agreement: number };

export function compare(earlier: Pyramid, later: Pyramid, warp: Warp, rows: Rows): Likeness {
  const first = earlier.at(-1)?.values ?? new Float32Array(0);
  layOver(later.at(-1)?.values ?? new Float32Array(0), SKETCH_SIDE, warp, room);
  const blocks: Block[] = [];
  let covered = 0;
  for (let row = 0; row < BLOCKS; row++) {
    for (let column = 0; column < BLOCKS; column++) {
      const block = agreementOf(first, row, column);
      if (block === "uncovered") continue;
      covered++;
      if (block !== "plain") blocks.push({ row, agreement: block });
    }
  }
  return { score: scoreOf(blocks, rows), cover: covered / BLOCKS ** 2, blocks: blocks.length };
}

function agreementOf(first: Float32Array, row: number, column: number): number | "uncovered" | "plain" {
  let count = 0;
  let sumA = 0;
  let sumB = 0;
  let squaresA = 0;
  let squaresB = 0;
  let products = 0;
  for (let y = row * BLOCK; y < (row + 1) * BLOCK; y++) {
    for (let at = y * SKETCH_SIDE + column * BLOCK, end = at + BLOCK; at < end; at++) {
      if (room.covered[at] === 0) continue;
      const a = first[at] ?? 0;
      const b = room.values[at] ?? 0;
      count++;
      sumA += a;
      sumB += b;
      squaresA += a * a;
      squaresB += b * b;
      products += a * b;
    }
  }
  if (count < BLOCK * BLOCK * 0.75) return "uncovered";
  const varianceA = squaresA / count - (sumA / count) ** 2;
  const varianceB = squaresB / count - (sumB / count) ** 2;
  if (varianceA < LEAST_VARIANCE.earlier || varianceB < LEAST_VARIANCE.later) return "plain";
  return (products / count - (sumA / count) * (sumB / count)) / Math.sqrt(varianceA * varianceB);
}

/** The lower quartile of all blocks; where a stamp's rows are left out, a stricter quantile of the rest. */
function scoreOf(blocks: readonly Block[], rows: Rows): number {
  if (rows.from === 0 && rows.to === 1) return quantile(blocks, 0.25);
  const rest = blocks.filter(({ row }) => row >= rows.from * BLOCKS && row + 1 <= rows.to * BLOCKS);
  return rest.length < LEAST_REST ? -1 : quantile(rest, 0.12);
}

function quantile(blocks: readonly Block[], share: number): number {
  const ranked = blocks.map(({ agreement }) => agreement).sort((a, b) => a - b);
  return ranked[Math.floor(share * ranked.length)] ?? 0;
}
