/** Takes the prints of a job that is being removed out of the index, bounded: each print has entries in some fifteen buckets. */
import type { DatabaseSync } from "node:sqlite";
import { entriesWithout, type IndexRow, oldIndexRow, partIn, readsPlaces, removedPrints } from "../sql/print-index.ts";
import { text } from "../sql/row.ts";

/** Which places a print has entries in is worked out of its sketch: a sixth of a millisecond each. */
const PRINTS_A_STEP = 500;

const REMOVE_PRINTS = `
  delete from prints where no in (select no from prints where job = ? limit ${PRINTS_A_STEP}) returning no, tenant, sketch, buckets`;

const READ_PARTS = `
  select no, span from print_parts where tenant = ?`;

/** Of entries by place, and of those of a version before. */
const NEW = { table: "print_entries", key: "place = ?" };
const OLD = { table: "print_buckets", key: "bucket = ? and tenant = ?" };

/** Returns whether the job has none left. Within the caller's transaction. */
export function createForgetPrints(db: DatabaseSync): (job: number) => boolean {
  const removePrints = db.prepare(REMOVE_PRINTS);
  const readParts = db.prepare(READ_PARTS);
  const [fromNew, fromOld] = [removalFrom(db, NEW), removalFrom(db, OLD)];

  return (job) => {
    const rows = removePrints.all(job);
    const [first] = rows;
    if (!first) return true;
    const tenant = text(first, "tenant");
    const parts = readParts.all(tenant).map(partIn);
    const { numbers, places, oldBuckets } = removedPrints(rows, parts);
    const indexRow = readsPlaces(parts);
    for (const place of places) fromNew([place], (bytes) => indexRow(place, bytes), numbers);
    for (const bucket of oldBuckets) fromOld([bucket, tenant], (bytes) => oldIndexRow(bucket, bytes), numbers);
    return rows.length < PRINTS_A_STEP;
  };
}

function removalFrom(db: DatabaseSync, { table, key }: typeof NEW) {
  const read = db.prepare(`select entries from ${table} where ${key}`);
  const keep = db.prepare(`update ${table} set entries = ? where ${key}`);
  const remove = db.prepare(`delete from ${table} where ${key}`);
  return (
    at: readonly (number | string)[],
    indexRow: (bytes: Uint8Array) => IndexRow,
    removed: ReadonlySet<number>,
  ): void => {
    const entries = read.get(...at)?.entries;
    if (!(entries instanceof Uint8Array)) return;
    const kept = entriesWithout(indexRow(entries), removed);
    if (kept.length === 0) remove.run(...at);
    else keep.run(kept, ...at);
  };
}
