/** Prints in both ledgers: rows as the port shows them, and what is kept of a file's digest. */
import type { Guess } from "../../truth/match.ts";
import type { AlikePhoto, AskedPhoto } from "../port/inspection-ledger.ts";
import { integer, integerOrNull, type Row, text } from "./row.ts";

/** In place of the number of a print that is not kept. */
export const AFTER_ALL = Number.MAX_SAFE_INTEGER;

/** Half of a SHA-256 tells files apart as surely as anything here needs. A version before kept all of it. */
const KEPT_DIGEST_BYTES = 16;

export function keptDigest(digest: string): Buffer {
  return Buffer.from(digest, "hex").subarray(0, KEPT_DIGEST_BYTES);
}

/** As many of each kind as are shown, the likeliest first. */
const MOST_SHOWN = 8;

/** A photo as it is looked for, by the number of its print, or AFTER_ALL. */
export type AskedPrint = Omit<AskedPhoto, "image"> & { readonly self: number };

/** For each photo the answer to its print; nothing is found for one that has none. */
export function answersTo(
  photos: readonly AskedPhoto[],
  kept: readonly Pick<AskedPhoto, "image">[],
  answers: readonly (readonly AlikePhoto[])[],
): readonly (readonly AlikePhoto[])[] {
  const byImage = new Map(kept.map(({ image }, i) => [image, answers[i] ?? []]));
  return photos.map(({ image }) => byImage.get(image) ?? []);
}

/** Which prints to read for a photo: those of the same bytes, then those that look alike. */
export type Wanted = Pick<AskedPrint, "self" | "digest"> & {
  readonly twins: readonly number[];
  readonly alike: ReadonlyMap<number, readonly Guess[]>;
};

export function numbersWanted(wanted: readonly Wanted[]): readonly number[] {
  return [...new Set(wanted.flatMap(({ twins, alike }) => [...twins, ...alike.keys()]))];
}

/** What each of them is shown of these rows; rows of deleted jobs are not among them. */
export function photosOf(wanted: readonly Wanted[], rows: readonly Row[]): readonly (readonly AlikePhoto[])[] {
  const byNumber = new Map(rows.map((row) => [integer(row, "no"), row]));
  return wanted.map(({ self, digest, twins, alike }) => {
    const byLook = [...alike.keys()].filter((no) => byNumber.has(no)).slice(0, MOST_SHOWN);
    return [...new Set([...twins, ...byLook])].flatMap((no) => {
      const row = byNumber.get(no);
      return row ? [alikePhoto(row, { self, digest, guesses: alike.get(no) ?? [] })] : [];
    });
  });
}

/** Columns of both ledgers for `alikePhoto`, of prints joined with their images and visits. */
export const ALIKE_COLUMNS = `
  prints.no, prints.job, prints.image, prints.digest, prints.sha256, prints.sketch, prints.rests_on, prints.taken_clock, prints.taken_offset,
  images.visit, visits.store_id, coalesce(visits.visit_at, visits.visit_time) as visit_time`;

function alikePhoto(
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
    hasSameBytes: the.digest !== null && hasDigest(row, the.digest),
    sketch: row.sketch instanceof Uint8Array ? new Uint8Array(row.sketch) : null,
    restsOn: row.rests_on === "picture" || row.rests_on === "thumbnail" ? row.rests_on : null,
    guesses: the.guesses,
  };
}

/** As text in photos of a version before. */
function hasDigest({ digest, sha256 }: Row, the: string): boolean {
  if (!(sha256 instanceof Uint8Array)) return digest === the;
  return keptDigest(the).equals(sha256.subarray(0, KEPT_DIGEST_BYTES));
}
