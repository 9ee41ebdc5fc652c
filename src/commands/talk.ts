/** Standard output carries data, standard error carries talk. */
import { EXIT } from "./exit-codes.ts";
import { READING_WORDS, type Said, spoken } from "./spoken.ts";

/**
 * From here on a lost standard output ends the program at once: quietly when its reader has what it wanted (`… | head`), with a
 * sentence when the disk is full. Talk that nobody hears ends nothing.
 */
export function watchOutput(): void {
  process.stdout.on("error", (error: NodeJS.ErrnoException) => {
    if (error.code === "EPIPE") process.exit(EXIT.ok);
    say(`storewalk: standard output cannot be written: ${error.message}`);
    process.exit(EXIT.outputLost);
  });
  process.stderr.on("error", () => {});
}

export function printData(line: string): void {
  process.stdout.write(`${line}\n`);
}

export function say(line: string): void {
  process.stderr.write(`${line}\n`);
}

/** What is taken all the same and may fail later. */
export function sayWarnings(warnings: readonly Said[]): void {
  for (const warning of warnings) say(`warning: ${spoken(warning, READING_WORDS)}`);
}
