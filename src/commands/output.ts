/** Rows on standard output: a table for people, JSON or NDJSON for programs. Rows are printed as they come. */
import { plainText } from "../domain/plain-text.ts";
import { printData, say } from "./talk.ts";

export type OutputOption = { readonly json?: boolean; readonly ndjson?: boolean };

type Row = Readonly<Record<string, unknown>>;
/** A field's name and, where it differs, the name above its column. `a.b` is field b of a. */
export type Column = readonly [field: string, head?: string];

/** So many rows give their columns a width; later ones may be wider. */
const MEASURED_ROWS = 200;
const WIDEST = 60;

export async function printRows(
  rows: Iterable<Row> | AsyncIterable<Row>,
  columns: readonly Column[],
  { json = false, ndjson = false }: OutputOption,
): Promise<void> {
  if (ndjson) {
    for await (const row of rows) printData(JSON.stringify(row));
    return;
  }
  if (json) return await printJson(rows);
  let pending: (readonly string[])[] = [];
  let widths: readonly number[] | null = null;
  for await (const row of rows) {
    const cells = columns.map(([field]) => cell(valueAt(row, field)));
    if (widths) printLine(cells, widths);
    else pending.push(cells);
    if (pending.length < MEASURED_ROWS) continue;
    widths = printBeginning(columns, pending);
    pending = [];
  }
  if (!widths) printBeginning(columns, pending);
}

export function printOne(row: Row, columns: readonly Column[], { json = false, ndjson = false }: OutputOption): void {
  if (json || ndjson) {
    printData(JSON.stringify(row));
    return;
  }
  const width = Math.max(...columns.map(([field, head = field]) => head.length));
  for (const [field, head = field] of columns) printData(`${head.padEnd(width)}  ${cell(valueAt(row, field))}`);
}

/**
 * What a command answers with besides what it says: JSON for programs, as long as nobody looks on; a terminal shows it to people, or nothing where
 * they were told already (`null`).
 */
export function printAnswer(row: Row, columns: readonly Column[] | null, output: OutputOption): void {
  const isForPeople = process.stdout.isTTY === true && !output.json && !output.ndjson;
  if (!isForPeople) printData(JSON.stringify(row));
  else if (columns) printOne(row, columns, output);
}

/** What was done: a sentence for people, its facts for programs. */
export function printDone(row: Row, sentence: string, { json = false, ndjson = false }: OutputOption): void {
  if (json || ndjson) printData(JSON.stringify(row));
  else say(sentence);
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

function printBeginning(columns: readonly Column[], rows: readonly (readonly string[])[]): readonly number[] {
  const heads = columns.map(([field, head = field]) => head.toUpperCase());
  const widths = heads.map((head, at) =>
    Math.max(head.length, ...rows.map((cells) => Math.min(WIDEST, cells[at]?.length ?? 0))),
  );
  printLine(heads, widths);
  for (const cells of rows) printLine(cells, widths);
  return widths;
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

/** What steers a terminal is no part of a cell. */
function cell(value: unknown): string {
  if (value === null || value === undefined || value === "") return "-";
  if (typeof value === "boolean") return value ? "yes" : "no";
  return plainText(typeof value === "object" ? JSON.stringify(value) : String(value));
}
