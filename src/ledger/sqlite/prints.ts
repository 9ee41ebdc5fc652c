/** Inspected photos in the embedded ledger. */
import type { DatabaseSync } from "node:sqlite";
import { type Entry, questionsByBucket } from "../../truth/fingerprint.ts";
import { SKETCH_VERSION } from "../../truth/sketch.ts";
import type { AlikePhoto, InspectionLedger } from "../port/inspection-ledger.ts";
import { createAddReuses } from "../sql/add-reuses.ts";
import {
  alikeIn,
  bucketsAsked,
  type Look,
  oldIndexRow,
  type Part,
  partIn,
  placesAsked,
  placesOf,
  type RowsByBucket,
  readsPlaces,
  rowsByBucket,
  spanOf,
} from "../sql/print-index.ts";
import {
  AFTER_ALL,
  ALIKE_COLUMNS,
  type AskedPrint,
  answersTo,
  keptDigest,
  numbersWanted,
  photosOf,
} from "../sql/prints.ts";
import { integer, type Row, text } from "../sql/row.ts";
import { runSteps } from "../sql/steps.ts";
import { inTransaction } from "./database.ts";
import { createRunStatement, SQLITE } from "./dialect.ts";

const KEEP_PRINT = `
  insert into prints (tenant, job, image, version, sha256, sketch, rests_on, taken_clock, taken_offset)
  select tenant, id, ?2, ?3, ?4, ?5, ?6, ?7, ?8 from jobs where id = ?1
  on conflict do nothing
  returning no, tenant`;

const ADD_PART = `
  insert into print_parts (tenant, span) values (?, ?) on conflict do nothing`;

const READ_PARTS = `
  select no, span from print_parts where tenant = ?`;

// `||` makes a text of its bytes, whatever they are; the cast gives them back unchanged.
const ADD_ENTRIES = `
  insert into print_entries (place, entries) values (?, ?)
  on conflict (place) do update set entries = cast(entries || excluded.entries as blob)`;

const OWN_PRINT = `
  select no, tenant from prints where job = ? and image = ?`;

// A plain join on json_each walked through all rows: the cross join keeps the order.
const READ_ENTRIES = `
  select place, entries from json_each(?) asked
  cross join print_entries on print_entries.place = asked.value`;

const HAS_OLD = `
  select 1 as has from print_buckets limit 1`;

const READ_OLD = `
  select bucket as place, entries from json_each(?2) asked
  cross join print_buckets on print_buckets.tenant = ?1 and print_buckets.bucket = asked.value`;

const READ_PRINTS = `
  select ${ALIKE_COLUMNS}
  from json_each(?3) asked
  cross join prints on prints.no = asked.value and prints.tenant = ?1 and prints.version = ?2
  join jobs on jobs.id = prints.job and jobs.pruned_at is null
  join images on images.job = prints.job and images.no = prints.image
  join visits on visits.job = prints.job and visits.no = images.visit`;

// Jobs that were deleted are left out before it is counted.
const SAME_BYTES = `
  select twins.no from (
    select no, job from prints
    where tenant = ?1 and substr(sha256, 1, 8) = substr(?2, 1, 8) and substr(sha256, 1, 16) = ?2 and sha256 is not null and no <> ?4
    union all
    select no, job from prints where tenant = ?1 and digest = ?3 and no <> ?4
  ) twins
  join jobs on jobs.id = twins.job and jobs.pruned_at is null
  order by twins.no limit 8`;

export function createPrints(db: DatabaseSync): InspectionLedger {
  const keepPrint = db.prepare(KEEP_PRINT);
  const addEntries = db.prepare(ADD_ENTRIES);
  const ownPrint = db.prepare(OWN_PRINT);
  const addPart = db.prepare(ADD_PART);
  const readParts = db.prepare(READ_PARTS);
  const readEntries = db.prepare(READ_ENTRIES);
  const hasOld = db.prepare(HAS_OLD);
  const readOld = db.prepare(READ_OLD);
  const readPrints = db.prepare(READ_PRINTS);
  const sameBytes = db.prepare(SAME_BYTES);
  const addReuses = createAddReuses(SQLITE);
  const run = createRunStatement(db);

  const partsOf = (tenant: string): readonly Part[] => readParts.all(tenant).map(partIn);

  function rowsAsked(tenant: string, looks: readonly Look[]): RowsByBucket {
    const buckets = bucketsAsked(looks);
    if (buckets.length === 0) return rowsByBucket([]);
    const parts = partsOf(tenant);
    const indexRow = readsPlaces(parts);
    const rows = readEntries
      .all(JSON.stringify(placesAsked(buckets, parts)))
      .map((row) => indexRow(integer(row, "place"), bytesOf(row, "entries")));
    if (!hasOld.get()) return rowsByBucket(rows);
    const old = readOld
      .all(tenant, JSON.stringify(buckets))
      .map((row) => oldIndexRow(integer(row, "place"), bytesOf(row, "entries")));
    return rowsByBucket([...rows, ...old]);
  }

  function addEntriesOf(tenant: string, kept: readonly { readonly no: number; readonly entries: readonly Entry[] }[]) {
    for (const span of new Set(kept.map(({ no }) => spanOf(no)))) addPart.run(tenant, span);
    for (const { place, bytes } of placesOf(kept, partsOf(tenant))) addEntries.run(place, bytes);
  }

  function alikeTo(tenant: string, photos: readonly AskedPrint[]): readonly (readonly AlikePhoto[])[] {
    const asked = photos.map((photo) => ({ ...photo, asking: questionsByBucket(photo.probes) }));
    const rows = rowsAsked(tenant, asked);
    const wanted = asked.map((photo) => ({
      ...photo,
      twins: twinsOf(tenant, photo),
      alike: alikeIn(rows, photo),
    }));
    return photosOf(wanted, readPrints.all(tenant, SKETCH_VERSION, JSON.stringify(numbersWanted(wanted))));
  }

  function twinsOf(tenant: string, { self, digest }: AskedPrint): readonly number[] {
    if (digest === null) return [];
    return sameBytes.all(tenant, keptDigest(digest), digest, self).map((row) => integer(row, "no"));
  }

  return {
    async keepPrints(jobId, prints) {
      inTransaction(db, () => {
        let tenant = "";
        const kept = prints.flatMap(({ image, digest, sketch, restsOn, taken, entries }) => {
          const clock = [taken?.clockSeconds ?? null, taken?.offsetMinutes ?? null] as const;
          const row = keepPrint.get(
            jobId,
            image,
            SKETCH_VERSION,
            digest && keptDigest(digest),
            sketch,
            restsOn,
            ...clock,
          );
          if (!row) return [];
          tenant = text(row, "tenant");
          return [{ no: integer(row, "no"), entries }];
        });
        addEntriesOf(tenant, kept);
      });
    },

    async findAlike(jobId, photos) {
      const kept = photos.flatMap((photo) => {
        const own = ownPrint.get(jobId, photo.image);
        return own ? [{ ...photo, self: integer(own, "no"), tenant: text(own, "tenant") }] : [];
      });
      const [first] = kept;
      return answersTo(photos, kept, first ? alikeTo(first.tenant, kept) : []);
    },

    async findAlikeTo(tenant, digest, probes) {
      return alikeTo(tenant, [{ self: AFTER_ALL, digest, probes }]).flat();
    },

    async addReuses(reuses) {
      inTransaction(db, () => runSteps(addReuses(reuses), run));
    },
  };
}

function bytesOf(row: Row, column: string): Uint8Array {
  const value = row[column];
  if (!(value instanceof Uint8Array)) throw new Error(`column ${column} must be bytes, got ${typeof value}`);
  return value;
}
