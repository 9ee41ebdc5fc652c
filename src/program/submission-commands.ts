/** `storewalk submit`, `watch`, `status` and `results` as they are typed. */
import { type Command, Option } from "commander";
import { SUBMIT_FORMATS } from "../commands/choices.ts";
import type { ServiceOption } from "../commands/connection.ts";
import type { ExitCode } from "../commands/exit-codes.ts";
import type { OutputOption } from "../commands/output.ts";
import type { ServiceClient } from "../commands/service-client.ts";
import type { SubmitOptions } from "../commands/submit-options.ts";
import type { TimesOptions } from "../commands/times.ts";
import { INSPECTION_LEVELS } from "../domain/findings.ts";
import { INTEGRITY_LEVELS } from "../domain/image.ts";
import { DATE_ORDERS } from "../domain/visit-time.ts";
import { UNKNOWN_STORES } from "../intake/options.ts";
import { UNREAD_TIMES } from "../intake/visit-times.ts";
import { type Exit, jobArgument, keyValue, numberFrom, withOutput, withService } from "./options.ts";
import { formatOf, type ReportOptions, withReport } from "./report-options.ts";

export function addSubmissionCommands(program: Command, exit: Exit): void {
  withOutput(
    withService(
      program.command("submit").description("submit a job: JSON, NDJSON, CSV or XLSX; - reads standard input"),
    ),
  )
    .argument("[file]")
    .option("--from <bucket>", "in place of a file: s3://bucket/prefix/, gs://… or az://…, which the service lists")
    .option("--visits <pattern>", "which parts of a key behind the prefix are what: {store}/{date}/{name}.jpg")
    .addOption(
      new Option("--format <format>", "the file's format, when its ending does not tell").choices(SUBMIT_FORMATS),
    )
    .option("--photos <folder>", "send the folder's files too; file:NAME in place of a URL names one")
    .option("--name, --external-id <id>", "the job's name of your own")
    .addOption(new Option("--label, --metadata <key=value...>", "facts of your own, with the job").argParser(keyValue))
    .addOption(new Option("--priority <no>", "0 (last) to 9 (first)").argParser(numberFrom(0, 9)))
    .addOption(
      new Option("--unknown-stores <what>", "their images fail, or the job is refused").choices(UNKNOWN_STORES),
    )
    .addOption(new Option("--integrity <proof>", "what an image must prove").choices(INTEGRITY_LEVELS))
    .addOption(new Option("--inspect <level>", "how far photos are inspected").choices(INSPECTION_LEVELS))
    .option("--callback-url <url>", "told of the job's end")
    .option("--columns <list>", "which header means which column: store_id:Shop,image_url:Photo")
    .addOption(new Option("--dates <order>", "the order of dates like 03/04/2026").choices(DATE_ORDERS))
    .addOption(
      new Option("--unread-times <what>", "times that cannot be read are kept, or the job is refused").choices(
        UNREAD_TIMES,
      ),
    )
    .option("--dry-run", "only say what would become of it", false)
    .option("--watch", "follow the job to its end", false)
    .action(async (file: string | undefined, options: ServiceOption & OutputOption & SubmitOptions) => {
      const { submit } = await import("../commands/submit.ts");
      exit(await submit(await clientOf(options), file, options));
    });
  withOutput(
    withService(program.command("times").description("how times of visits are read where a job does not say it")),
  )
    .addOption(new Option("--dates <order>", "the order of dates like 03/04/2026").choices([...DATE_ORDERS, "none"]))
    .option("--time-zone <name>", "of times without an offset: Asia/Kolkata, or none")
    .action(async (options: TimesOptions & OutputOption) => {
      const { times } = await import("../commands/times.ts");
      exit(await times(options));
    });
  withOutput(withService(program.command("watch").description("follow a job to its end")))
    .addArgument(jobArgument())
    .action(async (jobId: number, options: WatchOptions) => exit(await watch(jobId, options)));
  withOutput(withService(program.command("status").description("print where a job stands")))
    .addArgument(jobArgument())
    .action(async (jobId: number, options: WatchOptions) => {
      const { status } = await import("../commands/status.ts");
      exit(await status(await clientOf(options), jobId, options));
    });
  withReport(withOutput(withService(program.command("results").description("print a job's results"))), "ndjson")
    .addArgument(jobArgument())
    .action(async (jobId: number, options: ReportOptions) => {
      const { results } = await import("../commands/results.ts");
      exit(await results(await clientOf(options), jobId, { ...options, format: formatOf(options, "ndjson") }));
    });
}

export type WatchOptions = ServiceOption & OutputOption;

export async function watch(jobId: number, options: WatchOptions): Promise<ExitCode> {
  const { watchJob } = await import("../commands/watch-job.ts");
  return await watchJob(await clientOf(options), jobId, options);
}

async function clientOf(option: ServiceOption): Promise<ServiceClient> {
  const { placeOf } = await import("../commands/connection.ts");
  const { createServiceClient } = await import("../commands/service-client.ts");
  return createServiceClient(await placeOf(option));
}
