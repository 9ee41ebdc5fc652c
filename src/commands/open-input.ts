/** The bytes of a file that a command is given, or of standard input. */
import { createReadStream } from "node:fs";
import { stat } from "node:fs/promises";
import { CommandError, EXIT } from "./exit-codes.ts";

/** A file's bytes, or standard input's for `-`. */
export async function openInput(file: string): Promise<AsyncIterable<Uint8Array>> {
  if (file === "-") return process.stdin;
  const found = await stat(file).catch((cause: unknown) => {
    throw new CommandError(EXIT.noInput, `there is no file ${file}`, { cause });
  });
  if (!found.isFile()) throw new CommandError(EXIT.noInput, `${file} is not a file`);
  return createReadStream(file);
}
