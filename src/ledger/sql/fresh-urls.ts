/** Fresh URLs on their way into a draft, in either database: which image each is for, or why it can be for none. */
import { firstExpiry } from "../../domain/signed-url.ts";
import type { FreshUrl, FreshUrlFault } from "../port/fresh-url-ledger.ts";
import { integer, integerOrNull, type Row, textOrNull } from "./row.ts";
import type { Dialect, Steps } from "./steps.ts";
import { filesAt, useUploads } from "./uploads.ts";

// The end of the first signed URL is kept for the job.
const TOUCH_DRAFT = `
  update jobs
  set touched_at = storewalk_now(),
      urls_end_at = case when urls_end_at < cast($2 as bigint) then urls_end_at else coalesce(cast($2 as bigint), urls_end_at) end
  where id = $1 and status = 'preparing' and pruned_at is null returning id`;

export const TAKE_END_OF_URLS = `
  update jobs set urls_end_at = (select urls_end_at from jobs where id = $2) where id = $1`;

/** Of images with one name, so many are looked at: a name that all images of a large job share names none of them. */
const LOOKED_AT = 100;

type Found =
  | { readonly kind: "image"; readonly image: number; readonly externalId: string | null; readonly hasFailed: boolean }
  | { readonly kind: "none" }
  | { readonly kind: "none_failed" }
  | { readonly kind: "several" };

export function createFreshUrlSteps(dialect: Dialect) {
  const BY_NUMBER = `
    select cast(given.value ->> 0 as bigint) as line, images.no as image, images.external_id, results.code
    from ${dialect.elements("$2")} given
    ${dialect.each({ table: "images", as: "images", where: "images.job = $1 and images.no = cast(given.value ->> 1 as bigint)" })}
    ${dialect.each({ table: "results", as: "results", where: "results.job = $1 and results.image = images.no" })}`;

  const named = `
    select no from images where job = $1 and external_id = given.value ->> 1 order by no limit ${LOOKED_AT}`;
  const failedAmong = (what: string) => `
    (select ${what} from (${named}) named
     where exists (select 1 from results where job = $1 and image = named.no and code is not null))`;
  const BY_NAME = `
    select cast(given.value ->> 0 as bigint) as line,
           (select count(*) from (${named}) known) as images,
           ${failedAmong("count(*)")} as failed, ${failedAmong("min(named.no)")} as image
    from ${dialect.elements("$2")} given`;

  // A line that was added before stays: the same call may come twice.
  const ADD = `
    insert into fresh_urls (draft, image, line, url)
    select $1, cast(given.value ->> 1 as integer), cast(given.value ->> 0 as integer), given.value ->> 2
    from ${dialect.elements("$2")} given where true
    on conflict (draft, image) do nothing`;

  // By key for each, whatever the planner believes.
  const TAKEN = `
    select cast(given.value ->> 0 as bigint) as line, cast(given.value ->> 1 as bigint) as image,
           (select line from fresh_urls where draft = $1 and image = cast(given.value ->> 1 as integer)) as first_line
    from ${dialect.elements("$2")} given`;

  const USE_UPLOADS = useUploads(
    `select given.value ->> 0 as file from ${dialect.elements("$2")} given`,
    "(select id, tenant from jobs where id = $1) job",
  );

  function* find(jobId: number, urls: readonly FreshUrl[]): Steps<ReadonlyMap<number, Found>> {
    const numbered = urls.flatMap(({ line, image }) => (image === null ? [] : [[line, image]]));
    const byName = urls.flatMap(({ line, image, externalId }) => (image === null ? [[line, externalId]] : []));
    const found = new Map<number, Found>();
    if (numbered.length > 0) {
      for (const row of yield [BY_NUMBER, [jobId, JSON.stringify(numbered)]])
        found.set(integer(row, "line"), foundAt(row));
    }
    if (byName.length > 0) {
      for (const row of yield [BY_NAME, [jobId, JSON.stringify(byName)]])
        found.set(integer(row, "line"), foundByName(row));
    }
    return found;
  }

  return function* addFreshUrls(
    draft: number,
    jobId: number,
    urls: readonly FreshUrl[],
  ): Steps<readonly FreshUrlFault[]> {
    const [touched] = yield [TOUCH_DRAFT, [draft, firstExpiry(urls.map(({ url }) => url))]];
    if (!touched) throw new Error(`draft ${draft} is not in preparation`);
    const found = yield* find(jobId, urls);
    const faults: FreshUrlFault[] = [];
    const rows: (readonly [line: number, image: number, url: string])[] = [];
    for (const url of urls) {
      const chosen = choose(url, found.get(url.line) ?? { kind: "none" });
      if (typeof chosen === "number") rows.push([url.line, chosen, url.url]);
      else faults.push(chosen);
    }
    if (rows.length === 0) return faults;
    yield [ADD, [draft, JSON.stringify(rows)]];
    const uploads = filesAt(rows.map(([, , url]) => url)).map((file) => [file]);
    if (uploads.length > 0) yield [USE_UPLOADS, [draft, JSON.stringify(uploads)]];
    const places = rows.map(([line, image]) => [line, image]);
    for (const row of yield [TAKEN, [draft, JSON.stringify(places)]]) {
      const [line, image, firstLine] = [integer(row, "line"), integer(row, "image"), integer(row, "first_line")];
      if (firstLine !== line) faults.push({ line, kind: "repeated", image, firstLine });
    }
    return faults.sort((a, b) => a.line - b.line);
  };
}

function foundAt(row: Row): Found {
  const image = integerOrNull(row, "image");
  if (image === null) return { kind: "none" };
  return { kind: "image", image, externalId: textOrNull(row, "external_id"), hasFailed: row.code !== null };
}

function foundByName(row: Row): Found {
  if (integer(row, "images") === 0) return { kind: "none" };
  const failed = integer(row, "failed");
  if (failed !== 1) return { kind: failed === 0 ? "none_failed" : "several" };
  return { kind: "image", image: integer(row, "image"), externalId: null, hasFailed: true };
}

/** The image's number, or why it is none. */
function choose({ line, image, externalId }: FreshUrl, found: Found): number | FreshUrlFault {
  if (found.kind === "none") return { line, kind: "no_such_image" };
  if (found.kind === "none_failed") return { line, kind: "not_failed", image: null };
  if (found.kind === "several") return { line, kind: "ambiguous" };
  if (image !== null && externalId !== null && externalId !== found.externalId) {
    return { line, kind: "misnamed", image, externalId: found.externalId };
  }
  return found.hasFailed ? found.image : { line, kind: "not_failed", image: found.image };
}
