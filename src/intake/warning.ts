/**
 * What of a submission is taken all the same and may fail later, or not be what its sender meant. Every warning is counted, the first of each
 * kind are kept.
 */
import type { ErrorCode } from "../domain/error-codes.ts";

/** Where images are bound to fail, a warning has the code that they would get; these are its own. */
export const WARNING_CODES = {
  time_unread: "a visit's time could not be read; it is in no calendar and no range of dates",
  id_spoiled: "a spreadsheet has made a number of an id",
  near_store: "the store is not in the store master, but one of nearly the same id is",
  read_as: "the file's letters were read as what its bytes suggest",
  columns_ignored: "a table has columns that mean nothing here",
  sheets_unread: "a workbook has more sheets with cells than the one that is read",
} as const;
export type OwnWarningCode = keyof typeof WARNING_CODES;
export type WarningCode = OwnWarningCode | ErrorCode;

export function isOwnWarningCode(code: string): code is OwnWarningCode {
  return Object.hasOwn(WARNING_CODES, code);
}

export type Warning = {
  /** Where, as of a problem; empty for all of it. */
  readonly pointer: string;
  readonly code: WarningCode;
  readonly detail: string;
};

export type Warnings = {
  add(pointer: string, code: WarningCode, detail: string): void;
  readonly kept: readonly Warning[];
  readonly total: number;
};

const MOST_KEPT_OF_A_CODE = 25;

export function createWarnings(): Warnings {
  const kept: Warning[] = [];
  const counts = new Map<WarningCode, number>();
  let total = 0;
  return {
    add(pointer, code, detail) {
      total += 1;
      const count = (counts.get(code) ?? 0) + 1;
      counts.set(code, count);
      if (count <= MOST_KEPT_OF_A_CODE) kept.push({ pointer, code, detail });
    },
    kept,
    get total() {
      return total;
    },
  };
}
