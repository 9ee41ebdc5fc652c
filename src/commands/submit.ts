/** `storewalk submit FILE|-`: sends a job to the service as a stream, whatever its size. */
import { createReadStream } from "node:fs";
import { stat } from "node:fs/promises";
import { extname } from "node:path";
import { CommandError, EXIT, type ExitCode } from "./exit-codes.ts";
import { photosIn } from "./photo-files.ts";
import type { ServiceClient } from "./service-client.ts";
import { commandLine, printData, say } from "./talk.ts";
import { watchJob } from "./watch-job.ts";

const FORMAT_OF_ENDING: Readonly<Record<string, (typeof SUBMIT_FORMATS)[number]>> = {
  ".json": "json",
  ".ndjson": "ndjson",
  ".jsonl": "ndjson",
  ".csv": "csv",
};
export const SUBMIT_FORMATS = ["json", "ndjson", "csv"] as const;

export type SubmitOptions = {
  readonly watch: boolean;
  readonly format?: (typeof SUBMIT_FORMATS)[number];
  /** A folder. */
  readonly photos?: string;
};

export async function submit(client: ServiceClient, file: string, options: SubmitOptions): Promise<ExitCode> {
  const format = options.format ?? FORMAT_OF_ENDING[extname(file).toLowerCase()] ?? "json";
  const jobId = await client.submit({
    format,
    bytes: await openInput(file),
    photos: options.photos === undefined ? undefined : await photosIn(options.photos),
  });
  printData(String(jobId));
  if (options.watch) return await watchJob(client, jobId);
  say(`Job ${jobId} is accepted. Watch it with: ${commandLine(`watch ${jobId}`)}`);
  return EXIT.ok;
}

/** A file's bytes, or standard input's for `-`. */
export async function openInput(file: string): Promise<AsyncIterable<Uint8Array>> {
  if (file === "-") return process.stdin;
  const found = await stat(file).catch((cause: unknown) => {
    throw new CommandError(EXIT.noInput, `there is no file ${file}`, { cause });
  });
  if (!found.isFile()) throw new CommandError(EXIT.noInput, `${file} is not a file`);
  return createReadStream(file);
}
