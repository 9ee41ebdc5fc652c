/**
 * A submission as CSV: `store_id,image_url,visit_time` in any order and case, other columns ignored, one image a row.
 * Rows of the same store and time that follow each other make one visit. What our reports put before a formula is taken off again.
 */
import { type CsvRow, csvRows } from "../csv/csv-rows.ts";
import { unguardCell } from "../csv/formula-guard.ts";
import { type Bytes, type Piece, UnreadableBody } from "./pieces.ts";
import type { Place } from "./visit-rules.ts";

const COLUMNS = ["store_id", "image_url", "visit_time"] as const;
type Column = (typeof COLUMNS)[number];
type Header = { readonly width: number; readonly at: ReadonlyMap<Column, number> };
type Row = { readonly line: number; readonly cells: Readonly<Record<Column, string | undefined>> };

/** A longer run of rows makes another visit, so that one visit never holds up the rest. */
const MOST_IMAGES_A_VISIT = 10_000;

/** Throws UnreadableBody when the header or a quote is not in order. */
export async function* readCsv(bytes: Bytes): AsyncIterable<readonly Piece[]> {
  let header: Header | null = null;
  let run: Row[] = [];

  function endRun(): Piece[] {
    const ended = run;
    run = [];
    return ended.length === 0 ? [] : [visitOf(ended)];
  }

  function take({ line, cells }: CsvRow): Piece[] {
    if (!header) {
      header = headerOf(cells, line);
      return [];
    }
    if (cells.length > header.width) return [...endRun(), tooWide(line, cells.length, header.width)];
    const row = rowOf(line, cells, header);
    const pieces = isSameVisit(run[0], row) && run.length < MOST_IMAGES_A_VISIT ? [] : endRun();
    run.push(row);
    return pieces;
  }

  for await (const { rows, fault } of csvRows(bytes)) {
    yield rows.flatMap(take);
    if (fault) {
      yield endRun();
      throw new UnreadableBody(`line ${fault.line}`, fault.detail);
    }
  }
  yield endRun();
}

function headerOf(cells: readonly string[], line: number): Header {
  const names = cells.map((name) => name.trim().toLowerCase());
  const missing = COLUMNS.filter((column) => !names.includes(column));
  if (missing.length > 0) {
    throw new UnreadableBody(
      `line ${line}`,
      `must name the columns ${COLUMNS.join(", ")}; missing: ${missing.join(", ")}`,
    );
  }
  const doubled = COLUMNS.filter((column) => names.indexOf(column) !== names.lastIndexOf(column));
  if (doubled.length > 0) {
    throw new UnreadableBody(`line ${line}`, `must name each column once; more than once: ${doubled.join(", ")}`);
  }
  return { width: cells.length, at: new Map(COLUMNS.map((column) => [column, names.indexOf(column)])) };
}

function rowOf(line: number, cells: readonly string[], { at }: Header): Row {
  const cell = (column: Column) => {
    const text = cells[at.get(column) ?? -1];
    return text === undefined ? undefined : unguardCell(text);
  };
  return { line, cells: { store_id: cell("store_id"), image_url: cell("image_url"), visit_time: cell("visit_time") } };
}

/** Nobody can tell which of its cells belong where. */
function tooWide(line: number, cells: number, width: number): Piece {
  const detail = `has ${cells} cells, the header ${width}; a cell with a comma in it must be quoted`;
  return { kind: "problem", pointer: `line ${line}`, detail };
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
