/** `storewalk results JOB`: streams a job's results to standard output in the format asked for, at flat memory. */

import { createInterface } from "node:readline";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { stringify } from "csv-stringify";
import { plainText } from "../pipeline/plain-text.ts";
import { EXIT, type ExitCode } from "./exit-codes.ts";
import type { ServiceClient } from "./service-client.ts";

export const RESULT_FORMATS = ["ndjson", "csv", "json"] as const;
export type ResultFormat = (typeof RESULT_FORMATS)[number];

const COLUMNS = [
  "job_id",
  "image",
  "visit",
  "store_id",
  "image_url",
  "outcome",
  "width",
  "height",
  "perimeter",
  "format",
  "bytes",
  "code",
  "detail",
  "attempts",
  "finished_at",
] as const;

export async function results(
  client: ServiceClient,
  jobId: number,
  options: { readonly failed: boolean; readonly format: ResultFormat },
): Promise<ExitCode> {
  const ndjson = Readable.from(await client.results(jobId, options.failed));
  if (options.format === "csv")
    await pipeline(ndjson, rows, stringify({ header: true, columns: [...COLUMNS] }), process.stdout, { end: false });
  else if (options.format === "json") await pipeline(ndjson, jsonArray, process.stdout, { end: false });
  else await pipeline(ndjson, process.stdout, { end: false });
  return EXIT.ok;
}

function lines(source: Readable): AsyncIterable<string> {
  return createInterface({ input: source, crlfDelay: Number.POSITIVE_INFINITY });
}

async function* rows(source: Readable): AsyncIterable<unknown> {
  for await (const line of lines(source)) {
    const row: Record<string, unknown> = JSON.parse(line);
    yield Object.fromEntries(Object.entries(row).map(([name, value]) => [name, safeCell(value)]));
  }
}

/**
 * A spreadsheet runs a cell that begins like a formula; a leading apostrophe keeps it text (OWASP, CSV injection). And a URL was
 * taken as it came: what steers a terminal is no part of a cell, nor are tabs and line ends.
 */
function safeCell(value: unknown): unknown {
  if (typeof value !== "string") return value;
  const text = plainText(value);
  return /^[=+\-@]/.test(text) ? `'${text}` : text;
}

async function* jsonArray(source: Readable): AsyncIterable<string> {
  let separator = "[\n";
  for await (const line of lines(source)) {
    yield separator + line;
    separator = ",\n";
  }
  yield separator === "[\n" ? "[]\n" : "\n]\n";
}
