/** The formats of a submission by their media types. */
import type { SubmissionFormat } from "../../intake/submit-job.ts";

export const FORMAT_OF_TYPE: Readonly<Partial<Record<string, SubmissionFormat>>> = {
  "application/json": "json",
  "application/x-ndjson": "ndjson",
  "application/ndjson": "ndjson",
  "application/jsonl": "ndjson",
  "text/csv": "csv",
};

export const SUBMISSION_TYPES = "application/json, application/x-ndjson or text/csv";
