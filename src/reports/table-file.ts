/**
 * A table as a file that a spreadsheet program opens: CSV, with a byte order mark where somebody wants it, or a workbook with typed cells. Must never
 * write a cell that such a program would run, and never hold more than a page of rows.
 */
import { stringify } from "csv-stringify/sync";
import { guardCell } from "../csv/formula-guard.ts";
import { plainText } from "../domain/plain-text.ts";
import type { CellValue } from "../xlsx/workbook-text.ts";
import type { SheetSource } from "../xlsx/write-workbook.ts";
import type { TableFormat } from "./report-formats.ts";

export const TABLE_CONTENT_TYPES: Readonly<Record<TableFormat, string>> = {
  csv: "text/csv; charset=utf-8",
  xlsx: "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
};

const MARK = "\ufeff";

/** A CSV has the first of `sheets` only. */
export function writeTable(
  format: TableFormat,
  sheets: readonly [SheetSource, ...SheetSource[]],
  { mark }: { readonly mark: boolean },
): AsyncIterable<string | Uint8Array> {
  return format === "csv" ? csvOf(sheets[0], mark) : workbookOf(sheets);
}

/** The writer is loaded with the first workbook: a service that writes none is lighter by it. */
async function* workbookOf(sheets: readonly SheetSource[]): AsyncIterable<Uint8Array> {
  const { writeWorkbook } = await import("../xlsx/write-workbook.ts");
  yield* writeWorkbook(sheets.map(guarded));
}

async function* csvOf({ columns, rows }: SheetSource, mark: boolean): AsyncIterable<string> {
  yield `${mark ? MARK : ""}${stringify([columns.map(({ name }) => name)])}`;
  for await (const some of rows) {
    if (some.length > 0) yield stringify(some.map((row) => row.map(csvCell)));
  }
}

function csvCell(value: CellValue): string | number | null {
  if (value instanceof Date) return value.toISOString();
  if (typeof value === "object" && value !== null) return value.day;
  return typeof value === "boolean" ? String(value) : safeCell(value);
}

/** Texts of a workbook are no formulas; they would be when it is saved as CSV. */
function guarded(source: SheetSource): SheetSource {
  async function* rows() {
    for await (const some of source.rows) {
      yield some.map((row) => row.map((value) => (typeof value === "string" ? safeCell(value) : value)));
    }
  }
  return { ...source, rows: rows() };
}

/** What steers a terminal is no part of a cell, nor are tabs and line ends: a URL was taken as it came. */
function safeCell<T extends string | number | null>(value: T): T | string {
  return typeof value === "string" ? guardCell(plainText(value)) : value;
}
