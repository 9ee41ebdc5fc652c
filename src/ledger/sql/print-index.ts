/**
 * The index of prints in both ledgers: windows by bucket, nine bytes each, one after the other in order of arrival. Knows bytes and numbers; runs
 * no statement. At ten million photos these bytes and the loop over them are what a look-up costs.
 */
import {
  askedCode,
  type Entry,
  entriesOf,
  NEAR_ENOUGH,
  type Probes,
  type Question,
  type questionsByBucket,
} from "../../truth/fingerprint.ts";
import type { Guess } from "../../truth/match.ts";
import { BUCKET_BITS, bitsIn } from "../../truth/window-code.ts";
import { STORED_WINDOWS } from "../../truth/windows.ts";
import { integer, type Row } from "./row.ts";

/**
 * Little-endian: the print's number within its span (3), the code's signs beyond those of the bucket with the window above them (2), the code's
 * higher half (4).
 */
export const ENTRY_BYTES = 9;
/** Of a version before, in `print_buckets`: the whole number (4), and the rest as above. */
const OLD_ENTRY_BYTES = 10;
const CODE_BYTES = 6;
const SPAN = 2 ** 24;
export const BUCKETS = 2 ** BUCKET_BITS;
const REST_BITS = 32 - BUCKET_BITS;
/** More than are shown: photos of jobs that were deleted may be among them. */
const MOST_ALIKE = 24;
const MOST_GUESSES = 3;

/** A part of the index: one tenant's prints of one span of numbers. */
export type Part = { readonly no: number; readonly span: number };

export const partIn = (row: Row): Part => ({ no: integer(row, "no"), span: integer(row, "span") });

export const spanOf = (print: number): number => Math.floor(print / SPAN);

const placeOf = (part: Part, bucket: number) => part.no * BUCKETS + bucket;

/** The prints' entries by place, by rising place: whoever writes several rows locks them in this order. `parts`: one for each of the prints' spans. */
export function placesOf(
  prints: readonly { readonly no: number; readonly entries: readonly Entry[] }[],
  parts: readonly Part[],
): readonly { readonly place: number; readonly bytes: Uint8Array }[] {
  const partOf = new Map(parts.map((part) => [part.span, part]));
  const places = new Map<number, number[]>();
  for (const { no, entries } of prints) {
    const part = partOf.get(spanOf(no));
    if (!part) throw new Error(`print ${no} has no part of the index`);
    for (const { bucket, window, code } of entries) {
      const place = placeOf(part, bucket);
      const there = places.get(place) ?? [];
      places.set(place, there);
      there.push(...entryBytes(no, window, code));
    }
  }
  return Array.from(places, ([place, bytes]) => ({ place, bytes: Uint8Array.from(bytes) })).sort(
    (a, b) => a.place - b.place,
  );
}

export function entryBytes(no: number, window: number, code: Entry["code"]): Uint8Array {
  const bytes = Buffer.alloc(ENTRY_BYTES);
  bytes.writeUIntLE(no % SPAN, 0, ENTRY_BYTES - CODE_BYTES);
  bytes.writeUInt16LE((window << REST_BITS) | (code.low >>> BUCKET_BITS), ENTRY_BYTES - CODE_BYTES);
  bytes.writeUInt32LE(code.high, ENTRY_BYTES - 4);
  return bytes;
}

/** Removed prints, and the places of their entries, by rising place. */
export type RemovedPrints = {
  readonly numbers: ReadonlySet<number>;
  readonly places: readonly number[];
  /** Of prints of a version before. */
  readonly oldBuckets: readonly number[];
};

const OLD_BUCKET_BYTES = 3;

/** `no`, `sketch` and `buckets` of each row. */
export function removedPrints(rows: readonly Row[], parts: readonly Part[]): RemovedPrints {
  const numbers = new Set(rows.map((row) => integer(row, "no")));
  const places = new Set<number>();
  const oldBuckets = new Set<number>();
  for (const { no, sketch, buckets } of rows) {
    if (buckets instanceof Uint8Array) {
      const bytes = Buffer.from(buckets);
      for (let at = 0; at < bytes.length; at += OLD_BUCKET_BYTES)
        oldBuckets.add(bytes.readUIntLE(at, OLD_BUCKET_BYTES));
    } else if (sketch instanceof Uint8Array) {
      const part = parts.find(({ span }) => span === spanOf(Number(no)));
      for (const { bucket } of part ? entriesOf(sketch) : []) if (part) places.add(placeOf(part, bucket));
    }
  }
  const rising = (set: ReadonlySet<number>) => [...set].sort((a, b) => a - b);
  return { numbers, places: rising(places), oldBuckets: rising(oldBuckets) };
}

/** Entries of one place, or of one bucket of a version before. */
export type IndexRow = {
  readonly bytes: Uint8Array;
  readonly bucket: number;
  readonly entryBytes: number;
  /** What is added to a number for it to be a print's. */
  readonly from: number;
};

/** A row of `print_entries`, of a part of this span. */
export function indexRowOf(place: number, span: number, bytes: Uint8Array): IndexRow {
  return { bytes, bucket: place % BUCKETS, entryBytes: ENTRY_BYTES, from: span * SPAN };
}

/** Rows of `print_entries` in any of these parts. */
export function readsPlaces(parts: readonly Part[]): (place: number, bytes: Uint8Array) => IndexRow {
  const spans = new Map(parts.map(({ no, span }) => [no, span]));
  return (place, bytes) => indexRowOf(place, spans.get(Math.floor(place / BUCKETS)) ?? 0, bytes);
}

/** A row of `print_buckets`. */
export function oldIndexRow(bucket: number, bytes: Uint8Array): IndexRow {
  return { bytes, bucket, entryBytes: OLD_ENTRY_BYTES, from: 0 };
}

/** A row's entries but for those of removed prints. */
export function entriesWithout({ bytes, entryBytes, from }: IndexRow, removed: ReadonlySet<number>): Uint8Array {
  const kept = Buffer.alloc(bytes.length);
  let end = 0;
  for (let at = 0; at + entryBytes <= bytes.length; at += entryBytes) {
    if (removed.has(from + numberAt(bytes, at, entryBytes))) continue;
    kept.set(bytes.subarray(at, at + entryBytes), end);
    end += entryBytes;
  }
  return kept.subarray(0, end);
}

function numberAt(bytes: Uint8Array, at: number, entryBytes: number): number {
  return Buffer.from(bytes.buffer, bytes.byteOffset + at, entryBytes).readUIntLE(0, entryBytes - CODE_BYTES);
}

/** Which questions ask for each bucket; its buckets are those to be read. */
export type Asking = ReturnType<typeof questionsByBucket>;

/** What is looked for by one photo's look. */
export type Look = { readonly probes: Probes; readonly asking: Asking; readonly self: number };

export function bucketsAsked(looks: readonly Look[]): readonly number[] {
  return [...new Set(looks.flatMap(({ asking }) => [...asking.keys()]))].sort((a, b) => a - b);
}

/** The buckets' places in all of a tenant's parts. */
export function placesAsked(buckets: readonly number[], parts: readonly Part[]): readonly number[] {
  return parts.flatMap((part) => buckets.map((bucket) => placeOf(part, bucket)));
}

/** By their buckets, for several looks to be looked for in them. */
export type RowsByBucket = ReadonlyMap<number, readonly IndexRow[]>;

export const rowsByBucket = (rows: Iterable<IndexRow>): RowsByBucket => Map.groupBy(rows, ({ bucket }) => bucket);

/** The likeliest prints in these rows with their best guesses, itself left out. */
export function alikeIn(rows: RowsByBucket, { probes, asking, self }: Look): ReadonlyMap<number, readonly Guess[]> {
  const found = new Map<number, Guess[]>();
  for (const [bucket, questions] of asking) {
    for (const row of rows.get(bucket) ?? []) {
      const view = new DataView(row.bytes.buffer, row.bytes.byteOffset, row.bytes.byteLength);
      for (const question of questions) lookInto(row, view, question, probes, self, found);
    }
  }
  const ranked = Array.from(found, ([no, guesses]) => ({
    no,
    guesses: guesses.sort((a, b) => a.distance - b.distance).slice(0, MOST_GUESSES),
  }));
  const nearest = ({ guesses }: { readonly guesses: readonly Guess[] }) => guesses[0]?.distance ?? NEAR_ENOUGH;
  return new Map(
    ranked
      .sort((a, b) => nearest(a) - nearest(b) || a.no - b.no)
      .slice(0, MOST_ALIKE)
      .map(({ no, guesses }) => [no, guesses]),
  );
}

/** Most of a row is unlike, and told by the higher half of its codes alone. */
function lookInto(
  { bytes, bucket, entryBytes, from }: IndexRow,
  view: DataView,
  question: Question,
  probes: Probes,
  self: number,
  found: Map<number, Guess[]>,
): void {
  const { low, high } = askedCode(probes, question);
  for (let end = entryBytes; end <= bytes.length; end += entryBytes) {
    const inHigh = bitsIn(view.getUint32(end - 4, true) ^ high);
    if (inHigh > NEAR_ENOUGH) continue;
    const rest = view.getUint16(end - CODE_BYTES, true);
    const distance = inHigh + bitsIn(((rest << BUCKET_BITS) | bucket) ^ low);
    const no = from + numberAt(bytes, end - entryBytes, entryBytes);
    const earlier = STORED_WINDOWS[rest >>> REST_BITS];
    if (distance > NEAR_ENOUGH || no === self || !earlier) continue;
    const guess = { earlier, later: question.window, view: question.view, distance };
    const there = found.get(no);
    if (there) there.push(guess);
    else found.set(no, [guess]);
  }
}
