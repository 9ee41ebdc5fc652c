/** Inspected photos in the embedded ledger. */
import type { DatabaseSync } from "node:sqlite";
import { type Probes, questionsByBucket } from "../../truth/fingerprint.ts";
import { SKETCH_VERSION } from "../../truth/sketch.ts";
import type { AlikePhoto, InspectionLedger } from "../port/inspection-ledger.ts";
import { createAddReuses } from "../sql/add-reuses.ts";
import { AFTER_ALL, ALIKE_COLUMNS, alikeIn, alikePhoto, bucketListOf, bucketsOf } from "../sql/prints.ts";
import { integer, type Row, text } from "../sql/row.ts";
import { runSteps } from "../sql/steps.ts";
import { inTransaction } from "./database.ts";
import { createRunStatement, SQLITE } from "./dialect.ts";

const KEEP_PRINT = `
  insert into prints (tenant, job, image, version, sha256, sketch, rests_on, taken_clock, taken_offset, buckets)
  select tenant, id, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9 from jobs where id = ?1
  on conflict do nothing
  returning no, tenant`;

// `||` makes a text of its bytes, whatever they are; the cast gives them back unchanged.
const ADD_ENTRIES = `
  insert into print_buckets (tenant, bucket, entries) values (?, ?, ?)
  on conflict (tenant, bucket) do update set entries = cast(entries || excluded.entries as blob)`;

const OWN_PRINT = `
  select no, tenant from prints where job = ? and image = ?`;

// A plain join on json_each walked through all buckets: the cross join keeps the order.
const READ_BUCKETS = `
  select bucket, entries from json_each(?2) asked
  cross join print_buckets on print_buckets.tenant = ?1 and print_buckets.bucket = asked.value`;

const READ_PRINTS = `
  select ${ALIKE_COLUMNS}
  from json_each(?3) asked
  cross join prints on prints.no = asked.value and prints.tenant = ?1 and prints.version = ?2
  join jobs on jobs.id = prints.job and jobs.pruned_at is null
  join images on images.job = prints.job and images.no = prints.image
  join visits on visits.job = prints.job and visits.no = images.visit
  order by asked.key`;

const SAME_BYTES = `
  select no from prints where tenant = ?1 and substr(sha256, 1, 8) = substr(?2, 1, 8) and sha256 = ?2 and no <> ?4
  union all
  select no from prints where tenant = ?1 and digest = ?3 and no <> ?4
  order by no limit 8`;

export function createPrints(db: DatabaseSync): InspectionLedger {
  const keepPrint = db.prepare(KEEP_PRINT);
  const addEntries = db.prepare(ADD_ENTRIES);
  const ownPrint = db.prepare(OWN_PRINT);
  const readBuckets = db.prepare(READ_BUCKETS);
  const readPrints = db.prepare(READ_PRINTS);
  const sameBytes = db.prepare(SAME_BYTES);
  const addReuses = createAddReuses(SQLITE);
  const run = createRunStatement(db);

  function alikeTo(tenant: string, self: number, digest: string | null, probes: Probes): AlikePhoto[] {
    const asking = questionsByBucket(probes);
    const buckets = readBuckets
      .all(tenant, JSON.stringify([...asking.keys()]))
      .map((row) => [integer(row, "bucket"), bytesOf(row, "entries")] as const);
    const alike = alikeIn(buckets, probes, asking, self);
    const twins =
      digest === null
        ? []
        : sameBytes.all(tenant, Buffer.from(digest, "hex"), digest, self).map((row) => integer(row, "no"));
    const numbers = JSON.stringify([...new Set([...twins, ...alike.keys()])]);
    return readPrints
      .all(tenant, SKETCH_VERSION, numbers)
      .map((row) => alikePhoto(row, { self, digest, guesses: alike.get(integer(row, "no")) ?? [] }));
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
            digest && Buffer.from(digest, "hex"),
            sketch,
            restsOn,
            ...clock,
            bucketListOf(entries),
          );
          if (!row) return [];
          tenant = text(row, "tenant");
          return [{ no: integer(row, "no"), entries }];
        });
        for (const { bucket, bytes } of bucketsOf(kept)) addEntries.run(tenant, bucket, bytes);
      });
    },

    async findAlike({ jobId, image }, digest, probes) {
      const own = ownPrint.get(jobId, image);
      return own ? alikeTo(text(own, "tenant"), integer(own, "no"), digest, probes) : [];
    },

    async findAlikeTo(tenant, digest, probes) {
      return alikeTo(tenant, AFTER_ALL, digest, probes);
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
