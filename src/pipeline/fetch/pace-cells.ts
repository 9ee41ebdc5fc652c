/**
 * Where the pace of one host is kept: numbers in memory that every thread of a process may read and write. Each is written in one step;
 * two threads that write at once lose one of two small corrections, never more. Holds no logic.
 */

export const PACE = {
  /** Requests at a time, a fraction included. */
  places: 0,
  /** Where it was refused last. */
  placesCeiling: 1,
  /** 1 while it doubles. */
  starting: 2,
  /** Answers of the round that goes on, the time that they took together, ms, and the most requests under way in it. */
  roundAnswers: 3,
  roundMs: 4,
  roundPeak: 5,
  /** Mean time of an answer in the fastest round, ms; 0 before the first. */
  leastMs: 6,
  /** When it was lowered last. */
  loweredAt: 7,
  /** How many of the requests that were under way then are so still. */
  crowd: 8,
  /** 1 once a whole round went well since. */
  wellSince: 9,
  /** Requests a second; 0 for no limit. */
  rate: 10,
  rateStarting: 11,
  rateGrownAt: 12,
  /** The next request may go from then on. */
  nextAt: 13,
  /** The host asked to be left alone until then. */
  heldUntil: 14,
  /** Good answers in the second that goes on, and in the one before. */
  secondAt: 15,
  secondAnswers: 16,
  secondBefore: 17,
  /** Good answers since it was lowered. */
  answersSince: 18,
  lastGoodAt: 19,
  /** For people. */
  refusals: 20,
} as const;

export const PACE_CELLS = 21;

export type PaceCells = {
  readonly numbers: Float64Array;
  /** Requests under way, by thread: each writes its own. */
  readonly underWay: Int32Array;
  readonly thread: number;
};

export function createPaceCells(threads = 1): PaceCells {
  return { numbers: new Float64Array(PACE_CELLS), underWay: new Int32Array(threads), thread: 0 };
}
