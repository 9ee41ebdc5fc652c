/** Inspected photos in the fleet's ledger. Entries are written by rising place, so that two writers wait for each other and never in a circle. */
import type { Database, Run } from "../../postgres/database.ts";
import { numbers, texts } from "../../postgres/values.ts";
import { questionsByBucket } from "../../truth/fingerprint.ts";
import { SKETCH_VERSION } from "../../truth/sketch.ts";
import type { InspectionLedger, Print } from "../port/inspection-ledger.ts";
import { createAddReuses } from "../sql/add-reuses.ts";
import {
  alikeIn,
  bucketsAsked,
  type IndexRow,
  type Look,
  oldIndexRow,
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
  type Wanted,
} from "../sql/prints.ts";
import { integer, text } from "../sql/row.ts";
import { runStepsAwaiting } from "../sql/steps.ts";
import { POSTGRES } from "./dialect.ts";

// The job is held: one that is being removed meanwhile has taken its prints along, and nobody would look for another one of it.
const KEEP_PRINTS = `
  insert into prints (tenant, job, image, version, sha256, sketch, rests_on, taken_clock, taken_offset)
  select jobs.tenant, jobs.id, given.image, $2, decode(given.digest, 'hex'), decode(given.sketch, 'hex'), given.rests_on, given.taken_clock,
         given.taken_offset
  from jobs,
       unnest($3::bigint[], $4::text[], $5::text[], $6::text[], $7::bigint[], $8::bigint[])
         as given (image, digest, sketch, rests_on, taken_clock, taken_offset)
  where jobs.id = $1
  for key share of jobs
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

const OWN_PRINTS = {
  name: "storewalk_own_prints",
  text: `
  select no, tenant, image from prints where job = $1 and image = any ($2::bigint[])`,
};

// In one value: a row for each of some thousand buckets cost both sides as much as what is in it. Place, length, entries, one after the other. And place
// by place: while there are fewer than some hundred thousand entries a join read them all, 5 ms for 30,000 of them, 20 where they were never analyzed.
const allOf = (key: string) => `string_agg(int8send(${key}) || int4send(length(entries)) || entries, '')`;
const READ_ENTRIES = {
  name: "storewalk_read_entries",
  text: `
  select (select ${allOf("there.place")} from unnest($3::bigint[]) as asked (place)
          ${POSTGRES.each({ table: "print_entries", as: "there", where: "there.place = asked.place" })}) as entries,
         (select ${allOf("bucket")} from print_buckets where tenant = $1 and bucket = any ($2::bigint[])) as old_entries`,
};

const READ_PRINTS = {
  name: "storewalk_read_prints",
  text: `
  select ${ALIKE_COLUMNS}
  from unnest($3::bigint[]) as asked (no)
  join prints on prints.no = asked.no and prints.tenant = $1 and prints.version = $2
  join jobs on jobs.id = prints.job and jobs.pruned_at is null
  join images on images.job = prints.job and images.no = prints.image
  join visits on visits.job = prints.job and visits.no = images.visit`,
};

// Jobs that were deleted are left out before it is counted.
const SAME_BYTES = {
  name: "storewalk_same_bytes",
  text: `
  select twins.no from (
    select no, job from prints
    where tenant = $1 and substr(sha256, 1, 8) = substr(decode($2, 'hex'), 1, 8) and substr(sha256, 1, 16) = decode($2, 'hex')
      and sha256 is not null and no <> $4
    union all
    select no, job from prints where tenant = $1 and digest = $3 and no <> $4
  ) twins
  join jobs on jobs.id = twins.job and jobs.pruned_at is null
  order by twins.no limit 8`,
};

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

  async function rowsAsked(tenant: string, looks: readonly Look[]): Promise<RowsByBucket> {
    const buckets = bucketsAsked(looks);
    if (buckets.length === 0) return rowsByBucket([]);
    const parts = (await db.write(READ_PARTS, [tenant])).map(partIn);
    const places = numbers(placesAsked(buckets, parts));
    const [found] = await db.write(READ_ENTRIES, [tenant, numbers(buckets), places]);
    const rows = rowsIn(found?.entries, readsPlaces(parts));
    return rowsByBucket([...rows, ...rowsIn(found?.old_entries, oldIndexRow)]);
  }

  async function alikeTo(tenant: string, photos: readonly AskedPrint[]) {
    const asked = photos.map((photo) => ({ ...photo, asking: questionsByBucket(photo.probes) }));
    const rows = await rowsAsked(tenant, asked);
    const wanted: Wanted[] = [];
    for (const photo of asked)
      wanted.push({ ...photo, twins: await twinsOf(tenant, photo), alike: alikeIn(rows, photo) });
    const all = numbersWanted(wanted);
    return photosOf(
      wanted,
      all.length === 0 ? [] : await db.write(READ_PRINTS, [tenant, SKETCH_VERSION, numbers(all)]),
    );
  }

  async function twinsOf(tenant: string, { self, digest }: AskedPrint): Promise<readonly number[]> {
    if (digest === null) return [];
    const twins = await db.write(SAME_BYTES, [tenant, hex(keptDigest(digest)), digest, self]);
    return twins.map((row) => integer(row, "no"));
  }

  return {
    async keepPrints(jobId, prints) {
      if (prints.length > 0) await db.inTransaction((run) => keep(run, jobId, prints));
    },

    async findAlike(jobId, photos) {
      // On the writing side: what was kept a moment ago must be seen.
      const rows = await db.write(OWN_PRINTS, [jobId, numbers(photos.map(({ image }) => image))]);
      const own = new Map(rows.map((row) => [integer(row, "image"), integer(row, "no")]));
      const kept = photos.flatMap((photo) => {
        const self = own.get(photo.image);
        return self === undefined ? [] : [{ ...photo, self }];
      });
      const [first] = rows;
      return answersTo(photos, kept, first ? await alikeTo(text(first, "tenant"), kept) : []);
    },

    findAlikeTo: async (tenant, digest, probes) =>
      (await alikeTo(tenant, [{ self: AFTER_ALL, digest, probes }])).flat(),

    async addReuses(reuses) {
      if (reuses.length > 0) await db.inTransaction((run) => runStepsAwaiting(addReuses(reuses), run));
    },
  };
}

const PLACE_BYTES = 8;
const LENGTH_BYTES = 4;

/** Null where nothing is there. */
function rowsIn(found: unknown, indexRow: (place: number, bytes: Uint8Array) => IndexRow): readonly IndexRow[] {
  if (!(found instanceof Uint8Array)) return [];
  const view = new DataView(found.buffer, found.byteOffset, found.byteLength);
  const rows: IndexRow[] = [];
  for (let at = 0; at < found.length; ) {
    const from = at + PLACE_BYTES + LENGTH_BYTES;
    const end = from + view.getUint32(at + PLACE_BYTES);
    rows.push(indexRow(Number(view.getBigUint64(at)), found.subarray(from, end)));
    at = end;
  }
  return rows;
}
