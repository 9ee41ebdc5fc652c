/**
 * A submission as CSV: `store_id,image_url,visit_time` in any order and case, other columns ignored, one image a row.
 * Rows of the same store and time that follow each other make one visit.
 */
import { Readable } from "node:stream";
import { CsvError, parse } from "csv-parse";
import { type Bytes, type Piece, UnreadableBody } from "./pieces.ts";
import type { Place } from "./visit-rules.ts";

const COLUMNS = ["store_id", "image_url", "visit_time"] as const;
type Column = (typeof COLUMNS)[number];
type Row = { readonly line: number; readonly cells: Readonly<Record<Column, string | undefined>> };

const MOST_ROW_BYTES = 2 ** 20;
const PIECES_AT_ONCE = 500;
/** A longer run of rows makes another visit, so that one visit never holds up the rest. */
const MOST_IMAGES_A_VISIT = 10_000;

/** Throws UnreadableBody when the header or a quote is not in order. */
export async function* readCsv(bytes: Bytes): AsyncIterable<readonly Piece[]> {
  let pieces: Piece[] = [];
  let rows: Row[] = [];
  for await (const row of readRows(bytes)) {
    if (rows.length > 0 && !(isSameVisit(rows[0], row) && rows.length < MOST_IMAGES_A_VISIT)) {
      pieces.push(visitOf(rows));
      rows = [];
    }
    rows.push(row);
    if (pieces.length < PIECES_AT_ONCE) continue;
    yield pieces;
    pieces = [];
  }
  if (rows.length > 0) pieces.push(visitOf(rows));
  yield pieces;
}

async function* readRows(bytes: Bytes): AsyncIterable<Row> {
  const source = Readable.from(bytes);
  const parser = parse({
    bom: true,
    info: true,
    relax_column_count: true,
    skip_empty_lines: true,
    max_record_size: MOST_ROW_BYTES,
  });
  source.on("error", (error) => parser.destroy(error));
  let columns: ReadonlyMap<Column, number> | null = null;
  try {
    for await (const { record, info } of source.pipe(parser) as AsyncIterable<{
      record: string[];
      info: { lines: number };
    }>) {
      if (!columns) {
        columns = columnsOf(record);
        continue;
      }
      const cell = (column: Column) => record[columns?.get(column) ?? -1];
      yield {
        line: info.lines,
        cells: { store_id: cell("store_id"), image_url: cell("image_url"), visit_time: cell("visit_time") },
      };
    }
  } catch (error) {
    if (!(error instanceof CsvError)) throw error;
    const line = "lines" in error ? `line ${error.lines}` : "";
    throw new UnreadableBody(line, `is not CSV: ${error.message}`, { cause: error });
  } finally {
    source.destroy();
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
