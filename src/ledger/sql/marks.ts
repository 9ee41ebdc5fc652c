/** Flags and kinds of re-use of one image as bits of one number, the same in both ledgers. */
import {
  PHOTO_FLAGS,
  type PhotoFlag,
  REUSE_KINDS,
  REVIEW_STATES,
  type ReuseKind,
  type ReviewState,
} from "../../domain/findings.ts";

const FIRST_KIND = 16;

export const flagBit = (flag: PhotoFlag): number => 1 << PHOTO_FLAGS.indexOf(flag);
export const kindBit = (kind: ReuseKind): number => 1 << (FIRST_KIND + REUSE_KINDS.indexOf(kind));

export const REUSE_BITS = REUSE_KINDS.reduce((bits, kind) => bits | kindBit(kind), flagBit("reused"));

export function flagBits(flags: readonly PhotoFlag[]): number {
  return flags.reduce((bits, flag) => bits | flagBit(flag), 0);
}

export function flagsIn(marks: number): readonly PhotoFlag[] {
  return PHOTO_FLAGS.filter((flag) => (marks & flagBit(flag)) !== 0);
}

export function kindsIn(marks: number): readonly ReuseKind[] {
  return REUSE_KINDS.filter((kind) => (marks & kindBit(kind)) !== 0);
}

export const OPEN = 0;

export const stateNumber = (state: ReviewState): number => REVIEW_STATES.indexOf(state);

export function stateNumbered(number: number): ReviewState {
  const state = REVIEW_STATES[number];
  if (state === undefined)
    throw new Error(`a review's state must be one of ${REVIEW_STATES.join(", ")}, got ${number}`);
  return state;
}
