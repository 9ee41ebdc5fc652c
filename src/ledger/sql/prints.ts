/** Prints in both ledgers: their entries as bytes, the look-up in a handful of buckets, rows as the port shows them. */
import {
  askedCode,
  type Entry,
  NEAR_ENOUGH,
  type Probes,
  type Question,
  type questionsByBucket,
} from "../../truth/fingerprint.ts";
import type { Guess } from "../../truth/match.ts";
import { BUCKET_BITS, bitsIn } from "../../truth/window-code.ts";
import { STORED_WINDOWS } from "../../truth/windows.ts";
import type { AlikePhoto } from "../port/inspection-ledger.ts";
import { integer, integerOrNull, type Row, text } from "./row.ts";

/**
 * Little-endian: the print's number (4), the code's signs beyond those of the bucket with the window above them (2), the code's
 * higher half (4).
 */
export const ENTRY_BYTES = 10;
const REST_BITS = 32 - BUCKET_BITS;
const MOST_ALIKE = 8;
const MOST_GUESSES = 3;

/** The prints' entries by bucket, by rising bucket: whoever writes several rows locks them in this order. */
export function bucketsOf(prints: readonly { readonly no: number; readonly entries: readonly Entry[] }[]) {
  const buckets = new Map<number, Entry[]>();
  const numbers = new Map<Entry, number>();
  for (const { no, entries } of prints) {
    for (const entry of entries) {
      numbers.set(entry, no);
      const there = buckets.get(entry.bucket);
      if (there) there.push(entry);
      else buckets.set(entry.bucket, [entry]);
    }
  }
  return [...buckets]
    .sort(([a], [b]) => a - b)
    .map(([bucket, entries]) => ({ bucket, bytes: entryBytes(entries, (entry) => numbers.get(entry) ?? 0) }));
}

function entryBytes(entries: readonly Entry[], numberOf: (entry: Entry) => number): Uint8Array {
  const bytes = new Uint8Array(entries.length * ENTRY_BYTES);
  const view = new DataView(bytes.buffer);
  for (const [i, entry] of entries.entries()) {
    writeEntry(view, i * ENTRY_BYTES, { no: numberOf(entry), window: entry.window, code: entry.code });
  }
  return bytes;
}

export function writeEntry(
  view: DataView,
  at: number,
  { no, window, code }: Omit<Entry, "bucket"> & { readonly no: number },
): void {
  view.setUint32(at, no, true);
  view.setUint16(at + 4, (window << REST_BITS) | (code.low >>> BUCKET_BITS), true);
  view.setUint32(at + 6, code.high, true);
}

/** In place of the number of a print that is not kept. */
export const AFTER_ALL = Number.MAX_SAFE_INTEGER;

const BUCKET_BYTES = 3;

/** Which buckets a print's entries are in, to take them out by when the print goes. */
export function bucketListOf(entries: readonly Entry[]): Uint8Array {
  const buckets = [...new Set(entries.map(({ bucket }) => bucket))];
  const bytes = Buffer.alloc(buckets.length * BUCKET_BYTES);
  for (const [i, bucket] of buckets.entries()) bytes.writeUIntLE(bucket, i * BUCKET_BYTES, BUCKET_BYTES);
  return bytes;
}

/** Prints that were removed: `no` and `buckets` of each row. */
export function removedPrints(rows: readonly Row[]) {
  const numbers = new Set(rows.map((row) => integer(row, "no")));
  const buckets = rows.flatMap(({ buckets: list }) => {
    if (!(list instanceof Uint8Array)) return [];
    const bytes = Buffer.from(list);
    return Array.from({ length: bytes.length / BUCKET_BYTES }, (_, i) =>
      bytes.readUIntLE(i * BUCKET_BYTES, BUCKET_BYTES),
    );
  });
  return { numbers, buckets: [...new Set(buckets)].sort((a, b) => a - b) };
}

/** A bucket's entries but for those of removed prints. */
export function entriesWithout(bytes: Uint8Array, removed: ReadonlySet<number>): Uint8Array {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const kept = new Uint8Array(bytes.length);
  let end = 0;
  for (let at = 0; at + ENTRY_BYTES <= bytes.length; at += ENTRY_BYTES) {
    if (removed.has(view.getUint32(at, true))) continue;
    kept.set(bytes.subarray(at, at + ENTRY_BYTES), end);
    end += ENTRY_BYTES;
  }
  return kept.subarray(0, end);
}

/** Which questions ask for each bucket; its buckets are those to be read. */
export type Asking = ReturnType<typeof questionsByBucket>;

/** The likeliest prints in these buckets with their best guesses, itself left out. */
export function alikeIn(
  buckets: Iterable<readonly [bucket: number, bytes: Uint8Array]>,
  probes: Probes,
  asking: Asking,
  self: number,
): ReadonlyMap<number, readonly Guess[]> {
  const found = new Map<number, Guess[]>();
  for (const [bucket, bytes] of buckets) {
    for (const question of asking.get(bucket) ?? []) lookInto({ bucket, bytes }, question, probes, self, found);
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

/** Most of a bucket is unlike, and told by the higher half of its codes alone: at ten million photos this loop is what a look-up costs. */
function lookInto(
  { bucket, bytes }: { readonly bucket: number; readonly bytes: Uint8Array },
  question: Question,
  probes: Probes,
  self: number,
  found: Map<number, Guess[]>,
): void {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const { low, high } = askedCode(probes, question);
  for (let at = 0; at + ENTRY_BYTES <= bytes.length; at += ENTRY_BYTES) {
    const inHigh = bitsIn(view.getUint32(at + 6, true) ^ high);
    if (inHigh > NEAR_ENOUGH) continue;
    const rest = view.getUint16(at + 4, true);
    const distance = inHigh + bitsIn(((rest << BUCKET_BITS) | bucket) ^ low);
    const no = view.getUint32(at, true);
    const earlier = STORED_WINDOWS[rest >>> REST_BITS];
    if (distance > NEAR_ENOUGH || no === self || !earlier) continue;
    const guess = { earlier, later: question.window, view: question.view, distance };
    const there = found.get(no);
    if (there) there.push(guess);
    else found.set(no, [guess]);
  }
}

/** Columns of both ledgers for `alikePhoto`, of prints joined with their images and visits. */
export const ALIKE_COLUMNS = `
  prints.no, prints.job, prints.image, prints.digest, prints.sha256, prints.sketch, prints.rests_on, prints.taken_clock, prints.taken_offset,
  images.visit, visits.store_id, coalesce(visits.visit_at, visits.visit_time) as visit_time`;

export function alikePhoto(
  row: Row,
  the: { readonly self: number; readonly digest: string | null; readonly guesses: readonly Guess[] },
): AlikePhoto {
  const clockSeconds = integerOrNull(row, "taken_clock");
  return {
    jobId: integer(row, "job"),
    image: integer(row, "image"),
    visit: integer(row, "visit"),
    storeId: text(row, "store_id"),
    visitTime: text(row, "visit_time"),
    taken: clockSeconds === null ? null : { clockSeconds, offsetMinutes: integerOrNull(row, "taken_offset") },
    isEarlier: integer(row, "no") < the.self,
    hasSameBytes: the.digest !== null && digestIn(row) === the.digest,
    sketch: row.sketch instanceof Uint8Array ? new Uint8Array(row.sketch) : null,
    restsOn: row.rests_on === "picture" || row.rests_on === "thumbnail" ? row.rests_on : null,
    guesses: the.guesses,
  };
}

/** As text in photos of a version before. */
function digestIn({ digest, sha256 }: Row): unknown {
  return sha256 instanceof Uint8Array ? Buffer.from(sha256).toString("hex") : digest;
}
