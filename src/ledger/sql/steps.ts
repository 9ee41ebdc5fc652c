/**
 * Work of several statements in one transaction, written once for both databases: a generator yields a statement and is given its rows.
 * Whoever runs it has begun the transaction, and runs it again from its beginning where the database asks for that.
 */
import type { Row } from "./row.ts";

export type Value = string | number | null;
export type Statement = readonly [sql: string, values: readonly Value[]];
export type Steps<T> = Generator<Statement, T, readonly Row[]>;

/** What a part of the ledger that is written once for both databases is given. */
export type Shared = {
  /** One statement, a transaction of its own. */
  readonly run: (sql: string, values: readonly Value[]) => Promise<readonly Row[]>;
  readonly inTransaction: <T>(steps: () => Steps<T>) => Promise<T>;
  readonly dialect: Dialect;
};

/** What the two databases write differently. */
export type Dialect = {
  /** Elements of the JSON list in a parameter, as rows with one column `value`. */
  readonly elements: (parameter: string) => string;
  /** Bytes of a text of hexadecimal digits. */
  readonly bytes: (hex: string) => string;
  /** The digits of bytes, in lower case. */
  readonly hex: (bytes: string) => string;
  /** One text member of a column of JSON. */
  readonly member: (column: string, name: string) => string;
  /** The row of a table for each row before it, by its key, whatever the planner believes; nulls where there is none. `most` where it may be several. */
  readonly each: (the: {
    readonly table: string;
    readonly as: string;
    readonly where: string;
    readonly most?: number;
  }) => string;
  /** Rows of `from` with these columns, for each of the keys $4 in each of the periods $3 (JSON lists of lists, a period as its grain and day), of a tenant $1 and a dimension $2. */
  readonly cells: (the: { readonly from: string; readonly columns: readonly string[] }) => string;
  /** The same of a list of texts, for `in (…)`. */
  readonly texts: (parameter: string) => string;
  /** Behind a select, so that nobody else changes its rows before the commit. */
  readonly locking: string;
  /** The same without waiting: rows that are somebody else's are left out. */
  readonly skipLocked: string;
  /** Behind a select, so that nobody removes its rows before the commit, and no job of them is deleted or restored; what else is in them may change. */
  readonly keeping: string;
};

export function runSteps<T>(steps: Steps<T>, run: (...statement: Statement) => readonly Row[]): T {
  let step = steps.next();
  while (!step.done) step = steps.next(run(...step.value));
  return step.value;
}

export async function runStepsAwaiting<T>(
  steps: Steps<T>,
  run: (...statement: Statement) => Promise<readonly Row[]>,
): Promise<T> {
  let step = steps.next();
  while (!step.done) step = steps.next(await run(...step.value));
  return step.value;
}
