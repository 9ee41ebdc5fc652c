/**
 * A submission as a table, CSV or a workbook: `store_id,image_url,visit_time` in any order and usual spelling, one image a row or several
 * URLs in its cell, with columns for labels; others are ignored.
 * Rows of the same store, time and visit labels that follow each other make one visit. What our reports put before a formula is taken off again.
 */
import { unguardCell } from "../csv/formula-guard.ts";
import { type ChosenColumns, columnFault, findColumns } from "../table/column-names.ts";
import { widthFault } from "../table/row-width.ts";
import { looksSpoiled, SPOILED } from "../table/spoiled-number.ts";
import { type TableRow, tableRows } from "../table/table-rows.ts";
import { metadataFromText } from "./label-rules.ts";
import { type Bytes, type Piece, UnreadableBody } from "./pieces.ts";
import { shown } from "./problems.ts";
import { isObject } from "./text-rules.ts";
import type { Place } from "./visit-rules.ts";

const COLUMNS = ["store_id", "image_url", "visit_time"] as const;
/** Metadata as a JSON object in one cell, or a column for each key: `metadata.shelf`. */
const LABEL_COLUMNS = ["external_id", "metadata", "visit_external_id", "visit_metadata"] as const;
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

/** Throws UnreadableBody when the header or a quote is not in order. `chosen` names headers that are not spelt as usual. */
export async function* readTable(bytes: Bytes, chosen: ChosenColumns): AsyncIterable<readonly Piece[]> {
  let header: Header | null = null;
  let run: Row[] = [];

  function endRun(): Piece[] {
    const ended = run;
    run = [];
    return ended.length === 0 ? [] : [visitOf(ended)];
  }

  function take({ line, cells }: TableRow, header: Header): Piece[] {
    const tooWide = widthFault(cells, header.width);
    if (tooWide !== null) {
      return [...endRun(), { kind: "problem", pointer: `line ${line}`, code: "malformed", detail: tooWide }];
    }
    const row = rowOf(line, cells, header);
    const pieces = isSameVisit(run[0], row) && run.length < MOST_IMAGES_A_VISIT ? [] : endRun();
    run.push(row);
    return [...pieces, ...spoiledNames(row)];
  }

  for await (const { rows, fault, notes } of tableRows(bytes)) {
    const pieces: Piece[] = notes.map(({ line, code, detail }) => ({
      kind: "note",
      pointer: `line ${line}`,
      code,
      detail,
    }));
    for (const row of rows) {
      if (header) {
        for (const piece of take(row, header)) pieces.push(piece);
        continue;
      }
      const columns = findColumns(row.cells, [...COLUMNS, ...LABEL_COLUMNS], { chosen, withKeys: true });
      pieces.push({ kind: "columns", columns: columns.meanings });
      const wrong = columnFault(columns, COLUMNS);
      if (wrong) {
        yield pieces;
        throw new UnreadableBody(`line ${row.line}`, wrong.code, wrong.detail);
      }
      header = headerOf(columns.at, row.cells.length);
    }
    yield pieces;
    if (fault) {
      yield endRun();
      throw new UnreadableBody(`line ${fault.line}`, "malformed", fault.detail);
    }
  }
  yield endRun();
}

function headerOf(at: ReadonlyMap<string, number>, width: number): Header {
  const keys = [...at].flatMap(([name, place]) => {
    const [, ofVisit, key] = KEY_COLUMN.exec(name) ?? [];
    return key === undefined ? [] : [{ ofVisit: ofVisit !== undefined, key, at: place }];
  });
  return { width, at, keys };
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

/** Names of the client's own, of which nobody here can tell whether there are such. */
function spoiledNames({ line, visitLabels, imageLabels }: Row): readonly Piece[] {
  const names = [
    ["visit_external_id", visitLabels.external_id],
    ["external_id", imageLabels.external_id],
  ] as const;
  return names.flatMap(([column, name]): readonly Piece[] =>
    name !== undefined && looksSpoiled(name)
      ? [{ kind: "note", pointer: `line ${line}, ${column}`, code: "id_spoiled", detail: `${shown(name)} ${SPOILED}` }]
      : [],
  );
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
const BETWEEN_URLS = /(?<=\S)(?:\s*[|,;]\s*|\s+)(?=(?:https?|file):|(?:s3|gs|az):\/\/)/i;

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
