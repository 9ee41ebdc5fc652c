/** Takes the prints of a job that is being removed out of the index, bounded: each print has entries in some fifteen buckets. */
import type { DatabaseSync } from "node:sqlite";
import { entriesWithout, removedPrints } from "../sql/prints.ts";
import { text } from "../sql/row.ts";

const PRINTS_A_STEP = 500;

const REMOVE_PRINTS = `
  delete from prints where no in (select no from prints where job = ? limit ${PRINTS_A_STEP}) returning no, tenant, buckets`;

const READ_BUCKET = `
  select entries from print_buckets where tenant = ? and bucket = ?`;

const KEEP_ENTRIES = `
  update print_buckets set entries = ? where tenant = ? and bucket = ?`;

const REMOVE_BUCKET = `
  delete from print_buckets where tenant = ? and bucket = ?`;

/** Returns whether the job has none left. Within the caller's transaction. */
export function createForgetPrints(db: DatabaseSync): (job: number) => boolean {
  const removePrints = db.prepare(REMOVE_PRINTS);
  const readBucket = db.prepare(READ_BUCKET);
  const keepEntries = db.prepare(KEEP_ENTRIES);
  const removeBucket = db.prepare(REMOVE_BUCKET);

  return (job) => {
    const rows = removePrints.all(job);
    const [first] = rows;
    if (!first) return true;
    const tenant = text(first, "tenant");
    const { numbers, buckets } = removedPrints(rows);
    for (const bucket of buckets) {
      const entries = readBucket.get(tenant, bucket)?.entries;
      if (!(entries instanceof Uint8Array)) continue;
      const kept = entriesWithout(entries, numbers);
      if (kept.length === 0) removeBucket.run(tenant, bucket);
      else keepEntries.run(kept, tenant, bucket);
    }
    return rows.length < PRINTS_A_STEP;
  };
}
