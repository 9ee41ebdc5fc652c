/** A file that the service answers, as it comes: into a file of this machine, or to standard output. Must never hold it. */
import { createWriteStream } from "node:fs";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { writing } from "./file-fault.ts";
import { refuseTerminal } from "./output.ts";
import { say } from "./talk.ts";

/** Before anything is asked: a workbook is nothing for a terminal. */
export function refuseWorkbookOnTerminal(format: string, output: string | undefined): void {
  if (format === "xlsx" && output === undefined) refuseTerminal("say where to: --output FILE");
}

/** `what` is in the file, for people. */
export async function saveAnswer({ body }: Response, output: string | undefined, what: string): Promise<void> {
  const pieces = Readable.from(body ?? []);
  if (output === undefined) return await pipeline(pieces, process.stdout, { end: false });
  await writing(output, () => pipeline(pieces, createWriteStream(output)));
  say(`${output} has ${what}.`);
}
