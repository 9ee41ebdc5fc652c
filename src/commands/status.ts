/** `storewalk status JOB`: where a job stands. */
import { EXIT, type ExitCode } from "./exit-codes.ts";
import { JOB_IN_FULL } from "./jobs.ts";
import { type OutputOption, printOne } from "./output.ts";
import type { ServiceClient } from "./service-client.ts";

export async function status(client: ServiceClient, jobId: number, output: OutputOption): Promise<ExitCode> {
  printOne(await client.status(jobId), JOB_IN_FULL, output);
  return EXIT.ok;
}
