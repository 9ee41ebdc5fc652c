/** `storewalk insight` as it is typed. */
import { type Command, Option } from "commander";
import type { ServiceOption } from "../commands/connection.ts";
import type { InsightQuestion } from "../commands/insight.ts";
import type { OutputOption } from "../commands/output.ts";
import { TABLE_FORMATS, type TableFormat } from "../reports/report-formats.ts";
import { calendarDate, type Exit, limitOption, withOutput, withService } from "./options.ts";

type Options = ServiceOption &
  OutputOption &
  InsightQuestion & { readonly format?: TableFormat; readonly bom: boolean; readonly output?: string };

export function addInsightCommands(program: Command, exit: Exit): void {
  withOutput(withService(program.command("insight").description("what was visited, over all jobs")))
    .addOption(new Option("--of <what>", "what a row is").choices(["area", "store", "host", "agent"]).default("area"))
    .option("--from <day>", "from this day on, else 12 weeks back", calendarDate)
    .option("--to <day>", "up to this day, else today", calendarDate)
    .option("--area <area>", "with --of store: only stores of this area")
    .option("--only <name>", "only this area, store, host or agent")
    .option("--cause <cause>", "an error code, or flag:blurred and the like")
    .addOption(
      new Option("--rank <by>", "the most of it first")
        .choices(["images", "visits", "failed", "failed_share", "perimeter", "flagged", "cause"])
        .default("images"),
    )
    .addOption(limitOption(200))
    .addOption(
      new Option("--format <format>", "as a file, with a line for each row and period")
        .choices(TABLE_FORMATS)
        .conflicts(["json", "ndjson"]),
    )
    .option("--bom", "a CSV begins with a byte order mark, which Excel needs for letters with accents", false)
    .option("-o, --output <file>", "with --format: where to; standard output if not given")
    .action(async ({ url, profile, json, ndjson, format, bom, output, ...question }: Options, command: Command) => {
      if (format === undefined && (output !== undefined || bom))
        command.error("error: --output and --bom go with --format csv or --format xlsx");
      const { exportInsight, showInsight } = await import("../commands/insight.ts");
      const service = { ...(url === undefined ? {} : { url }), ...(profile === undefined ? {} : { profile }) };
      const asked = { by: "day", ...weeks(question), ...question } as const;
      exit(
        format !== undefined
          ? await exportInsight(asked, { ...service, format, bom, ...(output === undefined ? {} : { output }) })
          : await showInsight(asked, { ...service, json: json ?? false, ndjson: ndjson ?? false }),
      );
    });
}

/** Without days, whole weeks; with days exactly these. */
function weeks({ from, to }: InsightQuestion): InsightQuestion {
  return from === undefined && to === undefined ? { by: "week" } : {};
}
