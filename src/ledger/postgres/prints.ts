/** Inspected photos in the fleet's ledger. Entries are written by rising place, so that two writers wait for each other and never in a circle. */
import type { Database, Run } from "../../postgres/database.ts";
import { numbers, texts } from "../../postgres/values.ts";
import { type Probes, questionsByBucket } from "../../truth/fingerprint.ts";
import { SKETCH_VERSION } from "../../truth/sketch.ts";
import type { InspectionLedger, Print } from "../port/inspection-ledger.ts";
import { createAddReuses } from "../sql/add-reuses.ts";
import {
  alikeIn,
  BUCKETS,
  type IndexRow,
  indexRowOf,
  oldIndexRow,
  partIn,
  placesOf,
  spanOf,
} from "../sql/print-index.ts";
import { AFTER_ALL, ALIKE_COLUMNS, alikePhoto, keptDigest } from "../sql/prints.ts";
import { integer, integerOrNull, type Row, text } from "../sql/row.ts";
import { runStepsAwaiting } from "../sql/steps.ts";
import { POSTGRES } from "./dialect.ts";

const KEEP_PRINTS = `
  insert into prints (tenant, job, image, version, sha256, sketch, rests_on, taken_clock, taken_offset)
  select jobs.tenant, jobs.id, given.image, $2, decode(given.digest, 'hex'), decode(given.sketch, 'hex'), given.rests_on, given.taken_clock,
         given.taken_offset
  from jobs,
       unnest($3::bigint[], $4::text[], $5::text[], $6::text[], $7::bigint[], $8::bigint[])
         as given (image, digest, sketch, rests_on, taken_clock, taken_offset)
  where jobs.id = $1
  on conflict do nothing
  returning no, image, tenant`;

const ADD_PARTS = `
  insert into print_parts (tenant, span)
  select $1, span from unnest($2::bigint[]) as given (span)
  where not exists (select 1 from print_parts where tenant = $1 and print_parts.span = given.span)
  order by span
  on conflict do nothing`;

const READ_PARTS = `
  select no, span from print_parts where tenant = $1`;

const ADD_ENTRIES = `
  insert into print_entries (place, entries)
  select place, decode(entries, 'hex') from unnest($1::bigint[], $2::text[]) as given (place, entries) order by place
  on conflict (place) do update set entries = print_entries.entries || excluded.entries`;

const OWN_PRINT = `
  select no, tenant from prints where job = $1 and image = $2`;

// In one statement: each one more is a way to the server and back for each photo. Place by place: while there are fewer than some hundred thousand
// entries a join read them all, 5 ms for 30,000 of them and 20 where they were never analyzed, against 1.7.
const READ_ENTRIES = `
  select place, entries, span from print_parts
  cross join unnest($2::bigint[]) as asked (bucket)
  ${POSTGRES.each({ table: "print_entries", as: "there", where: `there.place = print_parts.no * ${BUCKETS} + asked.bucket` })}
  where print_parts.tenant = $1 and there.place is not null
  union all
  select bucket, entries, null from print_buckets where tenant = $1 and bucket = any ($2::bigint[])`;

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
  where tenant = $1 and substr(sha256, 1, 8) = substr(decode($2, 'hex'), 1, 8) and substr(sha256, 1, 16) = decode($2, 'hex')
    and sha256 is not null and no <> $4
  union all
  select no from prints where tenant = $1 and digest = $3 and no <> $4
  order by no limit 8`;

const hex = (bytes: Uint8Array) => Buffer.from(bytes).toString("hex");

export function createPrints(db: Database): InspectionLedger {
  const addReuses = createAddReuses(POSTGRES);

  async function keep(run: Run, jobId: number, prints: readonly Print[]): Promise<void> {
    const rows = await run(KEEP_PRINTS, [
      jobId,
      SKETCH_VERSION,
      numbers(prints.map(({ image }) => image)),
      texts(prints.map(({ digest }) => digest && hex(keptDigest(digest)))),
      texts(prints.map(({ sketch }) => sketch && hex(sketch))),
      texts(prints.map(({ restsOn }) => restsOn)),
      numbers(prints.map(({ taken }) => taken?.clockSeconds ?? null)),
      numbers(prints.map(({ taken }) => taken?.offsetMinutes ?? null)),
    ]);
    const [first] = rows;
    if (!first) return;
    const entries = new Map(prints.map((print) => [print.image, print.entries]));
    const kept = rows.map((row) => ({
      no: integer(row, "no"),
      entries: entries.get(integer(row, "image")) ?? [],
    }));
    const tenant = text(first, "tenant");
    await run(ADD_PARTS, [tenant, numbers([...new Set(kept.map(({ no }) => spanOf(no)))])]);
    const places = placesOf(kept, (await run(READ_PARTS, [tenant])).map(partIn));
    await run(ADD_ENTRIES, [numbers(places.map(({ place }) => place)), texts(places.map(({ bytes }) => hex(bytes)))]);
  }

  async function alikeTo(tenant: string, self: number, digest: string | null, probes: Probes) {
    const asking = questionsByBucket(probes);
    const rows = asking.size === 0 ? [] : await db.write(READ_ENTRIES, [tenant, numbers([...asking.keys()])]);
    const alike = alikeIn(rows.map(indexRowIn), probes, asking, self);
    const twins = digest === null ? [] : await db.write(SAME_BYTES, [tenant, hex(keptDigest(digest)), digest, self]);
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

/** Without a span it is of a version before. */
function indexRowIn(row: Row): IndexRow {
  const [place, span, bytes] = [integer(row, "place"), integerOrNull(row, "span"), row.entries];
  if (!(bytes instanceof Uint8Array)) throw new Error(`column entries must be bytes, got ${typeof bytes}`);
  return span === null ? oldIndexRow(place, bytes) : indexRowOf(place, span, bytes);
}
