/** What a dry run found out about a file, as data and in words. Must never say that anything was kept. */
import type { DryRun } from "../../sdk/src/client.ts";
import { EXIT, type ExitCode } from "./exit-codes.ts";
import { type OutputOption, printAnswer } from "./output.ts";
import { say, sayWarnings } from "./talk.ts";

/** What would become of it as data, what is wrong with it a line each. */
export function reportCheck(check: DryRun, farewell: string, output: OutputOption): ExitCode {
  printAnswer(check, null, output);
  for (const { pointer, detail } of check.problems) say(pointer === "" ? detail : `${pointer}: ${detail}`);
  const more = check.problems_total - check.problems.length;
  if (more > 0) say(`and ${more} more`);
  sayWarnings(check.warnings);
  if (!check.would_be_accepted) return EXIT.badData;
  say(`It would be accepted: ${check.visits} visits, ${check.images} images. ${farewell}`);
  return EXIT.ok;
}
