/** `storewalk stores import FILE`: brings a store master into the ledger, all of it or nothing, each fault by its line. */

import { relative } from "node:path";
import { ledgerPath } from "../app.ts";
import type { StoreLedger } from "../ledger/ledger.ts";
import { makeFolder } from "../ledger/sqlite/folder-lock.ts";
import { openThreadedLedger } from "../ledger/sqlite/threaded-ledger.ts";
import { importStoreMaster } from "../stores/import-stores.ts";
import { CommandError, EXIT, type ExitCode } from "./exit-codes.ts";
import { openInput } from "./submit.ts";
import { say } from "./talk.ts";

export async function storesImport(dataDir: string, file: string): Promise<ExitCode> {
  makeFolder(dataDir);
  const ledger = await openThreadedLedger(ledgerPath(dataDir));
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
