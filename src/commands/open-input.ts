/** A file that a command is given, or standard input: its bytes, and its format by its ending. */
import { createReadStream } from "node:fs";
import { stat } from "node:fs/promises";
import { extname } from "node:path";
import type { SubmitFormat } from "./choices.ts";
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

const FORMAT_OF_ENDING: Readonly<Record<string, SubmitFormat>> = {
  ".json": "json",
  ".ndjson": "ndjson",
  ".jsonl": "ndjson",
  ".csv": "csv",
  ".tsv": "csv",
  ".xlsx": "xlsx",
};

/** Of a submission. */
export const formatOf = (file: string): SubmitFormat => FORMAT_OF_ENDING[extname(file).toLowerCase()] ?? "json";
