/** Standard output carries data, standard error carries talk. */
import { basename } from "node:path";

export function printData(line: string): void {
  process.stdout.write(`${line}\n`);
}

export function say(line: string): void {
  process.stderr.write(`${line}\n`);
}

/** How to type a command here: the installed name, or through npm in a checkout. */
export function commandLine(command: string): string {
  const installed = basename(process.argv[1] ?? "") === "storewalk";
  return `${installed ? "storewalk" : "npm run -s storewalk --"} ${command}`;
}
