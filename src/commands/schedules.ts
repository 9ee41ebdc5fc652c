/** `storewalk schedules …`: jobs that repeat. */
import { basename } from "node:path";
import type { Operations } from "../../sdk/src/api-types.ts";
import type { ScheduleDryRun, Storewalk } from "../../sdk/src/client.ts";
import { isInBucket } from "../domain/bucket-address.ts";
import { counted } from "../domain/counted.ts";
import { sayOthers, sayPhotos } from "./bucket-listing.ts";
import { reportCheck } from "./check-report.ts";
import type { SubmitFormat } from "./choices.ts";
import { type ServiceOption, withClient } from "./connection.ts";
import { CommandError, EXIT, type ExitCode } from "./exit-codes.ts";
import { given } from "./jobs.ts";
import { openSubmission } from "./open-input.ts";
import { type Column, type OutputOption, printDone, printForPrograms, printOne, printRows } from "./output.ts";
import { contentOf } from "./service-client.ts";
import { say } from "./talk.ts";

type Output = ServiceOption & OutputOption;
type NewSchedule = Operations["createSchedule"]["body"];

const SCHEDULE: readonly Column[] = [
  ["id"],
  ["name"],
  ["cron"],
  ["time_zone", "time zone"],
  ["enabled"],
  ["next_run_at", "next run"],
  ["runs.0.outcome", "last run"],
  ["runs.0.job_id", "last job"],
  ["runs.0.error", "last error"],
];

export type SourceOptions = Output & {
  /** A URL, a bucket, or a file that is kept. */
  readonly from: string;
  readonly visits?: string;
  readonly everything: boolean;
  readonly format?: SubmitFormat;
};

export type RunOptions = Output & { readonly dryRun: boolean };

export type ScheduleOptions = SourceOptions & {
  readonly dryRun: boolean;
  readonly zone: string;
  readonly priority?: number;
  readonly inspect?: "off" | "quick" | "full";
  readonly externalId?: string;
};

type FromPlace = Pick<NewSchedule, "source" | "format">;

/** Sends what has to be kept. */
async function placed(client: Storewalk, { from, visits, everything, format }: SourceOptions): Promise<FromPlace> {
  if (isInBucket(from)) {
    if (visits === undefined) {
      const example = '--visits "{store}/{date}/{name}.jpg"';
      throw new CommandError(EXIT.usage, `a bucket needs --visits, which parts of a key are what: ${example}`);
    }
    if (format !== undefined) throw new CommandError(EXIT.usage, "--format is of a manifest, and a bucket is none");
    return { source: { from, visits, take: everything ? "all" : "new" } };
  }
  if (visits !== undefined || everything) {
    throw new CommandError(EXIT.usage, "--visits and --everything are about a bucket: name it with --from");
  }
  if (/^https?:\/\//.test(from)) return { source: { url: from }, ...given({ format }) };
  const opened = await openSubmission(from, format);
  const { file } = await client.schedules.keepFile({ type: opened.format, content: contentOf(opened.bytes) });
  return { source: { file, ...(from === "-" ? {} : { name: basename(from) }) }, format: opened.format };
}

export async function addSchedule(name: string, cron: string, options: ScheduleOptions): Promise<ExitCode> {
  const chosen = given({ priority: options.priority, inspect: options.inspect, external_id: options.externalId });
  return await withClient(options, async (client) => {
    const place = await placed(client, options);
    const schedule = { name, cron, time_zone: options.zone, ...place, options: chosen };
    if (options.dryRun) return tellTrial(await client.schedules.check(schedule), options);
    printOne(await client.schedules.create(schedule), SCHEDULE, options);
    return EXIT.ok;
  });
}

export async function moveSchedule(id: number, options: SourceOptions): Promise<ExitCode> {
  await withClient(options, async (client) =>
    printOne(await client.schedules.change(id, await placed(client, options)), SCHEDULE, options),
  );
  return EXIT.ok;
}

export async function listSchedules(options: Output): Promise<ExitCode> {
  await withClient(options, async (client) =>
    printRows(await client.schedules.list(), SCHEDULE, options, "There are no schedules."),
  );
  return EXIT.ok;
}

export async function runSchedule(id: number, options: RunOptions): Promise<ExitCode> {
  return await withClient(options, async (client) => {
    if (options.dryRun) return tellTrial(await client.schedules.checkRun(id), options);
    printOne(await client.schedules.run(id), SCHEDULE, options);
    return EXIT.ok;
  });
}

/** What a run now would come to, and when the next ones are. */
function tellTrial(trial: ScheduleDryRun, output: OutputOption): ExitCode {
  printForPrograms(trial, output);
  const { check, listing, wanted, next_runs: times, outcome, error } = trial;
  const [first, ...later] = times;
  const afterwards = later.length === 0 ? "" : `, then at ${later.join(", ")}`;
  say(first === undefined ? "It is off, and runs at no time." : `It runs next at ${first}${afterwards}.`);
  if (listing !== null) {
    sayPhotos(listing);
    say(`${counted(listing.keys, "key")} in the bucket, ${listing.matched} of the pattern, ${wanted} to be taken.`);
    sayOthers(listing);
  }
  if (outcome === "nothing_new") say("Run now it would find nothing new. Nothing was submitted.");
  else if (check !== null) return reportCheck(check, "Nothing was submitted.", {});
  else say(`Run now it would fail: ${error}`);
  return outcome === "failed" ? EXIT.badData : EXIT.ok;
}

export async function switchSchedule(id: number, enabled: boolean, options: Output): Promise<ExitCode> {
  await withClient(options, async (client) =>
    printOne(await client.schedules.change(id, { enabled }), SCHEDULE, options),
  );
  return EXIT.ok;
}

export async function removeSchedule(id: number, options: ServiceOption & OutputOption): Promise<ExitCode> {
  await withClient(options, (client) => client.schedules.remove(id));
  printDone({ id, removed: true }, `Schedule ${id} is removed; its jobs stay.`, options);
  return EXIT.ok;
}
