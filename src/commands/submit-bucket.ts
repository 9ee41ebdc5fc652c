/** `storewalk submit --from BUCKET --visits PATTERN`: a job of what is in a bucket, or a look at what it would be. The service lists the bucket. */
import type { BucketDryRun } from "../../sdk/src/client.ts";
import { tellAccepted } from "./accepted-job.ts";
import { reportCheck } from "./check-report.ts";
import { CommandError, EXIT, type ExitCode } from "./exit-codes.ts";
import { type OutputOption, printForPrograms } from "./output.ts";
import type { ServiceClient } from "./service-client.ts";
import { jobOptions, type SubmitOptions } from "./submit-options.ts";
import { say } from "./talk.ts";

type Listing = BucketDryRun["listing"];

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
  for (const { store_id, visit_time, name, image_url } of listing.first) {
    say(`${store_id}  ${visit_time}  ${name ?? "-"}  ${image_url}`);
  }
  if (listing.matched > listing.first.length) say(`and ${listing.matched - listing.first.length} more`);
  sayOthers(listing);
  return reportCheck(check, "Nothing was submitted.", {});
}

function sayOthers({ keys, matched, first_others: others }: Listing): void {
  const left = keys - matched;
  if (left === 0) return;
  say(`${left} of ${keys} keys are left out:`);
  for (const { key, why } of others) say(`  ${key}: ${why}`);
  if (left > others.length) say(`  and ${left - others.length} more`);
}
