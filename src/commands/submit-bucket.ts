/** `storewalk submit --from BUCKET --visits PATTERN`: a job of what is in a bucket, or a look at what it would be. The service lists the bucket. */
import type { BucketDryRun } from "../../sdk/src/client.ts";
import { tellAccepted } from "./accepted-job.ts";
import { sayOthers, sayPhotos } from "./bucket-listing.ts";
import { reportCheck } from "./check-report.ts";
import { CommandError, EXIT, type ExitCode } from "./exit-codes.ts";
import { type OutputOption, printForPrograms } from "./output.ts";
import type { ServiceClient } from "./service-client.ts";
import { jobOptions, type SubmitOptions } from "./submit-options.ts";

/** Of a file, which a bucket is not. */
const FILE_OPTIONS = ["format", "photos", "columns"] as const;

export async function submitBucket(
  client: ServiceClient,
  from: string,
  { visits, ...options }: SubmitOptions & OutputOption,
): Promise<ExitCode> {
  const odd = FILE_OPTIONS.filter((name) => options[name] !== undefined).map((name) => `--${name}`);
  if (odd.length > 0)
    throw new CommandError(EXIT.usage, `${odd.join(" and ")} cannot stand beside --from: a bucket is no file`);
  if (visits === undefined) {
    const example = '--visits "{store}/{date}/{name}.jpg"';
    throw new CommandError(EXIT.usage, `--from needs --visits, which parts of a key are what: ${example}`);
  }
  const submission = { from, visits, options: jobOptions(options) };
  if (options.dryRun) return report(await client.checkBucket(submission), options);
  const { listing, ...job } = await client.submitBucket(submission);
  if (listing) sayOthers(listing);
  return await tellAccepted(client, job, options);
}

function report({ check, listing }: BucketDryRun, output: OutputOption): ExitCode {
  printForPrograms({ check, listing }, output);
  sayPhotos(listing);
  sayOthers(listing);
  return reportCheck(check, "Nothing was submitted.", {});
}
