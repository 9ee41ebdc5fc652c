/** The formats of a submission by their media types. */
import type { SubmissionFormat } from "../../intake/submission.ts";

export const XLSX_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet";

export const FORMAT_OF_TYPE: Readonly<Partial<Record<string, SubmissionFormat>>> = {
  "application/json": "json",
  "application/x-ndjson": "ndjson",
  "application/ndjson": "ndjson",
  "application/jsonl": "ndjson",
  "text/csv": "csv",
  "text/tab-separated-values": "csv",
  [XLSX_TYPE]: "xlsx",
};

export const TABLE_TYPES = `text/csv or ${XLSX_TYPE}`;
export const SUBMISSION_TYPES = `application/json, application/x-ndjson, ${TABLE_TYPES}`;
