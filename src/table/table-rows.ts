/** The rows of a table in whatever form a spreadsheet saved it: the bytes say whether it is a workbook or CSV, not its name. Knows nothing of stores or visits. */
import { csvRows } from "../csv/csv-rows.ts";
import { withHead } from "./with-head.ts";

export type TableRow = { readonly line: number; readonly cells: readonly string[] };
export type TableFault = { readonly line: number; readonly detail: string };
export type TableNote = TableFault & { readonly code: "read_as" | "sheets_unread" };
export type TableRows = {
  readonly rows: readonly TableRow[];
  /** Comes last, after all rows before it. */
  readonly fault: TableFault | null;
  /** How the file was read, where a person should know. */
  readonly notes: readonly TableNote[];
};

type Bytes = AsyncIterable<Uint8Array> | Iterable<Uint8Array>;

const ZIP = "504b0304";
/** The container of Excel 97, and of every workbook with a password. */
const OLD_CONTAINER = "d0cf11e0";
const MAGIC_BYTES = 4;
const OLD_WORKBOOK =
  "the file is a workbook of Excel 97 or one with a password; save it as .xlsx without one. Nothing of it was read";

/** Every row with the line or the row number it begins at, without those of empty cells, never ahead of the reader. Rejects only when `bytes` does. */
export async function* tableRows(bytes: Bytes): AsyncIterable<TableRows> {
  const { head, all } = await withHead(bytes, MAGIC_BYTES);
  const magic = head.toString("hex", 0, MAGIC_BYTES);
  if (magic === OLD_CONTAINER) yield { rows: [], fault: { line: 1, detail: OLD_WORKBOOK }, notes: [] };
  else if (magic === ZIP) yield* workbookRows(all);
  else yield* rowsOfCsv(all);
}

async function* rowsOfCsv(bytes: AsyncIterable<Uint8Array>): AsyncIterable<TableRows> {
  for await (const { rows, fault, notes } of csvRows(bytes))
    yield { rows, fault, notes: notes.map((note) => ({ ...note, code: "read_as" })) };
}

/** Its parts are loaded with the first workbook: a service that meets none is lighter by them. */
async function* workbookRows(bytes: AsyncIterable<Uint8Array>): AsyncIterable<TableRows> {
  const { xlsxRows } = await import("../xlsx/xlsx-rows.ts");
  for await (const { rows, fault, note } of xlsxRows(bytes))
    yield { rows, fault, notes: note === null ? [] : [{ line: 1, detail: note, code: "sheets_unread" }] };
}
