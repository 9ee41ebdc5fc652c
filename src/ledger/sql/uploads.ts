/** Uploads in either database: statements that both understand, each safe to repeat. `storewalk_now()` is the ledger's own clock in both. */
import { uploadedFile } from "../../domain/upload.ts";
import type { NewVisit } from "../../domain/visit.ts";
import type { UploadLedger } from "../port/upload-ledger.ts";
import { onlyRow, type Row, text } from "./row.ts";

const KEEP = `
  insert into uploads (sha256, file, touched_at) values ($1, $2, storewalk_now())
  on conflict (sha256) do update set touched_at = excluded.touched_at
  returning file`;

const forget = (files: string) => `
  delete from uploads
  where file in (${files}) and touched_at <= storewalk_now() - cast($2 as bigint)
    and not exists (select 1 from upload_uses where upload_uses.file = uploads.file)`;

const unknownAmong = (files: string) => `
  select given.file from (${files}) as given
  where not exists (select 1 from uploads where uploads.file = given.file)`;

export function createUploads(deps: {
  readonly run: (sql: string, values: readonly (string | number | null)[]) => Promise<readonly Row[]>;
  /** A select of the texts of the JSON list `$1`, as column `file`. */
  readonly listed: string;
}): UploadLedger {
  const { run } = deps;
  const FORGET = forget(deps.listed);
  const UNKNOWN = unknownAmong(deps.listed);
  return {
    keepUpload: async ({ sha256, file }) => text(onlyRow(await run(KEEP, [sha256, file])), "file"),
    async forgetUploads(files, idleMs) {
      const list = JSON.stringify(files);
      await run(FORGET, [list, idleMs]);
      return (await run(UNKNOWN, [list])).map((row) => text(row, "file"));
    },
  };
}

/** The files that visits use, each once. */
export function filesUsedBy(visits: readonly NewVisit[]): readonly string[] {
  const files = new Set<string>();
  for (const { images } of visits) {
    for (const { url } of images) {
      const file = uploadedFile(url);
      if (file !== null) files.add(file);
    }
  }
  return [...files];
}
