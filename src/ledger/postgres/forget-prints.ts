/**
 * Takes the prints of a job that is being removed out of the index, bounded: each print has entries in some fifteen buckets. Rows are locked
 * by rising place, as where they are filled.
 */
import type { Run } from "../../postgres/database.ts";
import { numbers as numberList, texts } from "../../postgres/values.ts";
import { entriesWithout, type IndexRow, oldIndexRow, partIn, readsPlaces, removedPrints } from "../sql/print-index.ts";
import { integer, text } from "../sql/row.ts";

const PRINTS_A_STEP = 500;

const REMOVE_PRINTS = `
  delete from prints where ctid = any (array(select ctid from prints where job = $1 limit ${PRINTS_A_STEP}))
  returning no, tenant, sketch, buckets`;

const READ_PARTS = `
  select no, span from print_parts where tenant = $1`;

/** Entries by place, and those of a version before. */
const NEW = { table: "print_entries", key: "place", ofTenant: "$1::text is not null" };
const OLD = { table: "print_buckets", key: "bucket", ofTenant: "tenant = $1" };

/** Returns whether the job has none left. Within the caller's transaction. */
export async function forgetPrints(run: Run, jobId: number): Promise<boolean> {
  const rows = await run(REMOVE_PRINTS, [jobId]);
  const [first] = rows;
  if (!first) return true;
  const tenant = text(first, "tenant");
  const parts = (await run(READ_PARTS, [tenant])).map(partIn);
  const { numbers, places, oldBuckets } = removedPrints(rows, parts);
  const removeFrom = removal(run, tenant, numbers);
  await removeFrom(OLD, oldBuckets, oldIndexRow);
  await removeFrom(NEW, places, readsPlaces(parts));
  return rows.length < PRINTS_A_STEP;
}

function removal(run: Run, tenant: string, removed: ReadonlySet<number>) {
  return async (
    { table, key, ofTenant }: typeof NEW,
    places: readonly number[],
    indexRow: (place: number, bytes: Uint8Array) => IndexRow,
  ): Promise<void> => {
    if (places.length === 0) return;
    const locked = await run(
      `select ${key} as place, entries from ${table} where ${ofTenant} and ${key} = any ($2::bigint[]) order by ${key} for update`,
      [tenant, numberList(places)],
    );
    const left = locked.map((row) => {
      const place = integer(row, "place");
      const bytes = row.entries instanceof Uint8Array ? row.entries : new Uint8Array();
      return { place, bytes: entriesWithout(indexRow(place, bytes), removed) };
    });
    const [empty, kept] = [
      left.filter(({ bytes }) => bytes.length === 0),
      left.filter(({ bytes }) => bytes.length > 0),
    ];
    await run(`delete from ${table} where ${ofTenant} and ${key} = any ($2::bigint[])`, [
      tenant,
      numberList(empty.map(({ place }) => place)),
    ]);
    await run(
      `update ${table} set entries = decode(given.entries, 'hex')
       from unnest($2::bigint[], $3::text[]) as given (place, entries) where ${ofTenant} and ${table}.${key} = given.place`,
      [
        tenant,
        numberList(kept.map(({ place }) => place)),
        texts(kept.map(({ bytes }) => Buffer.from(bytes).toString("hex"))),
      ],
    );
  };
}
