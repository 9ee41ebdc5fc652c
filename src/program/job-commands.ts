/** `storewalk jobs …` and `storewalk images …` as they are typed. */
import { type Command, Option } from "commander";
import { LIST_FORMATS, SUBMIT_FORMATS } from "../commands/choices.ts";
import { ERROR_CODE_NAMES } from "../domain/error-codes.ts";
import { JOB_STATUSES } from "../domain/job.ts";
import { DATE_ORDERS } from "../domain/visit-time.ts";
import { UNKNOWN_STORES } from "../intake/options.ts";
import {
  calendarDate,
  type Exit,
  jobArgument,
  numberFrom,
  severalOf,
  withList,
  withOutput,
  withService,
} from "./options.ts";
import { formatOf, type ReportOptions, withReport } from "./report-options.ts";
import { type WatchOptions, watch } from "./submission-commands.ts";

const load = () => import("../commands/jobs.ts");

export function addJobCommands(program: Command, exit: Exit): void {
  const jobs = program.command("jobs").description("lists of jobs, and what changes their course");
  const ofOne = (name: string, about: string) =>
    withOutput(withService(jobs.command(name).description(about))).addArgument(jobArgument());
  withList(withOutput(withService(jobs.command("list").description("jobs, newest first"))))
    .addOption(severalOf("--status <statuses>", "one or more with commas", JOB_STATUSES))
    .option("--store <id>", "with a visit of this store")
    .option("--area <area>", "with a visit of a store in this area")
    .option("--name, --external-id <id>", "with this name of your own")
    .addOption(new Option("--from <date>", "submitted on this UTC day or later").argParser(calendarDate))
    .addOption(new Option("--to <date>", "submitted on this UTC day or earlier").argParser(calendarDate))
    .action(async (options) => exit(await (await load()).listJobs(options)));
  ofOne("get", "where a job stands").action(async (jobId: number, options) =>
    exit(await (await load()).getJob(jobId, options)),
  );
  ofOne("watch", "follow a job to its end").action(async (jobId: number, options: WatchOptions) =>
    exit(await watch(jobId, options)),
  );
  for (const [verb, about] of [
    ["cancel", "end a job; what has a result keeps it"],
    ["pause", "hold a job back"],
    ["resume", "let a paused job go on"],
  ] as const) {
    ofOne(verb, about).action(async (jobId: number, options) =>
      exit(await (await load()).changeJob(verb, jobId, options)),
    );
  }
  ofOne("retry", "run failed images of a job again")
    .option("--failed", "all failed images, or those that the limits mean")
    .addOption(
      new Option(
        "--urls <file>",
        "a list of fresh URLs, CSV, XLSX or NDJSON, such as the report of failed images filled in; - reads standard input",
      ).conflicts(["failed", "code", "host", "store"]),
    )
    .addOption(
      new Option("--format <format>", "the list's format, when its ending does not tell").choices(LIST_FORMATS),
    )
    .addOption(new Option("--code <code...>", "only those that failed so").choices(ERROR_CODE_NAMES))
    .option("--host <host>", "only those of this host")
    .option("--store <id>", "only those of this store")
    .action(async (jobId: number, options) => exit(await (await load()).retryJob(jobId, options)));
  ofOne("delete", "delete a job that is over; within a day it can be restored").action(async (jobId: number, options) =>
    exit(await (await load()).deleteJob(jobId, options)),
  );
  ofOne("restore", "take the deletion of a job back").action(async (jobId: number, options) =>
    exit(await (await load()).restoreJob(jobId, options)),
  );
  withOutput(withService(jobs.command("deleted").description("deleted jobs that can be restored"))).action(
    async (options) => exit(await (await load()).listDeletedJobs(options)),
  );
  ofOne("add", "add visits to a job, which goes on with them or opens again; - reads standard input")
    .argument("<file>", "JSON, NDJSON, CSV or XLSX")
    .addOption(
      new Option("--format <format>", "the file's format, when its ending does not tell").choices(SUBMIT_FORMATS),
    )
    .option("--photos <folder>", "send the folder's files too; file:NAME in place of a URL names one")
    .addOption(new Option("--unknown-stores <what>", "their images fail, or nothing is added").choices(UNKNOWN_STORES))
    .option("--columns <list>", "which header means which column: store_id:Shop,image_url:Photo")
    .addOption(new Option("--dates <order>", "the order of dates like 03/04/2026").choices(DATE_ORDERS))
    .option("--dry-run", "only say what would become of it", false)
    .action(async (jobId: number, file: string, options) => exit(await (await load()).addToJob(jobId, file, options)));
  withReport(ofOne("export", "a job's report as a file"), "csv")
    .option("--bom", "a CSV begins with a byte order mark, which Excel needs for letters with accents", false)
    .option("--output <file>", "where to; standard output if not given")
    .action(async (jobId: number, options: ReportOptions & { readonly bom: boolean }) =>
      exit(await (await load()).exportJob(jobId, { ...options, format: formatOf(options, "csv") })),
    );

  const images = program.command("images").description("the images of a job");
  withList(withOutput(withService(images.command("list").description("images with their results"))))
    .addArgument(jobArgument())
    .addOption(new Option("--outcome <outcome>", "only with this outcome").choices(["pending", "measured", "failed"]))
    .addOption(new Option("--code <code>", "only those that failed so").choices(ERROR_CODE_NAMES))
    .option("--store <id>", "only of this store")
    .option("--host <host>", "only of this host")
    .addOption(new Option("--visit <no>", "only of this visit").argParser(numberFrom(0)))
    .action(async (jobId: number, options) => exit(await (await load()).listImages(jobId, options)));
}
