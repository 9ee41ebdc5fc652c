/**
 * Takes the prints of a job that is being removed out of the index, bounded: each print has entries in some fifteen buckets. Buckets are locked
 * by rising number, as where they are filled.
 */
import type { Run } from "../../postgres/database.ts";
import { numbers as numberList, texts } from "../../postgres/values.ts";
import { entriesWithout, removedPrints } from "../sql/prints.ts";
import { integer, text } from "../sql/row.ts";

const PRINTS_A_STEP = 500;

const REMOVE_PRINTS = `
  delete from prints where ctid = any (array(select ctid from prints where job = $1 limit ${PRINTS_A_STEP}))
  returning no, tenant, buckets`;

const LOCK_BUCKETS = `
  select bucket, entries from print_buckets where tenant = $1 and bucket = any ($2::bigint[]) order by bucket for update`;

const KEEP_ENTRIES = `
  update print_buckets set entries = decode(given.entries, 'hex')
  from unnest($2::bigint[], $3::text[]) as given (bucket, entries)
  where print_buckets.tenant = $1 and print_buckets.bucket = given.bucket`;

const REMOVE_BUCKETS = `
  delete from print_buckets where tenant = $1 and bucket = any ($2::bigint[])`;

/** Returns whether the job has none left. Within the caller's transaction. */
export async function forgetPrints(run: Run, jobId: number): Promise<boolean> {
  const rows = await run(REMOVE_PRINTS, [jobId]);
  const [first] = rows;
  if (!first) return true;
  const tenant = text(first, "tenant");
  const { numbers, buckets } = removedPrints(rows);
  const locked = await run(LOCK_BUCKETS, [tenant, numberList(buckets)]);
  const left = locked.map((row) => ({
    bucket: integer(row, "bucket"),
    bytes: row.entries instanceof Uint8Array ? entriesWithout(row.entries, numbers) : new Uint8Array(),
  }));
  const [empty, kept] = [left.filter(({ bytes }) => bytes.length === 0), left.filter(({ bytes }) => bytes.length > 0)];
  await run(REMOVE_BUCKETS, [tenant, numberList(empty.map(({ bucket }) => bucket))]);
  await run(KEEP_ENTRIES, [
    tenant,
    numberList(kept.map(({ bucket }) => bucket)),
    texts(kept.map(({ bytes }) => Buffer.from(bytes).toString("hex"))),
  ]);
  return rows.length < PRINTS_A_STEP;
}
