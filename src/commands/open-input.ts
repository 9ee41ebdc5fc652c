/** A file that a command is given, or standard input: its bytes, and what it is by its ending or, where that does not tell, by its first bytes. */
import { once } from "node:events";
import { constants, createReadStream, openAsBlob } from "node:fs";
import { access, stat } from "node:fs/promises";
import { extname } from "node:path";
import { withHead } from "../table/with-head.ts";
import type { ListFormat, SubmitFormat } from "./choices.ts";
import { CommandError, EXIT } from "./exit-codes.ts";
import { reading } from "./file-fault.ts";
import { type Sniffed, sniffFormat } from "./sniff-format.ts";
import { say } from "./talk.ts";

type Bytes = AsyncIterable<Uint8Array>;

const HEAD_BYTES = 16_384;

/** A file's bytes, or standard input's for `-`. Whatever can be read may be named, pipes too. */
export async function openInput(file: string): Promise<Bytes> {
  if (file === "-") return process.stdin;
  await refuseFolder(file);
  const stream = createReadStream(file);
  await reading(file, () => once(stream, "open"));
  return stream;
}

/** A file that is whole, to be read when it is sent. Node itself says of one that cannot be read only that it cannot. */
export async function openBlob(file: string): Promise<Blob> {
  await refuseFolder(file);
  await reading(file, () => access(file, constants.R_OK));
  return await openAsBlob(file);
}

async function refuseFolder(file: string): Promise<void> {
  if ((await reading(file, () => stat(file))).isDirectory())
    throw new CommandError(EXIT.noInput, `${file} is a folder; name a file`);
}

const FORMAT_OF_ENDING: Readonly<Record<string, SubmitFormat>> = {
  ".json": "json",
  ".ndjson": "ndjson",
  ".jsonl": "ndjson",
  ".csv": "csv",
  ".tsv": "csv",
  ".xlsx": "xlsx",
};

/** A submission's bytes with its format: the one that was said, that of its ending, or what it looks like. */
export async function openSubmission(
  file: string,
  said: SubmitFormat | undefined,
): Promise<{ readonly format: SubmitFormat; readonly bytes: Bytes }> {
  const bytes = await openInput(file);
  const known = said ?? FORMAT_OF_ENDING[extname(file).toLowerCase()];
  if (known !== undefined) return { format: known, bytes };
  const { head, all } = await withHead(bytes, HEAD_BYTES);
  const format = formatFrom(sniffFormat(head), file === "-" ? "standard input" : file);
  if (file !== "-") say(`${file} looks like ${format.toUpperCase()} and is read so; --format says otherwise.`);
  return { format, bytes: all };
}

/** A list's bytes with its format. A table that is not told from another is sent as CSV: the service looks at its bytes. */
export async function openList(
  file: string,
  said: ListFormat | undefined,
): Promise<{ readonly format: ListFormat; readonly bytes: Bytes }> {
  const bytes = await openInput(file);
  const known = said ?? FORMAT_OF_ENDING[extname(file).toLowerCase()];
  if (known !== undefined && known !== "json") return { format: known, bytes };
  const { head, all } = await withHead(bytes, HEAD_BYTES);
  const sniffed = sniffFormat(head);
  if (sniffed === "xlsx") return { format: sniffed, bytes: all };
  return { format: sniffed === "json" || sniffed === "ndjson" ? "ndjson" : "csv", bytes: all };
}

function formatFrom(sniffed: Sniffed, name: string): SubmitFormat {
  switch (sniffed) {
    case "old-workbook":
      throw unreadable(`${name} is a workbook of old Excel (.xls), or one with a password; save it as .xlsx or CSV`);
    case "page":
      throw unreadable(
        `${name} is a web page, whatever it is called; open it in a spreadsheet and save it as .xlsx or CSV`,
      );
    case "empty":
      throw unreadable(`${name} is empty`);
    case "unknown":
      throw new CommandError(
        EXIT.usage,
        `it cannot be told what ${name} is: it looks like no JSON, table or workbook; say it with --format`,
      );
    default:
      return sniffed;
  }
}

const unreadable = (sentence: string) => new CommandError(EXIT.badData, sentence);
