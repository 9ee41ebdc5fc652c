/** `storewalk submit FILE|-`: sends a job to the service as a stream, whatever its size, or has it only checked. */
import { tellAccepted } from "./accepted-job.ts";
import { reportCheck } from "./check-report.ts";
import { CommandError, EXIT, type ExitCode } from "./exit-codes.ts";
import { openSubmission } from "./open-input.ts";
import type { OutputOption } from "./output.ts";
import { photosIn } from "./photo-files.ts";
import type { ServiceClient } from "./service-client.ts";
import { submitBucket } from "./submit-bucket.ts";
import { jobOptions, type SubmitOptions } from "./submit-options.ts";

/** Exactly one of a file and a bucket is submitted. */
export async function submit(
  client: ServiceClient,
  file: string | undefined,
  options: SubmitOptions & OutputOption,
): Promise<ExitCode> {
  const { from } = options;
  if ((file === undefined) === (from === undefined)) {
    throw new CommandError(EXIT.usage, "name one of the two: a file, or a bucket with --from");
  }
  if (from !== undefined) return await submitBucket(client, from, options);
  return await submitFile(client, file ?? "", options);
}

async function submitFile(
  client: ServiceClient,
  file: string,
  options: SubmitOptions & OutputOption,
): Promise<ExitCode> {
  if (options.visits !== undefined)
    throw new CommandError(EXIT.usage, "--visits is about a bucket: name it with --from");
  const photos = options.photos === undefined ? undefined : await photosIn(options.photos);
  const submission = { ...(await openSubmission(file, options.format)), options: jobOptions(options) };
  if (options.dryRun) {
    return reportCheck(await client.check({ ...submission, photos }), "Nothing was submitted.", options);
  }
  const job = await client.submit({ ...submission, photos });
  return await tellAccepted(client, job, options);
}
