/**
 * A submission as CSV: `store_id,image_url,visit_time` in any order and case, one image a row or several URLs in its cell, with columns
 * for labels; others are ignored.
 * Rows of the same store, time and visit labels that follow each other make one visit. What our reports put before a formula is taken off again.
 */
import { type CsvRow, csvRows } from "../csv/csv-rows.ts";
import { unguardCell } from "../csv/formula-guard.ts";
import { metadataFromText } from "./label-rules.ts";
import { type Bytes, type Piece, UnreadableBody } from "./pieces.ts";
import { isObject } from "./text-rules.ts";
import type { Place } from "./visit-rules.ts";

const COLUMNS = ["store_id", "image_url", "visit_time"] as const;
/** Metadata as a JSON object in one cell, or a column for each key: `metadata.shelf`. */
const LABEL_COLUMNS = ["external_id", "metadata", "visit_external_id", "visit_metadata"] as const;
const KNOWN: readonly string[] = [...COLUMNS, ...LABEL_COLUMNS];
const KEY_COLUMN = /^(visit_)?metadata\.(.+)$/s;

type Header = {
  readonly width: number;
  readonly at: ReadonlyMap<string, number>;
  readonly keys: readonly { readonly ofVisit: boolean; readonly key: string; readonly at: number }[];
};
type Labelled = { readonly external_id?: string | undefined; readonly metadata?: unknown };
type Row = {
  readonly line: number;
  readonly storeId: string | undefined;
  readonly visitTime: string | undefined;
  readonly url: string | undefined;
  readonly visitLabels: Labelled;
  readonly imageLabels: Labelled;
};

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
      const names = ignoredIn(cells);
      return names.length > 0 ? [{ kind: "ignored-columns", names }] : [];
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
      throw new UnreadableBody(`line ${fault.line}`, "malformed", fault.detail);
    }
  }
  yield endRun();
}

/** A key of metadata keeps its case. */
const nameOf = (cell: string) => (KEY_COLUMN.test(cell.trim()) ? cell.trim() : cell.trim().toLowerCase());

const ignoredIn = (cells: readonly string[]) =>
  cells.map((cell) => cell.trim()).filter((cell) => !KNOWN.includes(nameOf(cell)) && !KEY_COLUMN.test(cell));

function headerOf(cells: readonly string[], line: number): Header {
  const names = cells.map(nameOf);
  const missing = COLUMNS.filter((column) => !names.includes(column));
  if (missing.length > 0) {
    throw new UnreadableBody(
      `line ${line}`,
      "missing",
      `must name the columns ${COLUMNS.join(", ")}; missing: ${missing.join(", ")}`,
    );
  }
  const doubled = new Set(
    names.filter((name, at) => names.indexOf(name) !== at && (KNOWN.includes(name) || KEY_COLUMN.test(name))),
  );
  if (doubled.size > 0) {
    throw new UnreadableBody(
      `line ${line}`,
      "repeated",
      `must name each column once; more than once: ${[...doubled].join(", ")}`,
    );
  }
  return {
    width: cells.length,
    at: new Map(names.map((name, at) => [name, at])),
    keys: names.flatMap((name, at) => {
      const [, ofVisit, key] = KEY_COLUMN.exec(name) ?? [];
      return key === undefined ? [] : [{ ofVisit: ofVisit !== undefined, key, at }];
    }),
  };
}

function rowOf(line: number, cells: readonly string[], { at, keys }: Header): Row {
  const cellAt = (place: number) => {
    const text = cells[place];
    return text === undefined ? undefined : unguardCell(text);
  };
  const cell = (column: string) => cellAt(at.get(column) ?? -1);
  const labels = (prefix: "" | "visit_"): Labelled => {
    const ofKeys = keys.filter(({ ofVisit, at: place }) => ofVisit === (prefix !== "") && cellAt(place));
    const text = cell(`${prefix}metadata`);
    const metadata = text ? metadataFromText(text) : undefined;
    return {
      external_id: cell(`${prefix}external_id`) || undefined,
      metadata:
        ofKeys.length === 0
          ? metadata
          : {
              ...(isObject(metadata) ? metadata : {}),
              ...Object.fromEntries(ofKeys.map(({ key, at: place }) => [key, cellAt(place)])),
            },
    };
  };
  return {
    line,
    storeId: cell("store_id"),
    visitTime: cell("visit_time"),
    url: cell("image_url"),
    visitLabels: labels("visit_"),
    imageLabels: labels(""),
  };
}

/** Nobody can tell which of its cells belong where. */
function tooWide(line: number, cells: number, width: number): Piece {
  const detail = `has ${cells} cells, the header ${width}; a cell with a comma in it must be quoted`;
  return { kind: "problem", pointer: `line ${line}`, code: "malformed", detail };
}

function isSameVisit(first: Row | undefined, row: Row): boolean {
  return (
    first?.storeId === row.storeId &&
    first?.visitTime === row.visitTime &&
    JSON.stringify(first?.visitLabels) === JSON.stringify(row.visitLabels)
  );
}

/** Where a field of a visit, or of its images, has its own column. */
function columnOf(field: string, inner: string | undefined): string {
  if (inner !== undefined && inner !== "url") return inner;
  return field === "external_id" || field === "metadata" ? `visit_${field}` : field;
}

/** What people and exports put between the URLs of one cell. In front of a scheme only: each of these may stand within a URL or before the first. */
const BETWEEN_URLS = /(?<=\S)(?:\s*[|,;]\s*|\s+)(?=(?:https?|file):)/i;

function visitOf(rows: readonly Row[]): Piece {
  const first = rows[0];
  const images = rows.flatMap((row) => (row.url?.split(BETWEEN_URLS) ?? [undefined]).map((url) => ({ ...row, url })));
  const place: Place = (field, index, inner) => {
    const line = images[index ?? 0]?.line ?? 0;
    return field === undefined ? `line ${line}` : `line ${line}, ${columnOf(field, inner)}`;
  };
  const value = {
    store_id: first?.storeId,
    visit_time: first?.visitTime,
    ...first?.visitLabels,
    image_url: images.map(({ url, imageLabels }) =>
      imageLabels.external_id === undefined && imageLabels.metadata === undefined ? url : { url, ...imageLabels },
    ),
  };
  return { kind: "visit", value, place, repeated: null };
}
