/** What is wrong with a submission: every problem is counted, the first hundred are kept with their places. */
import type { FaultCode } from "../domain/fault-codes.ts";

export type Problem = {
  /** Where: a JSON pointer such as `/visits/3/store_id`, or a line such as `line 17, store_id`. */
  readonly pointer: string;
  readonly code: FaultCode;
  /** What was wanted and what came. */
  readonly detail: string;
};

export type Problems = {
  add(pointer: string, code: FaultCode, detail: string): void;
  readonly kept: readonly Problem[];
  readonly total: number;
};

const MOST_KEPT = 100;

export function createProblems(): Problems {
  const kept: Problem[] = [];
  let total = 0;
  return {
    add(pointer, code, detail) {
      total += 1;
      if (kept.length < MOST_KEPT) kept.push({ pointer, code, detail });
    },
    kept,
    get total() {
      return total;
    },
  };
}

/** The first problem with its place, and how many more there are. */
export function firstSentence(problems: readonly Problem[], total: number): string {
  const [first] = problems;
  if (!first) throw new Error("a refused submission must have a problem");
  const sentence = first.pointer === "" ? first.detail : `${first.pointer}: ${first.detail}`;
  return total > 1 ? `${sentence} (and ${total - 1} more)` : sentence;
}

const MOST_SHOWN = 60;

/** A value as a message shows it: JSON, cut short. */
export function shown(value: unknown): string {
  if (value === undefined) return "nothing";
  const text = JSON.stringify(value);
  return text.length > MOST_SHOWN ? `${text.slice(0, MOST_SHOWN)}…` : text;
}
