/**
 * Reads a store master from CSV as the field writes it: columns in any order and case, a byte order mark, quoted commas.
 * Reports every fault by its line. Decides nothing about the ledger.
 */
import { Readable } from "node:stream";
import { CsvError, parse } from "csv-parse";
import type { Store } from "../domain/store.ts";

export type StoreProblem = { readonly line: number; readonly detail: string };

export type StoreCsv = {
  readonly stores: readonly Store[];
  /** What cannot be trusted: with one of these nothing may be imported. */
  readonly problems: readonly StoreProblem[];
  /** What a person should look at. */
  readonly warnings: readonly StoreProblem[];
};

const COLUMNS = ["store_id", "store_name", "area_code"] as const;
type Column = (typeof COLUMNS)[number];
type Row = { readonly line: number; readonly cells: readonly string[] };

const MOST_ROW_BYTES = 2 ** 20;
const MOST_ID_CHARACTERS = 128;

/** Bytes of UTF-8 read as Latin-1 or Windows-1252: a letter such as é became Ã©. */
const MISDECODED = /\uFFFD|[\u00C2\u00C3][\u0080-\u00BF]|\u00E2\u20AC/;

export async function readStoreCsv(bytes: AsyncIterable<Uint8Array> | Iterable<Uint8Array>): Promise<StoreCsv> {
  const problems: StoreProblem[] = [];
  const warnings: StoreProblem[] = [];
  const seen = new Map<string, { readonly line: number; readonly store: Store }>();
  let columns: ReadonlyMap<Column, number> | null = null;

  function takeRow({ line, cells }: Row, at: ReadonlyMap<Column, number>): void {
    const missing = [...at].filter(([, index]) => cells[index] === undefined).map(([column]) => column);
    if (missing.length > 0) {
      problems.push({ line, detail: `the row is too short: it has no ${missing.join(" and no ")}` });
      return;
    }
    const cell = (column: Column) => (cells[at.get(column) ?? -1] ?? "").trim();
    const store: Store = { id: cell("store_id"), name: cell("store_name"), area: cell("area_code") };
    const fault = faultOf(store);
    if (fault) {
      problems.push({ line, detail: fault });
      return;
    }
    if (MISDECODED.test(store.name)) {
      warnings.push({ line, detail: `the name "${store.name}" looks like UTF-8 that was read as something else` });
    }
    const first = seen.get(store.id);
    if (!first) seen.set(store.id, { line, store });
    else if (first.store.name === store.name && first.store.area === store.area) {
      warnings.push({
        line,
        detail: `store ${store.id} stands in line ${first.line} already, with the same name and area`,
      });
    } else {
      problems.push({
        line,
        detail: `store ${store.id} stands in line ${first.line} already, with another name or area`,
      });
    }
  }

  try {
    for await (const row of readRows(bytes)) {
      if (columns) takeRow(row, columns);
      else columns = columnsOf(row.cells);
    }
    if (!columns) problems.push({ line: 1, detail: `the file is empty; it must begin with the columns ${wanted()}` });
    else if (seen.size === 0 && problems.length === 0) problems.push({ line: 1, detail: "the file has no stores" });
  } catch (error) {
    if (!(error instanceof UnreadableCsv)) throw error;
    problems.push({ line: error.line, detail: error.message });
  }
  return { stores: [...seen.values()].map(({ store }) => store), problems, warnings };
}

function faultOf({ id }: Store): string | null {
  if (id === "") return "the store's id is empty";
  if (id.length > MOST_ID_CHARACTERS)
    return `the store's id must have at most ${MOST_ID_CHARACTERS} characters, got ${id.length}`;
  if (MISDECODED.test(id) || id.includes("\0")) return `the store's id "${id}" has broken characters`;
  return null;
}

class UnreadableCsv extends Error {
  readonly line: number;

  constructor(line: number, detail: string, options?: { cause?: unknown }) {
    super(detail, options);
    this.line = line;
  }
}

async function* readRows(bytes: AsyncIterable<Uint8Array> | Iterable<Uint8Array>): AsyncIterable<Row> {
  const parser = parse({
    bom: true,
    info: true,
    relax_column_count: true,
    skip_empty_lines: true,
    max_record_size: MOST_ROW_BYTES,
  });
  const source = Readable.from(asText(bytes));
  source.on("error", (error) => parser.destroy(error));
  const records: AsyncIterable<{ record: string[]; info: { lines: number } }> = source.pipe(parser);
  try {
    for await (const { record, info } of records) yield { line: info.lines, cells: record };
  } catch (error) {
    if (!(error instanceof CsvError)) throw error;
    const line = "lines" in error && typeof error.lines === "number" ? error.lines : 1;
    throw new UnreadableCsv(line, `it is not CSV from here on: ${error.message}`, { cause: error });
  } finally {
    source.destroy();
  }
}

/** Decodes strictly: bytes that are not UTF-8 are a fault with a line, never a silent U+FFFD. */
async function* asText(bytes: AsyncIterable<Uint8Array> | Iterable<Uint8Array>): AsyncIterable<string> {
  const decoder = new TextDecoder("utf-8", { fatal: true });
  let line = 1;
  const decode = (chunk?: Uint8Array): string => {
    try {
      const text = decoder.decode(chunk, { stream: chunk !== undefined });
      line += text.split("\n").length - 1;
      return text;
    } catch (cause) {
      throw new UnreadableCsv(line, "the file is not UTF-8 in or after this line; save it as UTF-8", { cause });
    }
  };
  // Small pieces, so that the line is the right one or close before it.
  for await (const chunk of bytes) {
    for (let from = 0; from < chunk.length; from += 256) yield decode(chunk.subarray(from, from + 256));
  }
  yield decode();
}

function columnsOf(header: readonly string[]): ReadonlyMap<Column, number> {
  const names = header.map((name) => name.toLowerCase().replace(/[^a-z]/g, ""));
  const columns = new Map(COLUMNS.map((column) => [column, names.indexOf(column.replace("_", ""))]));
  const missing = [...columns].filter(([, index]) => index === -1).map(([column]) => column);
  if (missing.length > 0) {
    throw new UnreadableCsv(1, `the header must name the columns ${wanted()}; missing: ${missing.join(", ")}`);
  }
  return columns;
}

function wanted(): string {
  return COLUMNS.join(", ");
}
