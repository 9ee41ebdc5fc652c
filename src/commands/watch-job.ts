/** Follows a job to its end. Ctrl-C stops the watching and never the job; a service that is restarted is waited for. */
import { setTimeout as sleep } from "node:timers/promises";
import type { Job } from "../../sdk/src/client.ts";
import { isTerminal } from "../domain/job.ts";
import { commandLine } from "../settings/config.ts";
import { CommandError, EXIT, type ExitCode } from "./exit-codes.ts";
import { type OutputOption, printForPrograms } from "./output.ts";
import { createProgress } from "./progress.ts";
import type { ServiceClient } from "./service-client.ts";
import { printData, say } from "./talk.ts";

const POLL_MS = 500;
/** A restart takes a few seconds; a service that stays away longer is away. */
const AWAY_MS = 20_000;

/**
 * `storewalk watch JOB`: shows progress until the job is over, with `--json` prints its last status, with `--ndjson` each one, and says by the exit code
 * how it went.
 */
export async function watchJob(client: ServiceClient, jobId: number, output: OutputOption): Promise<ExitCode> {
  const status = await followJob(client, jobId, (seen) => {
    if (output.ndjson && !isTerminal(seen.status)) printData(JSON.stringify(seen));
  });
  if (!status) return EXIT.interrupted;
  printForPrograms(status, output);
  if (status.status === "cancelled") return EXIT.cancelled;
  return status.counts.failed > 0 ? EXIT.imagesFailed : EXIT.ok;
}

/** Shows progress and sums up how the job ended; nothing when Ctrl-C came first. */
export async function followJob(
  client: ServiceClient,
  jobId: number,
  onStatus: (status: Job) => void = () => {},
): Promise<Job | null> {
  const interrupted = new AbortController();
  const interrupt = () => interrupted.abort();
  // Stays for good: npm passes on a Ctrl-C that the terminal has sent already, and the second must not kill the farewell.
  process.on("SIGINT", interrupt);
  const progress = createProgress({ terminal: process.stderr.isTTY ? process.stderr : null, now: Date.now });
  try {
    for await (const status of statuses(client, jobId, interrupted.signal)) {
      progress.show(status);
      onStatus(status);
      if (!isTerminal(status.status)) continue;
      progress.end();
      sumUp(status);
      return status;
    }
    progress.end();
    say(`Stopped watching; job ${jobId} goes on. Watch it again with: ${commandLine(`watch ${jobId}`)}`);
    return null;
  } finally {
    progress.end();
  }
}

async function* statuses(client: ServiceClient, jobId: number, signal: AbortSignal): AsyncIterable<Job> {
  let answered = false;
  let awaySince: number | null = null;
  while (!signal.aborted) {
    try {
      yield await client.status(jobId);
      answered = true;
      awaySince = null;
    } catch (error) {
      if (!answered || !(error instanceof CommandError) || error.exitCode !== EXIT.serviceAway) throw error;
      if (awaySince === null) say(`The service at ${client.url} does not answer; waiting for it …`);
      awaySince ??= Date.now();
      if (Date.now() - awaySince > AWAY_MS) throw error;
    }
    await sleep(POLL_MS, undefined, { signal }).catch(() => {});
  }
}

function sumUp(status: Job): void {
  const { images, succeeded, failed } = status.counts;
  say(`Job ${status.job_id} is ${status.status}: ${succeeded} of ${images} images measured, ${failed} failed.`);
  for (const [code, count] of Object.entries(status.failures_by_code)) say(`  ${String(count).padStart(6)} × ${code}`);
  if (failed > 0) say(`Each cause: ${commandLine(`results ${status.job_id} --failed --format csv`)}`);
}
