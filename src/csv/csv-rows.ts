/**
 * Turns the bytes of a CSV file into rows, each with the line it begins in, whatever line ends the file mixes, whatever stands between its
 * cells and however a spreadsheet wrote its letters. Never guesses: bytes that are no text and quotes that do not pair end the reading
 * with a fault. Knows nothing of stores or visits.
 */
import { CsvError, type CsvErrorCode, type Parser, parse } from "csv-parse";
import { decodedLines } from "./decoded-lines.ts";
import { findDelimiter } from "./delimiter.ts";

export type CsvRow = { readonly line: number; readonly cells: readonly string[] };
export type CsvFault = { readonly line: number; readonly detail: string };
export type CsvRows = {
  readonly rows: readonly CsvRow[];
  readonly fault: CsvFault | null;
  /** How the file was read, where a person should know. */
  readonly notes: readonly CsvFault[];
};

const MOST_ROW_BYTES = 2 ** 20;

/** csv-parse's codes in our words; what is not here keeps its own message. */
const FAULTS: Readonly<Partial<Record<CsvErrorCode, string>>> = {
  CSV_QUOTE_NOT_CLOSED: "a quote that begins in this row is never closed",
  CSV_MAX_RECORD_SIZE: "the row has more than 1 MiB; a quote in it may not be closed",
  CSV_INVALID_CLOSING_QUOTE: "text follows a closing quote; a quote inside a quoted field must be written twice",
  INVALID_OPENING_QUOTE: "a quote stands inside a field that does not begin with one; quote the whole field",
};

type Bytes = AsyncIterable<Uint8Array> | Iterable<Uint8Array>;

/**
 * Every row as it is read, the header too, piece by piece and never ahead of the reader; blank lines and rows of empty cells are left out.
 * A fault comes last, after all rows before it. Rejects only when `bytes` does.
 */
export async function* csvRows(bytes: Bytes): AsyncIterable<CsvRows> {
  let rows: CsvRow[] = [];
  let notes: CsvFault[] = [];
  let nextLine = 1;
  let linesLeftOut = 0;
  let undecodable: CsvFault | null = null;
  let parser: Parser | null = null;
  let header = "";

  const text = decodedLines(bytes, {
    giveUp: (line, detail) => {
      undecodable = { line, detail: `${detail}. Nothing from here on was read` };
    },
    foundWindows1252: (line) => {
      notes.push({ line, detail: "the file is not UTF-8 and was read as Windows-1252: look at letters with accents" });
    },
  });

  function openParser(delimiter: string): Parser {
    const opened = parse({
      delimiter,
      record_delimiter: "\n",
      relax_column_count: true,
      skip_empty_lines: true,
      // Spreadsheets save the rows that were once used below the last one as ",,".
      skip_records_with_empty_values: true,
      max_record_size: MOST_ROW_BYTES,
      // Called while parsing: rows handed on through the stream would be lost when a later row of the same piece is broken.
      on_record: (cells: string[], { lines }) => {
        const end = lines + linesLeftOut;
        // What came of an undecodable line before its broken byte depends on how the bytes were cut.
        if (undecodable && end >= undecodable.line) return null;
        rows.push({ line: end - lineBreaksIn(cells), cells });
        nextLine = end + 1;
        return null;
      },
    });
    // Every error also comes to the callback of the write that met it.
    opened.on("error", () => {});
    opened.resume();
    return opened;
  }

  /** Parses a piece, or the end; its fault. The first row waits until it is whole, for what stands between its cells. */
  async function parsePiece(piece: string | null): Promise<CsvFault | null> {
    if (parser) return await write(parser, piece);
    header += piece ?? "";
    const found = findDelimiter(header, piece === null || header.length > MOST_ROW_BYTES);
    if (!found) return null;
    linesLeftOut = found.linesLeftOut;
    nextLine = 1 + linesLeftOut;
    header = "";
    parser = openParser(found.delimiter);
    const fault = found.text === "" ? null : await write(parser, found.text);
    return fault ?? (piece === null ? await write(parser, null) : null);
  }

  async function write(to: Parser, piece: string | null): Promise<CsvFault | null> {
    const error = await new Promise<Error | null | undefined>((resolve) => {
      if (piece === null) to.end(resolve);
      else to.write(piece, resolve);
    });
    if (!error) return null;
    if (!(error instanceof CsvError)) throw error;
    // A quote that stays open because the reading gave up is not the file's fault.
    if (undecodable && error.code === "CSV_QUOTE_NOT_CLOSED") return undecodable;
    return { line: nextLine, detail: `${FAULTS[error.code] ?? error.message}. Nothing from here on was read` };
  }

  for await (const piece of text) {
    const fault = await parsePiece(piece);
    yield { rows, fault, notes };
    if (fault) return;
    rows = [];
    notes = [];
  }
  const fault = await parsePiece(null);
  yield { rows, fault: fault ?? undecodable, notes };
}

function lineBreaksIn(cells: readonly string[]): number {
  return cells.reduce((sum, cell) => sum + cell.split("\n").length - 1, 0);
}
