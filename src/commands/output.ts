/** Rows on standard output: a table for people, JSON or NDJSON for programs that ask for it. Rows are printed as they come. */
import { plainText } from "../domain/plain-text.ts";
import { CommandError, EXIT } from "./exit-codes.ts";
import { printData, say } from "./talk.ts";

export type OutputOption = { readonly json?: boolean; readonly ndjson?: boolean };

type Row = Readonly<Record<string, unknown>>;
/** A field's name and, where it differs, the name above its column. `a.b` is field b of a. */
export type Column = readonly [field: string, head?: string];

/** So many rows give their columns a width; later ones may be wider. */
const MEASURED_ROWS = 200;
const WIDEST = 60;
/** So much of the last column is shown beside the others at least; on a narrower terminal each row is a block of lines. */
const LEAST_OF_LAST = 12;

export const isForPeople = ({ json = false, ndjson = false }: OutputOption): boolean => !json && !ndjson;

/** `none` is what people are told where there is no row. */
export async function printRows(
  rows: Iterable<Row> | AsyncIterable<Row>,
  columns: readonly Column[],
  { json = false, ndjson = false }: OutputOption,
  none: string,
): Promise<void> {
  if (ndjson) {
    for await (const row of rows) printData(JSON.stringify(row));
    return;
  }
  if (json) return await printJson(rows);
  let pending: Row[] = [];
  let print: ((row: Row) => void) | null = null;
  for await (const row of rows) {
    if (print) print(row);
    else pending.push(row);
    if (pending.length < MEASURED_ROWS) continue;
    print = printBeginning(columns, pending);
    pending = [];
  }
  if (print) return;
  if (pending.length === 0) say(none);
  else printBeginning(columns, pending);
}

/** A line for each field that has something to say. */
export function printOne(row: Row, columns: readonly Column[], output: OutputOption): void {
  if (isForPeople(output)) printBlock(row, columns);
  else printData(JSON.stringify(row));
}

/** What people were told in words already: as data, for programs that ask. */
export function printForPrograms(row: Row, output: OutputOption): void {
  if (!isForPeople(output)) printData(JSON.stringify(row));
}

/** What was done: a sentence for people, its facts for programs. */
export function printDone(row: Row, sentence: string, output: OutputOption): void {
  if (isForPeople(output)) say(sentence);
  else printData(JSON.stringify(row));
}

/** Refuses to send what only a program can read to a person's screen. */
export function refuseTerminal(advice: string): void {
  if (process.stdout.isTTY) throw new CommandError(EXIT.usage, `a workbook is nothing for a terminal; ${advice}`);
}

/** An array, an element a line. */
async function printJson(rows: Iterable<Row> | AsyncIterable<Row>): Promise<void> {
  let separator = "[";
  for await (const row of rows) {
    printData(`${separator}${JSON.stringify(row)}`);
    separator = ",";
  }
  printData(separator === "[" ? "[]" : "]");
}

/** Prints the first rows as a table, or as blocks where the terminal is too narrow for one, and returns what prints the others alike. */
function printBeginning(columns: readonly Column[], rows: readonly Row[]): (row: Row) => void {
  const cellsOf = (row: Row) => columns.map(([field]) => cell(valueAt(row, field)));
  const heads = columns.map(([field, head = field]) => head.toUpperCase());
  const lines = rows.map(cellsOf);
  const widths = heads.map((head, at) =>
    Math.max(head.length, ...lines.map((cells) => Math.min(WIDEST, cells[at]?.length ?? 0))),
  );
  const needed = widths.slice(0, -1).reduce((sum, width) => sum + width + 2, LEAST_OF_LAST);
  if (process.stdout.isTTY && needed > process.stdout.columns) {
    const print = (row: Row) => {
      printBlock(row, columns);
      printData("");
    };
    for (const row of rows) print(row);
    return print;
  }
  printLine(heads, widths);
  for (const cells of lines) printLine(cells, widths);
  return (row) => printLine(cellsOf(row), widths);
}

function printBlock(row: Row, columns: readonly Column[]): void {
  const width = Math.max(...columns.map(([field, head = field]) => head.length));
  for (const [field, head = field] of columns) {
    const text = cell(valueAt(row, field));
    if (text !== NOTHING) printData(`${head.padEnd(width)}  ${text}`);
  }
}

function printLine(cells: readonly string[], widths: readonly number[]): void {
  printData(
    cells
      .map((text, at) => text.padEnd(widths[at] ?? 0))
      .join("  ")
      .trimEnd(),
  );
}

function valueAt(row: unknown, field: string): unknown {
  return field.split(".").reduce<unknown>((inner, name) => {
    if (typeof inner !== "object" || inner === null) return undefined;
    return Object.entries(inner).find(([key]) => key === name)?.[1];
  }, row);
}

const NOTHING = "-";

function cell(value: unknown): string {
  const text = inWords(value);
  return text === "" ? NOTHING : text;
}

/** What steers a terminal is no part of a cell, and neither is JSON: a list is `a, b`, an object `timeout 2, forbidden 1`. */
function inWords(value: unknown): string {
  if (value === null || value === undefined) return "";
  if (typeof value === "boolean") return value ? "yes" : "no";
  if (typeof value !== "object") return plainText(String(value));
  const parts = Array.isArray(value)
    ? value.map(inWords)
    : Object.entries(value).map(([name, inner]) => `${plainText(name)} ${inWords(inner)}`);
  return parts.join(", ");
}
