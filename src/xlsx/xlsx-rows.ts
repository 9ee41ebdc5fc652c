/**
 * The rows of a workbook's first sheet, each with its number, as texts: what a person sees in the cells, dates as ISO dates. Formulas
 * count by the value that was saved with them. Sheets behind it that have cells are named. Reads any size at flat memory; bytes that lie about their size are refused. Knows nothing
 * of stores or visits.
 */
import { numberText } from "./cell-text.ts";
import { type NumberFormat, PLAIN_FORMAT, readNumberFormats } from "./number-formats.ts";
import { readWorkbook, type Workbook } from "./read-workbook.ts";
import { openScratchFile, spool } from "./scratch-file.ts";
import { createStringPool, type StringPool } from "./string-pool.ts";
import { walkXml } from "./walk-xml.ts";
import { openWorkbookParts, type WorkbookParts } from "./workbook-parts.ts";
import { XlsxFault } from "./xlsx-fault.ts";

export type XlsxRow = { readonly line: number; readonly cells: readonly string[] };
export type XlsxRows = {
  readonly rows: readonly XlsxRow[];
  readonly fault: { readonly line: number; readonly detail: string } | null;
  /** At the end, where there is more than was read. */
  readonly note: string | null;
};

const MOST_COLUMNS = 1_000;
const MOST_ROWS = 1_048_576;
const MOST_CELL_CHARACTERS = 32_767;
/** Each character may stand escaped, as `_x000D_`. */
const MOST_WRITTEN_CHARACTERS = 7 * MOST_CELL_CHARACTERS;
/** As a row of CSV. Cells may share a text, so a few bytes can ask for any number of characters. */
const MOST_ROW_CHARACTERS = 2 ** 20;

/** Rows piece by piece and never ahead of the reader, without those of empty cells; a fault comes last. Rejects only when `bytes` does. */
export async function* xlsxRows(bytes: AsyncIterable<Uint8Array> | Iterable<Uint8Array>): AsyncIterable<XlsxRows> {
  const archive = await openScratchFile();
  const texts = await openScratchFile();
  let line = 1;
  try {
    const size = await spool(archive, bytes);
    const parts = await openWorkbookParts(archive, size);
    const workbook = await readWorkbook(parts);
    const formats = await readNumberFormats(parts, workbook.styles);
    const pool = createStringPool(texts);
    await readSharedStrings(parts, workbook.sharedStrings, pool);
    for await (const rows of sheetRows(parts, workbook, { formats, pool })) {
      line = rows.at(-1)?.line ?? line;
      if (rows.length > 0) yield { rows, fault: null, note: null };
    }
    yield { rows: [], fault: null, note: await unreadSheets(parts, workbook) };
  } catch (error) {
    if (!(error instanceof XlsxFault)) throw error;
    yield { rows: [], fault: { line, detail: `the workbook cannot be read: ${error.message}` }, note: null };
  } finally {
    await Promise.all([archive.close(), texts.close()]);
  }
}

async function readSharedStrings(parts: WorkbookParts, name: string | null, pool: StringPool): Promise<void> {
  if (name === null || !parts.has(name)) return;
  let text = "";
  let isText = false;
  let isPhonetic = false;
  const visitor = {
    open(element: string) {
      if (element === "si") text = "";
      else if (element === "rPh") isPhonetic = true;
      isText = element === "t" && !isPhonetic;
    },
    text(more: string) {
      if (!isText) return;
      text += more;
      if (text.length > MOST_WRITTEN_CHARACTERS) throw tooLong("a text");
    },
    close(element: string) {
      isText = false;
      if (element === "rPh") isPhonetic = false;
      if (element !== "si") return;
      const whole = unescaped(text);
      if (whole.length > MOST_CELL_CHARACTERS) throw tooLong("a text");
      pool.add(whole);
    },
  };
  for await (const _ of walkXml(parts.open(name), visitor, name)) await pool.flush(false);
  await pool.flush(true);
}

type Cell = { readonly column: number; readonly type: string; readonly style: number };

async function* sheetRows(
  parts: WorkbookParts,
  { sheet, from1904 }: Workbook,
  { formats, pool }: { readonly formats: readonly NumberFormat[]; readonly pool: StringPool },
): AsyncIterable<readonly XlsxRow[]> {
  let rows: XlsxRow[] = [];
  let line = 0;
  let cells: string[] = [];
  let characters = 0;
  let cell: Cell | null = null;
  let column = -1;
  let value = "";
  let isValue = false;
  let isPhonetic = false;

  function textOf({ type, style }: Cell): string {
    if (type === "s") return pool.get(Number(value)) ?? "";
    if (type === "b") return value === "1" ? "TRUE" : "FALSE";
    if (type === "n") return numberText(value, formats[style] ?? PLAIN_FORMAT, from1904);
    return type === "inlineStr" || type === "str" ? unescaped(value) : value;
  }

  function endCell(): void {
    const text = cell && value !== "" ? textOf(cell) : "";
    if (text.length > MOST_CELL_CHARACTERS) throw tooLong(`a cell of row ${line}`);
    characters += text.length;
    if (characters > MOST_ROW_CHARACTERS) {
      throw new XlsxFault(`row ${line} has more than ${MOST_ROW_CHARACTERS} characters`);
    }
    if (cell && text !== "") {
      if (cell.column >= MOST_COLUMNS) throw new XlsxFault(`row ${line} has more than ${MOST_COLUMNS} columns`);
      while (cells.length < cell.column) cells.push("");
      cells[cell.column] = text;
    }
    cell = null;
  }

  function endRow(): void {
    if (cells.some((text) => text.trim() !== "")) rows.push({ line, cells });
    cells = [];
    characters = 0;
  }

  const visitor = {
    open(element: string, attribute: (name: string) => string | undefined) {
      if (element === "row") {
        line = Number(attribute("r") ?? line + 1);
        column = -1;
        if (line > MOST_ROWS) throw new XlsxFault(`it has more than ${MOST_ROWS} rows`);
        if (!Number.isInteger(line) || line < 1) throw new XlsxFault("it has a row whose number is none");
      } else if (element === "c") {
        column = columnOf(attribute("r")) ?? column + 1;
        if (column < 0) throw new XlsxFault(`row ${line} has a cell that names no column`);
        cell = { column, type: attribute("t") ?? "n", style: Number(attribute("s") ?? 0) };
        value = "";
      } else if (element === "rPh") isPhonetic = true;
      isValue = cell !== null && (element === "v" || (element === "t" && !isPhonetic));
    },
    text(more: string) {
      if (!isValue) return;
      value += more;
      if (value.length > MOST_WRITTEN_CHARACTERS) throw tooLong(`a cell of row ${line}`);
    },
    close(element: string) {
      isValue = false;
      if (element === "rPh") isPhonetic = false;
      else if (element === "c") endCell();
      else if (element === "row") endRow();
    },
  };
  for await (const _ of walkXml(parts.open(sheet), visitor, sheet)) {
    yield rows;
    rows = [];
  }
}

const MOST_SHEETS_LOOKED_AT = 50;
/** Of a sheet without any cell in so much of it nobody misses the rest. */
const MOST_SLICES = 256;

/** Whose rows somebody may believe to be in it. */
async function unreadSheets(parts: WorkbookParts, { sheetName, others }: Workbook): Promise<string | null> {
  const names: string[] = [];
  for (const { name, sheet } of others.slice(0, MOST_SHEETS_LOOKED_AT)) {
    if (await hasCells(parts, sheet)) names.push(JSON.stringify(name));
  }
  if (names.length === 0) return null;
  const have = names.length === 1 ? "has" : "have";
  return `only the sheet ${JSON.stringify(sheetName)} was read; ${names.join(", ")} ${have} cells too: save each as a file of its own`;
}

async function hasCells(parts: WorkbookParts, sheet: string): Promise<boolean> {
  let isFound = false;
  let slices = 0;
  const visitor = {
    open(element: string) {
      isFound ||= element === "v" || element === "t";
    },
  };
  try {
    for await (const _ of walkXml(parts.open(sheet), visitor, sheet)) {
      slices += 1;
      if (isFound || slices === MOST_SLICES) break;
    }
  } catch (error) {
    // It is not read, so it need not be in order.
    if (!(error instanceof XlsxFault)) throw error;
  }
  return isFound;
}

function tooLong(what: string): XlsxFault {
  return new XlsxFault(`${what} has more than ${MOST_CELL_CHARACTERS} characters, which no cell holds`);
}

/** `AB12` is column 27; null without a reference. */
function columnOf(reference: string | undefined): number | null {
  if (reference === undefined) return null;
  let column = 0;
  for (const character of reference) {
    if (character < "A" || character > "Z") break;
    column = column * 26 + character.charCodeAt(0) - 64;
  }
  return column - 1;
}

/** Characters that XML has no place for stand as `_x000D_`. */
function unescaped(text: string): string {
  return text.replace(/_x([0-9A-Fa-f]{4})_/g, (_, code: string) => String.fromCharCode(Number.parseInt(code, 16)));
}
