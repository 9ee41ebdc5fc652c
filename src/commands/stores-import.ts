/** `storewalk stores import FILE`: brings a store master into the ledger, all of it or nothing, each fault by its line. */

import { relative } from "node:path";
import { openLedger } from "../adapters.ts";
import type { Config } from "../config.ts";
import type { StoreLedger } from "../ledger/ledger.ts";
import { importStoreMaster } from "../stores/import-stores.ts";
import { CommandError, EXIT, type ExitCode } from "./exit-codes.ts";
import { openInput } from "./submit.ts";
import { say } from "./talk.ts";

export async function storesImport(config: Config, file: string): Promise<ExitCode> {
  const ledger = await openLedger(config);
  try {
    await importFile(ledger, file);
    return EXIT.ok;
  } finally {
    await ledger.close();
  }
}

/** Throws CommandError with every fault when the file is refused. */
export async function importFile(ledger: StoreLedger, file: string): Promise<void> {
  const report = await importStoreMaster({ ledger }, await openInput(file));
  const shown = file === "-" ? "standard input" : relative(process.cwd(), file);
  for (const { line, detail } of report.warnings) say(`${shown}, line ${line}: ${detail}`);
  if (report.kind === "refused") {
    const listed = report.problems.map(({ line, detail }) => `\n  line ${line}: ${detail}`).join("");
    const more = report.total > report.problems.length ? `\n  and ${report.total - report.problems.length} more` : "";
    throw new CommandError(EXIT.badData, `${shown} was not imported, nothing has changed:${listed}${more}`);
  }
  say(`${shown}: ${report.added} stores added, ${report.changed} changed, ${report.unchanged} unchanged.`);
}
