/** `storewalk submit FILE|-`: sends a job to the service as a stream, whatever its size, or has it only checked. */
import type { DryRun } from "../../sdk/src/client.ts";
import type { DateOrder } from "../domain/visit-time.ts";
import type { UnreadTimes } from "../intake/visit-times.ts";
import type { SubmitFormat } from "./choices.ts";
import { EXIT, type ExitCode } from "./exit-codes.ts";
import { given } from "./jobs.ts";
import { formatOf, openInput } from "./open-input.ts";
import { photosIn } from "./photo-files.ts";
import type { ServiceClient } from "./service-client.ts";
import { commandLine, printData, say, sayWarnings } from "./talk.ts";
import { watchJob } from "./watch-job.ts";

export type SubmitOptions = {
  readonly watch: boolean;
  readonly format?: SubmitFormat;
  /** A folder. */
  readonly photos?: string;
  readonly dryRun: boolean;
  readonly externalId?: string;
  readonly metadata?: Readonly<Record<string, string>>;
  readonly priority?: number;
  readonly unknownStores?: "fail" | "reject";
  readonly integrity?: "header" | "complete" | "decode";
  readonly inspect?: "off" | "quick" | "full";
  readonly callbackUrl?: string;
  readonly columns?: string;
  readonly dates?: DateOrder;
  readonly unreadTimes?: UnreadTimes;
};

export async function submit(client: ServiceClient, file: string, options: SubmitOptions): Promise<ExitCode> {
  const format = options.format ?? formatOf(file);
  const submission = { format, bytes: await openInput(file), options: jobOptions(options) };
  if (options.dryRun) return report(await client.check(submission));
  const { jobId, warnings } = await client.submit({
    ...submission,
    photos: options.photos === undefined ? undefined : await photosIn(options.photos),
  });
  printData(String(jobId));
  sayWarnings(warnings);
  if (options.watch) return await watchJob(client, jobId);
  say(`Job ${jobId} is accepted. Watch it with: ${commandLine(`watch ${jobId}`)}`);
  return EXIT.ok;
}

function jobOptions(options: SubmitOptions) {
  const { externalId, metadata, priority, unknownStores, integrity, inspect, callbackUrl } = options;
  return given({
    columns: options.columns,
    dates: options.dates,
    unread_times: options.unreadTimes,
    external_id: externalId,
    metadata,
    priority,
    unknown_stores: unknownStores,
    integrity,
    inspect,
    callback_url: callbackUrl,
  });
}

/** What would become of it as data, what is wrong with it a line each. */
function report(check: DryRun): ExitCode {
  printData(JSON.stringify(check));
  for (const { pointer, detail } of check.problems) say(pointer === "" ? detail : `${pointer}: ${detail}`);
  const more = check.problems_total - check.problems.length;
  if (more > 0) say(`and ${more} more`);
  sayWarnings(check.warnings);
  if (!check.would_be_accepted) return EXIT.badData;
  say(`It would be accepted: ${check.visits} visits, ${check.images} images. Nothing was submitted.`);
  return EXIT.ok;
}
