/** The fields of a result as every report shows it: one table for NDJSON, JSON and CSV. Those of a submission come first, so that a row can be submitted again. */
import { FRESH_URL_FIELD } from "../domain/image-url.ts";
import type { Metadata } from "../domain/labels.ts";
import type { ResultRow } from "../ledger/port/job-reader.ts";
import { flagsOf, type ReuseView, reuseView } from "./findings-view.ts";

export type Value = string | number | null | Metadata | readonly string[] | readonly ReuseView[];

export const RESULT_FIELDS = {
  store_id: (row) => row.storeId,
  image_url: (row) => row.imageUrl,
  visit_time: (row) => row.visitTime,
  external_id: (row) => row.imageLabels.externalId,
  metadata: (row) => row.imageLabels.metadata,
  visit_external_id: (row) => row.visitLabels.externalId,
  visit_metadata: (row) => row.visitLabels.metadata,
  job_id: (row) => row.jobId,
  image: (row) => row.image,
  visit: (row) => row.visit,
  outcome: (row) => row.outcome,
  width: (row) => row.width,
  height: (row) => row.height,
  perimeter: (row) => row.perimeter,
  format: (row) => row.format,
  bytes: (row) => row.bytes,
  code: (row) => row.code,
  detail: (row) => row.detail,
  attempts: (row) => row.attempts,
  fetch_ms: (row) => row.fetchMs,
  finished_at: (row) => new Date(row.finishedAt).toISOString(),
  integrity: (row) => row.integrity,
  not_decoded: (row) => row.notDecoded,
  not_inspected: (row) => row.findings?.notInspected ?? null,
  flags: (row) => flagsOf(row),
  reuse_of: (row) => row.reuseOf.map(reuseView),
  decision: (row) => row.decision,
} as const satisfies Readonly<Record<string, (row: ResultRow) => Value>>;

/** Of a report of failed images: there is room for a fresh URL in each row, and the retry of the job takes the report so filled in. */
export const FAILED_FIELDS: Readonly<Record<string, (row: ResultRow) => Value>> = {
  ...RESULT_FIELDS,
  [FRESH_URL_FIELD]: () => null,
};

export type ResultField = keyof typeof RESULT_FIELDS;

export function resultObject(
  row: ResultRow,
  fields: Readonly<Record<string, (row: ResultRow) => Value>> = RESULT_FIELDS,
): Readonly<Record<string, Value>> {
  return Object.fromEntries(Object.entries(fields).map(([name, read]) => [name, read(row)]));
}
