/**
 * Turns the bytes of a CSV file into rows, each with the line it begins in, whatever line ends the file mixes.
 * Never guesses: bytes that are not UTF-8 and quotes that do not pair end the reading with a fault. Knows nothing of stores or visits.
 */
import { CsvError, type CsvErrorCode, parse } from "csv-parse";

export type CsvRow = { readonly line: number; readonly cells: readonly string[] };
export type CsvFault = { readonly line: number; readonly detail: string };

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
 * Hands every row to `takeRow`, the header too, blank lines and rows of empty cells not. Returns the fault at which the reading ended, null at the file's end.
 * Rejects only when `bytes` or `takeRow` throws.
 */
export async function readCsvRows(bytes: Bytes, takeRow: (row: CsvRow) => void): Promise<CsvFault | null> {
  for await (const { rows, fault } of csvRows(bytes)) {
    for (const row of rows) takeRow(row);
    if (fault) return fault;
  }
  return null;
}

/** The same rows as they are read, piece by piece and never ahead of the reader; a fault comes last, after all rows before it. */
export async function* csvRows(
  bytes: Bytes,
): AsyncIterable<{ readonly rows: readonly CsvRow[]; readonly fault: CsvFault | null }> {
  let rows: CsvRow[] = [];
  let nextLine = 1;
  let undecodable: CsvFault | null = null;
  const text = decodedLines(bytes, (line) => {
    undecodable = { line, detail: "the line is not UTF-8; save the file as UTF-8. Nothing from here on was read" };
  });
  const parser = parse({
    record_delimiter: "\n",
    relax_column_count: true,
    skip_empty_lines: true,
    // Spreadsheets save the rows that were once used below the last one as ",,".
    skip_records_with_empty_values: true,
    max_record_size: MOST_ROW_BYTES,
    // Called while parsing: rows handed on through the stream would be lost when a later row of the same piece is broken.
    on_record: (cells: string[], { lines }) => {
      // What came of an undecodable line before its broken byte depends on how the bytes were cut.
      if (undecodable && lines >= undecodable.line) return null;
      rows.push({ line: lines - lineBreaksIn(cells), cells });
      nextLine = lines + 1;
      return null;
    },
  });
  // Every error also comes to the callback of the write that met it.
  parser.on("error", () => {});
  parser.resume();

  /** Parses a piece, or the end; its fault. */
  async function parsePiece(piece: string | null): Promise<CsvFault | null> {
    const error = await new Promise<Error | null | undefined>((resolve) => {
      if (piece === null) parser.end(resolve);
      else parser.write(piece, resolve);
    });
    if (!error) return null;
    if (!(error instanceof CsvError)) throw error;
    // A quote that stays open because the reading gave up is not the file's fault.
    if (undecodable && error.code === "CSV_QUOTE_NOT_CLOSED") return undecodable;
    return { line: nextLine, detail: `${FAULTS[error.code] ?? error.message}. Nothing from here on was read` };
  }

  for await (const piece of text) {
    const fault = await parsePiece(piece);
    yield { rows, fault };
    if (fault) return;
    rows = [];
  }
  const fault = await parsePiece(null);
  yield { rows, fault: fault ?? undecodable };
}

/** Decodes line by line, so that a fault has its line. Every line end becomes "\n": csv-parse knows only the first kind it meets. */
async function* decodedLines(bytes: Bytes, giveUp: (line: number) => void): AsyncIterable<string> {
  const decoder = new TextDecoder("utf-8", { fatal: true });
  let line = 1;
  let afterCarriageReturn = false;

  function decode(piece: Uint8Array, stream: boolean): string | null {
    try {
      const raw = decoder.decode(piece, { stream });
      const whole = afterCarriageReturn && raw.startsWith("\n") ? raw.slice(1) : raw;
      afterCarriageReturn = raw.endsWith("\r");
      const text = whole.replace(/\r\n?/g, "\n");
      line += lineBreaksIn([text]);
      return text;
    } catch {
      giveUp(line);
      return null;
    }
  }

  for await (const chunk of bytes) {
    let text = "";
    for (const piece of piecesByLine(chunk)) {
      const decoded = decode(piece, true);
      if (decoded === null) return yield text;
      text += decoded;
    }
    yield text;
  }
  // A character cut off by the file's end shows only now.
  decode(new Uint8Array(), false);
}

/** Cuts behind each line feed and carriage return; no byte of a longer UTF-8 sequence is either, so no character is cut. */
function* piecesByLine(chunk: Uint8Array): Iterable<Uint8Array> {
  let from = 0;
  for (let at = 0; at < chunk.length; at += 1) {
    if (chunk[at] !== 0x0a && chunk[at] !== 0x0d) continue;
    yield chunk.subarray(from, at + 1);
    from = at + 1;
  }
  if (from < chunk.length) yield chunk.subarray(from);
}

function lineBreaksIn(cells: readonly string[]): number {
  return cells.reduce((sum, cell) => sum + cell.split("\n").length - 1, 0);
}
