/** How a report is to be written: `--format`, or `--json` and `--ndjson` as everywhere. */
import { type Command, Option } from "commander";
import type { ServiceOption } from "../commands/connection.ts";
import type { OutputOption } from "../commands/output.ts";
import { REPORT_FORMATS, type ReportFormat } from "../reports/report-formats.ts";

export type ReportOptions = ServiceOption & OutputOption & { readonly failed: boolean; readonly format?: ReportFormat };

export function withReport(command: Command, usual: ReportFormat): Command {
  return command
    .option("--failed", "only images that failed", false)
    .addOption(
      new Option("--format <format>", `how to write it, else ${usual}`)
        .choices(REPORT_FORMATS)
        .conflicts(["json", "ndjson"]),
    );
}

export function formatOf({ json, ndjson, format }: ReportOptions, usual: ReportFormat): ReportFormat {
  if (json) return "json";
  return ndjson ? "ndjson" : (format ?? usual);
}
