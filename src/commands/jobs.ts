/** `storewalk jobs …` and `storewalk images …`: lists, and what changes a job's course. */
import type { Job, JobWithAdded } from "../../sdk/src/client.ts";
import { counted } from "../domain/counted.ts";
import type { ErrorCode } from "../domain/error-codes.ts";
import type { DateOrder } from "../domain/visit-time.ts";
import type { ReportFormat } from "../reports/report-formats.ts";
import { commandLine } from "../settings/config.ts";
import { reportCheck } from "./check-report.ts";
import type { ListFormat, SubmitFormat } from "./choices.ts";
import { type ServiceOption, withClient } from "./connection.ts";
import { CommandError, EXIT, type ExitCode } from "./exit-codes.ts";
import { type ListOption, printList } from "./list.ts";
import { openList, openSubmission } from "./open-input.ts";
import { type Column, type OutputOption, printOne, printRows } from "./output.ts";
import { photosIn } from "./photo-files.ts";
import { refuseWorkbookOnTerminal, saveAnswer } from "./save-answer.ts";
import { say, sayWarnings } from "./talk.ts";

type Output = ServiceOption & OutputOption;

const JOB: readonly Column[] = [
  ["job_id", "job"],
  ["status"],
  ["counts.images", "images"],
  ["counts.done", "done"],
  ["counts.failed", "failed"],
  ["run"],
  ["external_id", "name"],
  ["created_at", "submitted"],
];
export const JOB_IN_FULL: readonly Column[] = [
  ...JOB,
  ["metadata", "labels"],
  ["priority"],
  ["images_per_second", "images a second"],
  ["eta_seconds", "seconds left"],
  ["failures_by_code", "failures"],
];
const IMAGE: readonly Column[] = [
  ["image"],
  ["store_id", "store"],
  ["outcome"],
  ["perimeter"],
  ["code"],
  ["image_url", "url"],
];

export type JobsFilter = {
  readonly status?: string;
  readonly store?: string;
  readonly area?: string;
  readonly externalId?: string;
  /** Days, both included. */
  readonly from?: string;
  readonly to?: string;
};

export type ImagesFilter = {
  readonly outcome?: "pending" | "measured" | "failed";
  readonly code?: ErrorCode;
  readonly store?: string;
  readonly host?: string;
  readonly visit?: number;
};

export type RetryLimits = { readonly code?: readonly ErrorCode[]; readonly host?: string; readonly store?: string };

export async function listJobs(options: Output & ListOption & JobsFilter): Promise<ExitCode> {
  const { status, store, area, externalId, from, to } = options;
  const filter = given({
    status,
    store_id: store,
    area,
    external_id: externalId,
    created_after: from && startOf(from),
    created_before: to && startOf(to, 1),
  });
  const none =
    Object.keys(filter).length === 0
      ? `There are no jobs yet. The first: ${commandLine("submit FILE")}`
      : "There are no such jobs.";
  await withClient(options, (client) => printList(client.jobs.list(filter), JOB, options, { none }));
  return EXIT.ok;
}

/** The instant at which a UTC day begins, or one so many days later. */
function startOf(date: string, daysLater = 0): string {
  return new Date(Date.parse(date) + daysLater * 86_400_000).toISOString();
}

export async function getJob(jobId: number, options: Output): Promise<ExitCode> {
  await withClient(options, async (client) => show(await client.jobs.get(jobId), options));
  return EXIT.ok;
}

export async function changeJob(
  verb: "cancel" | "pause" | "resume",
  jobId: number,
  options: Output,
): Promise<ExitCode> {
  await withClient(options, async (client) => show(await client.jobs[verb](jobId), options));
  return EXIT.ok;
}

export type AddOptions = {
  readonly format?: SubmitFormat;
  /** A folder. */
  readonly photos?: string;
  readonly unknownStores?: "fail" | "reject";
  readonly columns?: string;
  readonly dates?: DateOrder;
  readonly dryRun: boolean;
};

export async function addToJob(jobId: number, file: string, options: Output & AddOptions): Promise<ExitCode> {
  const photos = options.photos === undefined ? undefined : await photosIn(options.photos);
  const { format, bytes } = await openSubmission(file, options.format);
  const visits = { type: format, content: ReadableStream.from(bytes) };
  const { unknownStores, columns, dates } = options;
  const choices = given({ unknown_stores: unknownStores, columns, dates, photos });
  return await withClient(options, async (client) => {
    if (options.dryRun) {
      return reportCheck(await client.jobs.dryRunVisits(jobId, visits, choices), "Nothing was added.", options);
    }
    const { warnings, added, ...job } = await client.jobs.addVisits(jobId, visits, choices);
    sayWarnings(warnings);
    if (added !== null) say(sentenceOf(added));
    show(job, options);
    return EXIT.ok;
  });
}

function sentenceOf({ visits, images, already_there: known }: NonNullable<JobWithAdded["added"]>): string {
  const were = (count: number) => (count === 1 ? "was" : "were");
  const left = known === 0 ? "" : ` ${counted(known, "visit")} ${were(known)} there already.`;
  return `${counted(visits, "visit")} with ${counted(images, "image")} ${were(visits)} added.${left}`;
}

export async function deleteJob(jobId: number, options: Output): Promise<ExitCode> {
  await withClient(options, async (client) => {
    const deletion = await client.jobs.delete(jobId);
    printOne(
      deletion,
      [
        ["job_id", "job"],
        ["restorable_until", "restorable until"],
      ],
      options,
    );
    say(`Job ${jobId} is deleted. Until then it comes back with: ${commandLine(`jobs restore ${jobId}`)}`);
  });
  return EXIT.ok;
}

export async function restoreJob(jobId: number, options: Output): Promise<ExitCode> {
  await withClient(options, async (client) => show(await client.jobs.restore(jobId), options));
  return EXIT.ok;
}

const DELETED: readonly Column[] = [
  ["job_id", "job"],
  ["status"],
  ["counts.images", "images"],
  ["external_id", "name"],
  ["restorable_until", "restorable until"],
];

export async function listDeletedJobs(options: Output): Promise<ExitCode> {
  await withClient(options, async (client) =>
    printRows(await client.jobs.deleted(), DELETED, options, "There are no deleted jobs."),
  );
  return EXIT.ok;
}

/** Of all failed images, or those that the limits mean, or those of a list of fresh URLs. */
export type RetryOptions = RetryLimits & {
  readonly failed?: boolean;
  /** A file, or - for standard input. */
  readonly urls?: string;
  readonly format?: ListFormat;
};

export async function retryJob(jobId: number, options: Output & RetryOptions): Promise<ExitCode> {
  const { code, host, store, urls, failed } = options;
  if (urls !== undefined) return await retryAtFreshUrls(jobId, urls, options);
  if (failed !== true) {
    throw new CommandError(
      EXIT.usage,
      "say which images are meant: --failed, or --urls FILE for those with a fresh URL",
    );
  }
  const limits = given({ codes: code, host, store_id: store });
  await withClient(options, async (client) => show(await client.jobs.retry(jobId, limits), options));
  return EXIT.ok;
}

async function retryAtFreshUrls(jobId: number, file: string, options: Output & RetryOptions): Promise<ExitCode> {
  const { format, bytes } = await openList(file, options.format);
  const list = { type: format, content: ReadableStream.from(bytes) };
  await withClient(options, async (client) => {
    const { warnings, ...job } = await client.jobs.retryAtFreshUrls(jobId, list);
    sayWarnings(warnings);
    show(job, options);
  });
  return EXIT.ok;
}

/** To a file, or to standard output. */
export async function exportJob(
  jobId: number,
  options: ServiceOption & {
    readonly format: ReportFormat;
    readonly failed: boolean;
    readonly bom: boolean;
    readonly output?: string;
  },
): Promise<ExitCode> {
  const { format, failed, bom, output } = options;
  refuseWorkbookOnTerminal(format, output);
  await withClient(options, async (client) => {
    const which = { ...(failed ? { outcome: "failed" as const } : {}), ...(bom ? { bom: 1 } : {}) };
    await saveAnswer(await client.jobs.report(jobId, { format, ...which }), output, `the report of job ${jobId}`);
  });
  return EXIT.ok;
}

export async function listImages(jobId: number, options: Output & ListOption & ImagesFilter): Promise<ExitCode> {
  const { outcome, code, store, host, visit } = options;
  const filter = given({ outcome, code, store_id: store, host, visit });
  const none = `Job ${jobId} has no such images.`;
  await withClient(options, (client) => printList(client.jobs.images(jobId, filter), IMAGE, options, { none }));
  return EXIT.ok;
}

function show(job: Job, output: OutputOption): void {
  printOne(job, JOB_IN_FULL, output);
}

/** Without what was not given. */
export function given<T extends object>(values: T): { [K in keyof T]?: Exclude<T[K], undefined> } {
  const kept = { ...values };
  for (const name in kept) if (kept[name] === undefined) delete kept[name];
  return kept;
}
