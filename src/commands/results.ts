/** `storewalk results JOB`: streams a job's results to standard output in the format asked for, at flat memory. */
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import type { ReportFormat } from "../reports/report-formats.ts";
import { EXIT, type ExitCode } from "./exit-codes.ts";
import { refuseTerminal } from "./output.ts";
import type { ServiceClient } from "./service-client.ts";

export async function results(
  client: ServiceClient,
  jobId: number,
  report: { readonly failed: boolean; readonly format: ReportFormat },
): Promise<ExitCode> {
  if (report.format === "xlsx") refuseTerminal("lead it to a file: > results.xlsx");
  await pipeline(Readable.from(await client.results(jobId, report)), process.stdout, { end: false });
  return EXIT.ok;
}
