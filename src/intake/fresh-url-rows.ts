/**
 * Rows of a list of fresh URLs, as a table (CSV or a workbook) or NDJSON: which image is meant and where it is now. Our own report of failed images, filled in, is such
 * a list: its rows without a fresh URL are left out. Knows nothing of the images.
 */
import { unguardCell } from "../csv/formula-guard.ts";
import { FRESH_URL_FIELD } from "../domain/image-url.ts";
import { widthFault } from "../table/row-width.ts";
import { type TableRow, tableRows } from "../table/table-rows.ts";
import { type Bytes, UnreadableBody } from "./pieces.ts";
import { shown } from "./problems.ts";
import { type NdjsonLine, ndjsonLines } from "./read-ndjson.ts";
import { isObject } from "./text-rules.ts";

/** What a row says, as it came. */
export type FreshUrlRow = { readonly line: number } & (
  | {
      readonly kind: "row";
      readonly image: unknown;
      readonly externalId: unknown;
      readonly jobId: unknown;
      readonly url: unknown;
    }
  | { readonly kind: "problem"; readonly code: "malformed" | "repeated" | "missing"; readonly detail: string }
);

/** Which form of a table it is, the bytes say. */
export type FreshUrlFormat = "table" | "ndjson";

/** The fresh one is under the first of these names that the list has: our report has the old one as `image_url`. */
const URL_NAMES = [FRESH_URL_FIELD, "url", "image_url"] as const;
const IMAGE_NAMES = ["image", "external_id"] as const;

/** Throws UnreadableBody where the list cannot be read any further. */
export function freshUrlRows(format: FreshUrlFormat, bytes: Bytes): AsyncIterable<readonly FreshUrlRow[]> {
  return format === "table" ? rowsOfTable(bytes) : rowsOfNdjson(bytes);
}

async function* rowsOfNdjson(bytes: Bytes): AsyncIterable<readonly FreshUrlRow[]> {
  for await (const lines of ndjsonLines(bytes)) yield lines.map(rowOfLine);
}

function rowOfLine(read: NdjsonLine): FreshUrlRow {
  const { line } = read;
  if (read.kind === "problem") return { line, kind: "problem", code: "malformed", detail: read.detail };
  const { value, repeated } = read;
  if (!isObject(value)) {
    const detail = `must be an object with image or external_id, and ${FRESH_URL_FIELD}, got ${shown(value)}`;
    return { line, kind: "problem", code: "malformed", detail };
  }
  if (repeated !== null) {
    return { line, kind: "problem", code: "repeated", detail: `gives ${shown(repeated.join("/"))} twice` };
  }
  const name = URL_NAMES.find((known) => value[known] !== undefined);
  if (name === undefined) {
    return { line, kind: "problem", code: "missing", detail: `must have the fresh URL as ${FRESH_URL_FIELD}` };
  }
  const { image, external_id: externalId, job_id: jobId } = value;
  return { line, kind: "row", image, externalId, jobId, url: value[name] };
}

type Columns = { readonly width: number; readonly of: (cells: readonly string[], name: string) => string | undefined };

async function* rowsOfTable(bytes: Bytes): AsyncIterable<readonly FreshUrlRow[]> {
  let columns: Columns | null = null;
  let urlName = "";

  function take({ line, cells }: TableRow): FreshUrlRow[] {
    if (!columns) {
      const names = cells.map((cell) => cell.trim().toLowerCase());
      urlName = urlColumn(names, line);
      columns = { width: cells.length, of: (row, name) => cellAt(row, names.indexOf(name)) };
      return [];
    }
    const { width, of } = columns;
    const tooWide = widthFault(cells, width);
    if (tooWide !== null) return [{ line, kind: "problem", code: "malformed", detail: tooWide }];
    const [image, externalId, jobId] = [...IMAGE_NAMES, "job_id"].map((name) => of(cells, name));
    return [{ line, kind: "row", image, externalId, jobId, url: of(cells, urlName) }];
  }

  for await (const { rows, fault } of tableRows(bytes)) {
    yield rows.flatMap(take);
    if (fault) throw new UnreadableBody(`line ${fault.line}`, "malformed", fault.detail);
  }
}

/** An empty cell says nothing. */
function cellAt(cells: readonly string[], place: number): string | undefined {
  const text = unguardCell(cells[place] ?? "");
  return text.trim() === "" ? undefined : text;
}

/** The column of the fresh URLs, of a header that has all that is needed. */
function urlColumn(names: readonly string[], line: number): string {
  const known: readonly string[] = [...URL_NAMES, ...IMAGE_NAMES];
  const doubled = new Set(names.filter((name, at) => names.indexOf(name) !== at && known.includes(name)));
  if (doubled.size > 0) {
    const detail = `must name each column once; more than once: ${[...doubled].join(", ")}`;
    throw new UnreadableBody(`line ${line}`, "repeated", detail);
  }
  const url = URL_NAMES.find((name) => names.includes(name));
  if (url !== undefined && IMAGE_NAMES.some((name) => names.includes(name))) return url;
  const detail = `must name the column ${FRESH_URL_FIELD}, and image or external_id; got ${names.map(shown).join(", ")}`;
  throw new UnreadableBody(`line ${line}`, "missing", detail);
}
