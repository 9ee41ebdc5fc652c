/**
 * Reads a store master from a table, CSV or a workbook, as the field writes it: columns in any order and case, further columns between them.
 * Reports every fault by its line, never drops a row in silence. Decides nothing about the ledger.
 */

import type { FaultCode } from "../domain/fault-codes.ts";
import type { GivenStore, StoreDetails } from "../domain/store.ts";
import { readVisitTime } from "../domain/visit-time.ts";
import { type ChosenColumns, columnFault, type FoundColumns, findColumns, NO_CHOICE } from "../table/column-names.ts";
import { widthFault } from "../table/row-width.ts";
import { isSpoiled, SPOILED } from "../table/spoiled-number.ts";
import { type TableFault, type TableRow, tableRows } from "../table/table-rows.ts";
import { placeFrom } from "../truth/place.ts";

export type StoreWarning = { readonly line: number; readonly detail: string };
export type StoreProblem = StoreWarning & { readonly code: FaultCode };

export type StoreTable = {
  /** With what optional columns say of them. */
  readonly stores: readonly GivenStore[];
  /** What cannot be trusted: with one of these nothing may be imported. */
  readonly problems: readonly StoreProblem[];
  /** What a person should look at. */
  readonly warnings: readonly StoreWarning[];
  /** What its headers mean, in their order. */
  readonly columns: FoundColumns["meanings"];
};

const COLUMNS = ["store_id", "store_name", "area_code"] as const;
const PLACE_COLUMNS = ["latitude", "longitude"] as const;
const TEXT_COLUMNS = ["route", "type"] as const;
const DATE_COLUMNS = ["opened", "closed"] as const;
const WANTED = COLUMNS.join(", ");
type Column = (typeof COLUMNS)[number];
type Header = {
  readonly kind: "header";
  readonly columns: FoundColumns["meanings"];
  readonly width: number;
  readonly at: ReadonlyMap<string, number>;
  readonly placeAt: { readonly latitude: number; readonly longitude: number } | null;
};
type Refusal = { readonly kind: "refused"; readonly code: FaultCode; readonly detail: string };
type RefusedHeader = Refusal & Pick<Header, "columns">;

const MOST_ID_CHARACTERS = 128;

// UTF-8 read as Latin-1 or Windows-1252: é became Ã©, ễ became á»…. Two- and three-byte sequences; the second set of characters is what
// Windows-1252 has at 0x80–0x9F.
const CONTINUATION = "[\u0080-\u00BF€‚ƒ„…†‡ˆ‰Š‹ŒŽ‘’“”•–—˜™š›œžŸ]";
const MISDECODED = new RegExp(`\uFFFD|[\u00C2-\u00C5]${CONTINUATION}|[\u00E0-\u00EF]${CONTINUATION}{2}`);

/** Rejects only when `bytes` does. `chosen` names headers that are not spelt as usual. */
export async function readStoreTable(
  bytes: AsyncIterable<Uint8Array> | Iterable<Uint8Array>,
  chosen: ChosenColumns = NO_CHOICE,
): Promise<StoreTable> {
  const problems: StoreProblem[] = [];
  const warnings: StoreWarning[] = [];
  const seen = new Map<string, { readonly line: number; readonly store: GivenStore }>();
  let header: Header | RefusedHeader | null = null;

  function takeStore(line: number, store: GivenStore): void {
    const first = seen.get(store.id);
    if (first) {
      const detail = `store ${store.id} stands in line ${first.line} already, with`;
      const others = fieldsThatDiffer(first.store, store);
      if (others.length === 0) warnings.push({ line, detail: `${detail} the same of everything` });
      else problems.push({ line, code: "repeated", detail: `${detail} another ${others.join(", another ")}` });
      return;
    }
    seen.set(store.id, { line, store });
    if (isSpoiled(store.id)) warnings.push({ line, detail: `the id "${store.id}" ${SPOILED}` });
    if (MISDECODED.test(store.name)) {
      const detail = `the name "${store.name}" looks like UTF-8 that was read as something else`;
      warnings.push({ line, detail });
    }
  }

  function placeOf(line: number, id: string, cells: readonly string[], { placeAt }: Header): Partial<StoreDetails> {
    const [latitude = "", longitude = ""] = placeAt ? [cells[placeAt.latitude], cells[placeAt.longitude]] : [];
    if (`${latitude}${longitude}`.trim() === "") return {};
    const place = placeFrom(degreesFrom(latitude), degreesFrom(longitude));
    if (!place)
      warnings.push({ line, detail: `store ${id} has no place: "${latitude}", "${longitude}" are no degrees` });
    return place ?? {};
  }

  /** What the file has a column for; an empty cell says that there is none. */
  function detailsOf(line: number, id: string, cells: readonly string[], { at }: Header): Partial<StoreDetails> {
    const details: { -readonly [Name in keyof StoreDetails]?: StoreDetails[Name] } = {};
    for (const column of TEXT_COLUMNS) {
      const place = at.get(column);
      if (place !== undefined) details[column] = cells[place]?.trim() || null;
    }
    for (const column of DATE_COLUMNS) {
      const place = at.get(column);
      if (place === undefined) continue;
      const text = cells[place]?.trim() ?? "";
      const date = readVisitTime(text)?.date ?? null;
      if (text === "" || date !== null) details[column] = date;
      else warnings.push({ line, detail: `store ${id} has "${text}" for ${column}, which is no date like 2026-11-20` });
    }
    return details;
  }

  function takeRow({ line, cells }: TableRow): void {
    if (header?.kind === "refused") return;
    if (header === null) {
      header = headerFrom(cells, chosen);
      if (header.kind === "refused") problems.push({ line, code: header.code, detail: header.detail });
      return;
    }
    const read = storeFrom(cells, header);
    if (read.kind === "refused") {
      problems.push({ line, code: read.code, detail: read.detail });
      return;
    }
    const { id } = read.store;
    takeStore(line, { ...read.store, ...placeOf(line, id, cells, header), ...detailsOf(line, id, cells, header) });
  }

  let fault: TableFault | null = null;
  for await (const { rows, fault: found, notes } of tableRows(bytes)) {
    warnings.push(...notes.map(({ line, detail }) => ({ line, detail })));
    for (const row of rows) takeRow(row);
    fault = found;
  }
  if (fault) problems.push({ ...fault, code: "malformed" });
  else if (header === null)
    problems.push({ line: 1, code: "missing", detail: `the file is empty; it must begin with the columns ${WANTED}` });
  else if (seen.size === 0 && problems.length === 0)
    problems.push({ line: 1, code: "missing", detail: "the file has no stores" });
  return { stores: [...seen.values()].map(({ store }) => store), problems, warnings, columns: columnsOf(header) };
}

const FIELDS = ["name", "area", "route", "type", "opened", "closed", "latitude", "longitude"] as const;
const fieldsThatDiffer = (one: GivenStore, other: GivenStore) => FIELDS.filter((field) => one[field] !== other[field]);

const columnsOf = (header: Pick<Header, "columns"> | null) => header?.columns ?? [];

function headerFrom(cells: readonly string[], chosen: ChosenColumns): Header | RefusedHeader {
  const columns = findColumns(cells, [...COLUMNS, ...PLACE_COLUMNS, ...TEXT_COLUMNS, ...DATE_COLUMNS], { chosen });
  const wrong = columnFault(columns, COLUMNS);
  if (wrong) return { ...refused(wrong.code, `the header ${wrong.detail}`), columns: columns.meanings };
  const [latitude, longitude] = PLACE_COLUMNS.map((column) => columns.at.get(column));
  const placeAt = latitude === undefined || longitude === undefined ? null : { latitude, longitude };
  return { kind: "header", columns: columns.meanings, width: cells.length, at: columns.at, placeAt };
}

function storeFrom(cells: readonly string[], { at, width }: Header): { kind: "store"; store: GivenStore } | Refusal {
  const cell = (column: Column) => cells[at.get(column) ?? -1];
  const missing = COLUMNS.filter((column) => cell(column) === undefined);
  if (missing.length > 0) return refused("missing", `the row is too short: it has no ${missing.join(" and no ")}`);
  const tooWide = widthFault(cells, width);
  // Of these no cell is a URL that might have gone on.
  if (tooWide !== null && cells.slice(width).some((extra) => extra.trim() !== ""))
    return refused("malformed", `the row ${tooWide}`);
  const [id = "", name = "", area = ""] = COLUMNS.map((column) => cell(column)?.trim());
  if (id === "") return refused("missing", "the store's id is empty");
  if (id.length > MOST_ID_CHARACTERS) {
    return refused("too_long", `the store's id must have at most ${MOST_ID_CHARACTERS} characters, got ${id.length}`);
  }
  if (MISDECODED.test(id))
    return refused("malformed", `the store's id "${id}" looks like UTF-8 that was read as something else`);
  // PostgreSQL stores no NUL in a text, so SQLite shall not either.
  if (`${id}${name}${area}`.includes("\0"))
    return refused("malformed", "the row holds a NUL character; the file may be damaged");
  return { kind: "store", store: { id, name, area } };
}

/** Degrees with a point or a comma; NaN for anything else, an empty cell too. */
function degreesFrom(cell: string): number {
  const text = cell.trim().replace(",", ".");
  return /^[+-]?\d+(\.\d+)?$/.test(text) ? Number(text) : Number.NaN;
}

function refused(code: FaultCode, detail: string): Refusal {
  return { kind: "refused", code, detail };
}
