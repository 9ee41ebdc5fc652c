/** What is told of a job that was just accepted, and its end where it is watched. */
import type { JobWithWarnings } from "../../sdk/src/client.ts";
import { commandLine } from "../settings/config.ts";
import { EXIT, type ExitCode } from "./exit-codes.ts";
import { isForPeople, type OutputOption } from "./output.ts";
import type { ServiceClient } from "./service-client.ts";
import { printData, say, sayWarnings } from "./talk.ts";
import { watchJob } from "./watch-job.ts";

type Accepted = { readonly jobId: number; readonly warnings: JobWithWarnings["warnings"] };

export async function tellAccepted(
  client: ServiceClient,
  { jobId, warnings }: Accepted,
  options: OutputOption & { readonly watch: boolean },
): Promise<ExitCode> {
  if (isForPeople(options)) printData(String(jobId));
  // Of a job that is watched, its end is the one answer.
  else if (!options.watch) printData(JSON.stringify({ job_id: jobId, warnings }));
  sayWarnings(warnings);
  if (options.watch) return await watchJob(client, jobId, options);
  say(`Job ${jobId} is accepted. Watch it with: ${commandLine(`watch ${jobId}`)}`);
  return EXIT.ok;
}
