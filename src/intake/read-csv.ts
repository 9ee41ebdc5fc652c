/**
 * A submission as CSV: `store_id,image_url,visit_time` in any order and case, other columns ignored, one image a row.
 * Rows of the same store and time that follow each other make one visit.
 */
import { csvRows } from "../csv/csv-rows.ts";
import { type Bytes, type Piece, UnreadableBody } from "./pieces.ts";
import type { Place } from "./visit-rules.ts";

const COLUMNS = ["store_id", "image_url", "visit_time"] as const;
type Column = (typeof COLUMNS)[number];
type Row = { readonly line: number; readonly cells: Readonly<Record<Column, string | undefined>> };

/** A longer run of rows makes another visit, so that one visit never holds up the rest. */
const MOST_IMAGES_A_VISIT = 10_000;

/** Throws UnreadableBody when the header or a quote is not in order. */
export async function* readCsv(bytes: Bytes): AsyncIterable<readonly Piece[]> {
  let run: Row[] = [];
  for await (const rows of readRows(bytes)) {
    const pieces: Piece[] = [];
    for (const row of rows) {
      if (run.length > 0 && !(isSameVisit(run[0], row) && run.length < MOST_IMAGES_A_VISIT)) {
        pieces.push(visitOf(run));
        run = [];
      }
      run.push(row);
    }
    yield pieces;
  }
  if (run.length > 0) yield [visitOf(run)];
}

async function* readRows(bytes: Bytes): AsyncIterable<readonly Row[]> {
  let columns: ReadonlyMap<Column, number> | null = null;
  for await (const { rows, fault } of csvRows(bytes)) {
    const read: Row[] = [];
    for (const { line, cells } of rows) {
      if (columns) read.push({ line, cells: cellsOf(cells, columns) });
      else columns = columnsOf(cells);
    }
    yield read;
    if (fault) throw new UnreadableBody(`line ${fault.line}`, fault.detail);
  }
}

function columnsOf(header: readonly string[]): ReadonlyMap<Column, number> {
  const names = header.map((name) => name.trim().toLowerCase());
  const missing = COLUMNS.filter((column) => !names.includes(column));
  if (missing.length > 0) {
    throw new UnreadableBody("line 1", `must name the columns ${COLUMNS.join(", ")}; missing: ${missing.join(", ")}`);
  }
  return new Map(COLUMNS.map((column) => [column, names.indexOf(column)]));
}

function cellsOf(cells: readonly string[], columns: ReadonlyMap<Column, number>): Row["cells"] {
  const cell = (column: Column) => cells[columns.get(column) ?? -1];
  return { store_id: cell("store_id"), image_url: cell("image_url"), visit_time: cell("visit_time") };
}

function isSameVisit(first: Row | undefined, row: Row): boolean {
  return first?.cells.store_id === row.cells.store_id && first?.cells.visit_time === row.cells.visit_time;
}

function visitOf(rows: readonly Row[]): Piece {
  const first = rows[0];
  const place: Place = (field, index) => {
    const line = rows[index ?? 0]?.line ?? 0;
    return field === undefined ? `line ${line}` : `line ${line}, ${field}`;
  };
  const value = {
    store_id: first?.cells.store_id,
    visit_time: first?.cells.visit_time,
    image_url: rows.map(({ cells }) => cells.image_url),
  };
  return { kind: "visit", value, place };
}
