/**
 * How much of a file to ask a host for at first, learnt from what its last files needed: the least that costs little, where a further
 * request counts as much as the bytes that could have come in its place.
 */

export type FileNeed = {
  /** From the file's start; the whole file's length when all of it was read. */
  readonly bytes: number;
  /** The last bytes that were asked for behind them, 0 for none. */
  readonly tail: number;
  /** The file's length, null when the host did not tell. */
  readonly total: number | null;
};

export type FirstRange = {
  /** To ask for at first. */
  readonly bytes: number;
  /** To ask for along with them, from the file's end; 0 where most files are read without. */
  readonly tail: number;
  learn(need: FileNeed): void;
};

const KILO = 1_024;
const SIZES = [8 * KILO, 16 * KILO, 32 * KILO, 64 * KILO] as const;
/** Before anything is known: 85 of 100 camera JPEGs tell their size within it. */
const AT_FIRST = 32 * KILO;
/** As many bytes cost as much of the processor, here and there, as one request does. */
const REQUEST_BYTES = 32 * KILO;
/** Needs that are remembered, the oldest going first. */
const REMEMBERED = 32;
/** Needs that come in between two choices; the very first is chosen by at once. */
const CHOICE_EVERY = 8;

export function createFirstRange(): FirstRange {
  const needs: FileNeed[] = [];
  let learnt = 0;
  let bytes: number = AT_FIRST;
  let tail = 0;

  function choose(): void {
    bytes = SIZES.reduce<number>((best, size) => (costOf(size) < costOf(best) ? size : best), SIZES[0]);
    const tails = needs.filter((need) => need.tail > 0 && !isWithin(need, bytes));
    tail = tails.length * 2 > needs.length ? Math.max(...tails.map((need) => need.tail)) : 0;
  }

  function costOf(size: number): number {
    return needs.reduce((sum, need) => sum + costOfOne(size, need), 0);
  }

  return {
    get bytes() {
      return bytes;
    },
    get tail() {
      return tail;
    },
    learn(need) {
      needs[learnt % REMEMBERED] = need;
      learnt += 1;
      if (learnt <= 2 || learnt % CHOICE_EVERY === 0) choose();
    },
  };
}

function isWithin({ total }: FileNeed, size: number): boolean {
  return total !== null && total <= size;
}

/** A file that is there as a whole is asked for nothing more, its end included. */
function costOfOne(size: number, need: FileNeed): number {
  if (isWithin(need, size)) return need.total ?? size;
  const further = need.bytes > size ? REQUEST_BYTES + need.bytes - size : 0;
  return size + further + (need.tail > 0 ? need.tail + REQUEST_BYTES / 2 : 0);
}
