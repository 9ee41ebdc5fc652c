/** Chance for the fuzz: the same seed makes the same choices for ever, so that an input can be made again from its number. */
import { createRandom } from "../../src/pipeline/gpu/random.ts";

export type Choices = {
  /** A whole number from 0 to `limit` - 1. */
  below(limit: number): number;
  /** True in so many of a hundred cases. */
  percent(share: number): boolean;
  pick<T>(...of: readonly [T, ...T[]]): T;
  bytes(length: number): Uint8Array;
  /** A number of so many bytes; half the time one at which parsers stumble. */
  odd(width: 1 | 2 | 3 | 4): number;
  /** The results of so many calls, one after the other. */
  several<T>(most: number, make: () => T): T[];
};

export function createChoices(seed: number): Choices {
  const random = createRandom(seed);
  const below = (limit: number) => Math.floor(random() * limit);

  function odd(width: 1 | 2 | 3 | 4): number {
    const values = 2 ** (8 * width);
    switch (below(10)) {
      case 0:
        return 0;
      case 1:
        return 1 + below(16);
      case 2:
        return values - 1 - below(2);
      case 3:
        return values / 2 - below(2);
      case 4:
        return 2 ** below(8 * width);
      default:
        return below(values);
    }
  }

  return {
    below,
    percent: (share) => random() * 100 < share,
    pick: (first, ...others) => [first, ...others][below(1 + others.length)] ?? first,
    bytes: (length) => Uint8Array.from({ length }, () => below(256)),
    odd,
    several: (most, make) => Array.from({ length: below(most + 1) }, make),
  };
}
