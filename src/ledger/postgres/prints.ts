/** Inspected photos in the fleet's ledger. Buckets are written by rising number, so that two writers wait for each other and never in a circle. */
import type { Database, Run } from "../../postgres/database.ts";
import { numbers, texts } from "../../postgres/values.ts";
import { type Probes, questionsByBucket } from "../../truth/fingerprint.ts";
import { SKETCH_VERSION } from "../../truth/sketch.ts";
import type { InspectionLedger, Print } from "../port/inspection-ledger.ts";
import { createAddReuses } from "../sql/add-reuses.ts";
import { AFTER_ALL, ALIKE_COLUMNS, alikeIn, alikePhoto, bucketListOf, bucketsOf } from "../sql/prints.ts";
import { integer, text } from "../sql/row.ts";
import { runStepsAwaiting } from "../sql/steps.ts";
import { POSTGRES } from "./dialect.ts";

const KEEP_PRINTS = `
  insert into prints (tenant, job, image, version, sha256, sketch, rests_on, taken_clock, taken_offset, buckets)
  select jobs.tenant, jobs.id, given.image, $2, decode(given.digest, 'hex'), decode(given.sketch, 'hex'), given.rests_on, given.taken_clock,
         given.taken_offset, decode(given.buckets, 'hex')
  from jobs,
       unnest($3::bigint[], $4::text[], $5::text[], $6::text[], $7::bigint[], $8::bigint[], $9::text[])
         as given (image, digest, sketch, rests_on, taken_clock, taken_offset, buckets)
  where jobs.id = $1
  on conflict do nothing
  returning no, image, tenant`;

const ADD_ENTRIES = `
  insert into print_buckets (tenant, bucket, entries)
  select $1, bucket, decode(entries, 'hex') from unnest($2::bigint[], $3::text[]) as given (bucket, entries) order by bucket
  on conflict (tenant, bucket) do update set entries = print_buckets.entries || excluded.entries`;

const OWN_PRINT = `
  select no, tenant from prints where job = $1 and image = $2`;

const READ_BUCKETS = `
  select bucket, entries from print_buckets where tenant = $1 and bucket = any ($2::bigint[])`;

const READ_PRINTS = `
  select ${ALIKE_COLUMNS}
  from unnest($3::bigint[]) with ordinality as asked (no, place)
  join prints on prints.no = asked.no and prints.tenant = $1 and prints.version = $2
  join jobs on jobs.id = prints.job and jobs.pruned_at is null
  join images on images.job = prints.job and images.no = prints.image
  join visits on visits.job = prints.job and visits.no = images.visit
  order by asked.place`;

const SAME_BYTES = `
  select no from prints
  where tenant = $1 and substr(sha256, 1, 8) = substr(decode($2, 'hex'), 1, 8) and sha256 = decode($2, 'hex') and no <> $3
  union all
  select no from prints where tenant = $1 and digest = $2 and no <> $3
  order by no limit 8`;

const hex = (bytes: Uint8Array) => Buffer.from(bytes).toString("hex");

export function createPrints(db: Database): InspectionLedger {
  const addReuses = createAddReuses(POSTGRES);

  async function keep(run: Run, jobId: number, prints: readonly Print[]): Promise<void> {
    const rows = await run(KEEP_PRINTS, [
      jobId,
      SKETCH_VERSION,
      numbers(prints.map(({ image }) => image)),
      texts(prints.map(({ digest }) => digest)),
      texts(prints.map(({ sketch }) => sketch && hex(sketch))),
      texts(prints.map(({ restsOn }) => restsOn)),
      numbers(prints.map(({ taken }) => taken?.clockSeconds ?? null)),
      numbers(prints.map(({ taken }) => taken?.offsetMinutes ?? null)),
      texts(prints.map(({ entries }) => hex(bucketListOf(entries)))),
    ]);
    const [first] = rows;
    if (!first) return;
    const entries = new Map(prints.map((print) => [print.image, print.entries]));
    const buckets = bucketsOf(
      rows.map((row) => ({ no: integer(row, "no"), entries: entries.get(integer(row, "image")) ?? [] })),
    );
    await run(ADD_ENTRIES, [
      text(first, "tenant"),
      numbers(buckets.map(({ bucket }) => bucket)),
      texts(buckets.map(({ bytes }) => hex(bytes))),
    ]);
  }

  async function alikeTo(tenant: string, self: number, digest: string | null, probes: Probes) {
    const asking = questionsByBucket(probes);
    const rows = asking.size === 0 ? [] : await db.write(READ_BUCKETS, [tenant, numbers([...asking.keys()])]);
    const buckets = rows.flatMap((row) =>
      row.entries instanceof Uint8Array ? [[integer(row, "bucket"), row.entries] as const] : [],
    );
    const alike = alikeIn(buckets, probes, asking, self);
    const twins = digest === null ? [] : await db.write(SAME_BYTES, [tenant, digest, self]);
    const wanted = [...new Set([...twins.map((row) => integer(row, "no")), ...alike.keys()])];
    if (wanted.length === 0) return [];
    const photos = await db.write(READ_PRINTS, [tenant, SKETCH_VERSION, numbers(wanted)]);
    return photos.map((row) => alikePhoto(row, { self, digest, guesses: alike.get(integer(row, "no")) ?? [] }));
  }

  return {
    async keepPrints(jobId, prints) {
      if (prints.length > 0) await db.inTransaction((run) => keep(run, jobId, prints));
    },

    async findAlike({ jobId, image }, digest, probes) {
      // On the writing side: what was kept a moment ago must be seen.
      const [own] = await db.write(OWN_PRINT, [jobId, image]);
      return own ? await alikeTo(text(own, "tenant"), integer(own, "no"), digest, probes) : [];
    },

    findAlikeTo: (tenant, digest, probes) => alikeTo(tenant, AFTER_ALL, digest, probes),

    async addReuses(reuses) {
      if (reuses.length > 0) await db.inTransaction((run) => runStepsAwaiting(addReuses(reuses), run));
    },
  };
}
