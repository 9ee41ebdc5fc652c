/** A job's summary as rows of a sheet: what, which of it, how many images. */
import type { JobSnapshot } from "../ledger/port/job-reader.ts";
import type { CellValue } from "../xlsx/workbook-text.ts";
import type { Summary } from "./read-summary.ts";

const SHOWN = { hosts: 20, stores: 20 } as const;

export function summaryRows(job: JobSnapshot, summary: Summary): readonly (readonly CellValue[])[] {
  const { failures, megapixels, formats, slowestHosts } = summary;
  const facts: readonly (readonly [string, CellValue])[] = [
    ["job", job.jobId],
    ["external_id", job.labels.externalId],
    ["status", job.status],
    ["created_at", new Date(job.createdAt)],
    ["finished_at", job.finishedAt === null ? null : new Date(job.finishedAt)],
    ...Object.entries(job.labels.metadata).map(([key, value]) => [`metadata.${key}`, value] as const),
  ];
  return [
    ...facts.map(([what, which]) => [what, which, null]),
    ["visits", null, job.visits],
    ["images", null, job.images],
    ["measured", null, job.succeeded],
    ["failed", null, job.failed],
    ...failures
      .list(SHOWN)
      .flatMap(({ code, images, hosts }) => [
        ["failed by cause", code, images],
        ...hosts.map(({ host, images: ofHost }) => [
          `failed by cause, ${code}`,
          host === "" ? "no host" : host,
          ofHost,
        ]),
      ]),
    ...formats.map(({ label, count }) => ["measured by format", label, count]),
    ...megapixels.map(({ label, count }) => ["measured by megapixels", label, count]),
    ...slowestHosts.map(({ host, images, meanMs }) => [`slowest hosts, ${meanMs} ms`, host, images]),
  ];
}
