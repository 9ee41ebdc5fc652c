/** Uploads in either database: statements that both understand, each safe to repeat. `storewalk_now()` is the ledger's own clock in both. */
import { NO_UPLOAD, UPLOAD_SCHEME, uploadedFile, uploadUrl } from "../../domain/upload.ts";
import type { NewVisit } from "../../domain/visit.ts";
import type { UploadLedger } from "../port/upload-ledger.ts";
import { onlyRow, text } from "./row.ts";
import type { Dialect, Shared } from "./steps.ts";

const KEEP = `
  insert into uploads (sha256, file, tenant, touched_at) values ($1, $2, $3, storewalk_now())
  on conflict (sha256) do update set touched_at = excluded.touched_at
  returning file`;

const forget = ({ texts }: Dialect) => `
  delete from uploads
  where file in (${texts("$1")}) and touched_at <= storewalk_now() - cast($2 as bigint)
    and not exists (select 1 from upload_uses where upload_uses.file = uploads.file)
    and not exists (select 1 from schedules where schedules.source_file = uploads.file)`;

const TOUCH = `
  update uploads set touched_at = storewalk_now() where file = $2 and tenant = $1 returning file`;

const unknownAmong = ({ elements }: Dialect) => `
  select given.value ->> 0 as file from ${elements("$1")} given
  where not exists (select 1 from uploads where uploads.file = given.value ->> 0)`;

/**
 * That a job uses those of `files`, a select of texts named `file`, that its tenant sent; any other leads nowhere. One of before tenants were noted is
 * everybody's whose jobs use it. `job` is what has the job's row, under this name.
 */
export const useUploads = (files: string, job: string) => `
  insert into upload_uses (job, file)
  select job.id, uploads.file
  from ${job}
  cross join (${files}) given
  join uploads on uploads.file = given.file
  where uploads.tenant = job.tenant or (uploads.tenant is null and exists (
    select 1 from upload_uses known join jobs knowing on knowing.id = known.job
    where known.file = uploads.file and knowing.tenant = job.tenant))
  on conflict do nothing`;

/** The uses of the draft $1 are the job's $2. */
export const MOVE_USES = `
  insert into upload_uses (job, file) select $2, file from upload_uses where job = $1 on conflict do nothing`;

/** The URL by which an image is fetched. A photo that its job does not use leads nowhere, whether there is one or not; what is no address of one stays as it is. */
export const FETCHED_URL = `
  case when substr(images.url, 1, ${UPLOAD_SCHEME.length}) = '${UPLOAD_SCHEME}'
    and substr(images.url, ${UPLOAD_SCHEME.length + 1 + NO_UPLOAD.indexOf("-")}, 1) = '-' and not exists (
    select 1 from upload_uses
    where upload_uses.job = images.job and upload_uses.file = substr(images.url, ${UPLOAD_SCHEME.length + 1}, ${NO_UPLOAD.length})
  ) then '${uploadUrl(NO_UPLOAD, "")}' else images.url end`;

export function createUploads({ run, dialect }: Shared): UploadLedger {
  const FORGET = forget(dialect);
  const UNKNOWN = unknownAmong(dialect);
  return {
    // The key was the content's hash alone until tenants were noted, and a process of before still writes it so.
    keepUpload: async ({ tenant, sha256, file }) =>
      text(onlyRow(await run(KEEP, [`${sha256} ${tenant}`, file, tenant])), "file"),
    touchUpload: async (tenant, file) => (await run(TOUCH, [tenant, file])).length > 0,
    async forgetUploads(files, idleMs) {
      await run(FORGET, [JSON.stringify(files), idleMs]);
      return (await run(UNKNOWN, [JSON.stringify(files.map((file) => [file]))])).map((row) => text(row, "file"));
    },
  };
}

/** The files that visits use, each once. */
export function filesUsedBy(visits: readonly NewVisit[]): readonly string[] {
  return filesAt(visits.flatMap(({ images }) => images.map(({ url }) => url)));
}

export function filesAt(urls: readonly string[]): readonly string[] {
  const files = new Set<string>();
  for (const url of urls) {
    const file = uploadedFile(url);
    if (file !== null) files.add(file);
  }
  return [...files];
}
