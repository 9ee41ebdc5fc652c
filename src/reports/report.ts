/**
 * A job's results as one file: NDJSON, JSON, CSV or a workbook with a sheet for the summary, written page by page at flat memory. Must never
 * hold more than a page.
 */
import { metadataText } from "../domain/labels.ts";
import type { JobReader, JobSnapshot, ResultFilter } from "../ledger/port/job-reader.ts";
import type { CellValue } from "../xlsx/workbook-text.ts";
import type { SheetSource } from "../xlsx/write-workbook.ts";
import type { ReuseView } from "./findings-view.ts";
import { readSummary } from "./read-summary.ts";
import type { ReportFormat } from "./report-formats.ts";
import { FAILED_FIELDS, RESULT_FIELDS, resultObject, type Value } from "./result-fields.ts";
import { summaryRows } from "./summary-sheet.ts";
import { TABLE_CONTENT_TYPES, writeTable } from "./table-file.ts";

type ResultObject = Readonly<Record<string, Value>>;
type TextFormat = Exclude<ReportFormat, "csv" | "xlsx">;

type Writing = {
  readonly begin: string;
  rows(objects: readonly ResultObject[], isFirst: boolean): string;
  end(isEmpty: boolean): string;
};

export type Report = ResultFilter & {
  readonly job: JobSnapshot;
  readonly format: ReportFormat;
  /** Whether a CSV begins with a byte order mark, which Excel needs to read letters with accents. */
  readonly mark: boolean;
};

/** Larger pages are no faster and let the heap grow: 1,000 rows took 190 MB over a million rows, 250 take 85 MB (bench:lists). */
const ROWS_A_PAGE = 250;
const WIDTHS: Readonly<Record<string, number>> = { image_url: 60, detail: 40, visit_time: 22, finished_at: 20 };
/** Texts in every other form, so that a row is the same whatever it stands in. */
const INSTANT_FIELDS: readonly string[] = ["finished_at"];

const WRITING: Readonly<Record<TextFormat, Writing>> = {
  ndjson: {
    begin: "",
    rows: (objects) => objects.map((object) => `${JSON.stringify(object)}\n`).join(""),
    end: () => "",
  },
  json: {
    begin: "[",
    rows: (objects, isFirst) =>
      objects.map((object, index) => `${isFirst && index === 0 ? "" : ","}\n${JSON.stringify(object)}`).join(""),
    end: (isEmpty) => (isEmpty ? "]\n" : "\n]\n"),
  },
};

const CONTENT_TYPES: Readonly<Record<ReportFormat, string>> = {
  ndjson: "application/x-ndjson",
  json: "application/json; charset=utf-8",
  ...TABLE_CONTENT_TYPES,
};

export const contentTypeOf = (format: ReportFormat): string => CONTENT_TYPES[format];

type SummedUp = Pick<JobReader, "readResults" | "readMeasuredSums">;

/** The report in pieces. `ledger` is read only as fast as the pieces are taken. */
export function writeReport(
  ledger: SummedUp,
  { job, format, mark, ...filter }: Report,
): AsyncIterable<string | Uint8Array> {
  const fields = filter.onlyFailed ? FAILED_FIELDS : RESULT_FIELDS;
  const pages = () => resultPages(ledger, job.jobId, { filter, fields });
  if (format === "ndjson" || format === "json") return textOf(pages(), WRITING[format]);
  const names = Object.keys(fields);
  const results: SheetSource = {
    name: filter.onlyFailed ? "Failed images" : "Images",
    columns: names.map((name) => ({ name, width: WIDTHS[name] ?? 14 })),
    rows: cellsOf(pages(), names),
  };
  const summary: SheetSource = {
    name: "Summary",
    columns: [
      { name: "what", width: 34 },
      { name: "which", width: 40 },
      { name: "images", width: 14 },
    ],
    rows: summaryOf(ledger, job),
  };
  return writeTable(format, [results, summary], { mark });
}

async function* resultPages(
  ledger: Pick<JobReader, "readResults">,
  jobId: number,
  { filter, fields }: { readonly filter: ResultFilter; readonly fields: Parameters<typeof resultObject>[1] },
): AsyncIterable<readonly ResultObject[]> {
  let after: number | null = -1;
  while (after !== null) {
    const page: Awaited<ReturnType<JobReader["readResults"]>> = await ledger.readResults(jobId, {
      after,
      limit: ROWS_A_PAGE,
      ...filter,
    });
    yield page.rows.map((row) => resultObject(row, fields));
    after = page.next;
  }
}

async function* textOf(pages: AsyncIterable<readonly ResultObject[]>, writing: Writing): AsyncIterable<string> {
  let isEmpty = true;
  yield writing.begin;
  for await (const objects of pages) {
    if (objects.length > 0) yield writing.rows(objects, isEmpty);
    isEmpty &&= objects.length === 0;
  }
  yield writing.end(isEmpty);
}

async function* cellsOf(pages: AsyncIterable<readonly ResultObject[]>, names: readonly string[]) {
  for await (const objects of pages) {
    yield objects.map((object) => names.map((name) => cell(name, object[name] ?? null)));
  }
}

async function* summaryOf(ledger: SummedUp, job: JobSnapshot) {
  yield summaryRows(job, await readSummary(ledger, job.jobId));
}

function cell(name: string, value: Value): CellValue {
  if (isList(value)) return value.map(listed).join(" ");
  if (typeof value === "object" && value !== null) return metadataText(value);
  return typeof value === "string" && INSTANT_FIELDS.includes(name) ? new Date(value) : value;
}

function isList(value: Value): value is readonly string[] | readonly ReuseView[] {
  return Array.isArray(value);
}

/** A photo used again is its URL in a cell; NDJSON has the rest. */
function listed(item: string | ReuseView): string {
  return typeof item === "string" ? item : item.image_url;
}
