/** Prints in both ledgers: rows as the port shows them, and what is kept of a file's digest. */
import type { Guess } from "../../truth/match.ts";
import type { AlikePhoto } from "../port/inspection-ledger.ts";
import { integer, integerOrNull, type Row, text } from "./row.ts";

/** In place of the number of a print that is not kept. */
export const AFTER_ALL = Number.MAX_SAFE_INTEGER;

/** Half of a SHA-256 tells files apart as surely as anything here needs. A version before kept all of it. */
const KEPT_DIGEST_BYTES = 16;

export function keptDigest(digest: string): Buffer {
  return Buffer.from(digest, "hex").subarray(0, KEPT_DIGEST_BYTES);
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
