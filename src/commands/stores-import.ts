/** `storewalk stores import FILE`: brings a store master into the ledger, all of it or nothing, each fault by its line. */

import { relative } from "node:path";
import { openLedger } from "../adapters.ts";
import type { Config } from "../config.ts";
import { plainText } from "../domain/plain-text.ts";
import type { Store } from "../domain/store.ts";
import type { StoreLedger } from "../ledger/store-ledger.ts";
import { compareStoreMaster, importStoreMaster, type StoreImport } from "../stores/import-stores.ts";
import { CommandError, EXIT, type ExitCode } from "./exit-codes.ts";
import { openInput } from "./submit.ts";
import { printData, say } from "./talk.ts";

export async function storesImport(
  config: Config,
  file: string,
  options: { readonly diff: boolean },
): Promise<ExitCode> {
  const ledger = await openLedger(config);
  try {
    if (options.diff) await compareFile(ledger, file);
    else await importFile(ledger, file);
    return EXIT.ok;
  } finally {
    await ledger.close();
  }
}

/** Throws CommandError with every fault when the file is refused. */
export async function importFile(ledger: StoreLedger, file: string): Promise<void> {
  const { added, changed, unchanged } = accepted(await importStoreMaster({ ledger }, await openInput(file)), file);
  say(`${shownName(file)}: ${added} stores added, ${changed} changed, ${unchanged} unchanged.`);
}

/** Prints what an import would change, a line a store: + is new, - and + what it was and will be. */
async function compareFile(ledger: StoreLedger, file: string): Promise<void> {
  const { added, changed, unchanged, changes } = accepted(
    await compareStoreMaster({ ledger }, await openInput(file)),
    file,
  );
  for (const change of changes) {
    if (change.kind === "changed") printData(`- ${lineOf(change.before)}`);
    printData(`+ ${lineOf(change.store)}`);
  }
  const more = added + changed - changes.length;
  if (more > 0) say(`and ${more} more`);
  say(
    `${shownName(file)} would add ${added} stores and change ${changed}; ${unchanged} are unchanged. Nothing was imported.`,
  );
}

const shownName = (file: string) => (file === "-" ? "standard input" : relative(process.cwd(), file));
const lineOf = ({ id, name, area }: Store) => plainText(`${id}  ${name}  ${area}`);

function accepted<T extends StoreImport>(report: T, file: string): Extract<T, { kind: "imported" }> {
  const shown = shownName(file);
  for (const { line, detail } of report.warnings) say(`${shown}, line ${line}: ${detail}`);
  if (isImported(report)) return report;
  if (report.kind !== "refused") throw new Error("a report is imported or refused");
  const listed = report.problems.map(({ line, detail }) => `\n  line ${line}: ${detail}`).join("");
  const more = report.total > report.problems.length ? `\n  and ${report.total - report.problems.length} more` : "";
  throw new CommandError(EXIT.badData, `${shown} was not imported, nothing has changed:${listed}${more}`);
}

function isImported<T extends StoreImport>(report: T): report is Extract<T, { kind: "imported" }> {
  return report.kind === "imported";
}
