/**
 * `storewalk stores import FILE`: brings a store master into the ledger, all of it or nothing, each fault by its line. Into this machine's own
 * ledger, or through a service that `--url` or `--profile` names.
 */

import { relative } from "node:path";
import { blob } from "node:stream/consumers";
import { openLedger } from "../app/adapters.ts";
import { plainText } from "../domain/plain-text.ts";
import { DEFAULT_TENANT } from "../domain/scopes.ts";
import type { Store } from "../domain/store.ts";
import type { StoreLedger } from "../ledger/port/store-ledger.ts";
import type { Config } from "../settings/config.ts";
import { compareStoreMaster, importStoreMaster, type StoreChange, type StoreImport } from "../stores/import-stores.ts";
import { readChosenColumns } from "../table/chosen-columns.ts";
import { type ChosenColumns, NO_CHOICE } from "../table/column-names.ts";
import { type ServiceOption, withClient } from "./connection.ts";
import { CommandError, EXIT, type ExitCode } from "./exit-codes.ts";
import { given } from "./jobs.ts";
import { noteChange } from "./note-change.ts";
import { openInput } from "./open-input.ts";
import { type OutputOption, printDone } from "./output.ts";
import { printData, say } from "./talk.ts";

type Options = OutputOption & { readonly diff: boolean; readonly columns?: string | undefined };
type Counts = Pick<Extract<StoreImport, { kind: "imported" }>, "added" | "changed" | "unchanged">;

export async function storesImport(config: Config, file: string, options: Options): Promise<ExitCode> {
  const { diff, columns } = options;
  const chosen = chosenColumns(columns);
  const ledger = await openLedger(config);
  try {
    if (diff) await compareFile(ledger, file, chosen, options);
    else {
      await importFile(ledger, file, chosen, options);
      await noteChange(ledger, { tenant: DEFAULT_TENANT, action: "importStores", target: "/api/v1/stores/import" });
    }
    return EXIT.ok;
  } finally {
    await ledger.close();
  }
}

export async function storesImportAt(service: ServiceOption, file: string, options: Options): Promise<ExitCode> {
  const { diff, columns } = options;
  // As bytes: the service says which line is not UTF-8.
  const table = await blob(await openInput(file));
  const report = await withClient(service, ({ stores }) => stores.import(table, given({ dryRun: diff, columns })));
  sayWarnings(report.warnings, file);
  if (!diff) {
    sayImported(report, file, options);
    return EXIT.ok;
  }
  const changes = (report.changes ?? []).map(({ store, before }): StoreChange => {
    const changed = before && storeOf(before);
    return changed
      ? { kind: "changed", store: storeOf(store), before: changed }
      : { kind: "added", store: storeOf(store) };
  });
  printChanges({ ...report, changes }, file, options);
  return EXIT.ok;
}

function chosenColumns(text: string | undefined): ChosenColumns {
  if (text === undefined) return NO_CHOICE;
  const { chosen, fault } = readChosenColumns(text);
  if (fault !== null) throw new CommandError(EXIT.usage, `--columns ${fault}`);
  return chosen;
}

/** Throws CommandError with every fault when the file is refused. */
export async function importFile(
  ledger: StoreLedger,
  file: string,
  chosen: ChosenColumns = NO_CHOICE,
  output: OutputOption = {},
): Promise<void> {
  sayImported(accepted(await importStoreMaster({ ledger }, await openInput(file), chosen), file), file, output);
}

async function compareFile(
  ledger: StoreLedger,
  file: string,
  chosen: ChosenColumns,
  output: OutputOption,
): Promise<void> {
  printChanges(accepted(await compareStoreMaster({ ledger }, await openInput(file), chosen), file), file, output);
}

function sayImported({ added, changed, unchanged }: Counts, file: string, output: OutputOption): void {
  const sentence = `${shownName(file)}: ${added} stores added, ${changed} changed, ${unchanged} unchanged.`;
  printDone({ imported: true, added, changed, unchanged }, sentence, output);
}

/** What an import would change, a line a store: + is new, - and + what it was and will be. */
function printChanges(
  diff: Counts & { readonly changes: readonly StoreChange[] },
  file: string,
  output: OutputOption,
): void {
  const { added, changed, unchanged, changes } = diff;
  const isForPeople = !output.json && !output.ndjson;
  for (const change of isForPeople ? changes : []) {
    if (change.kind === "changed") printData(`- ${lineOf(change.before)}`);
    printData(`+ ${lineOf(change.store)}`);
  }
  const more = added + changed - changes.length;
  if (more > 0 && isForPeople) say(`and ${more} more`);
  const sentence = `${shownName(file)} would add ${added} stores and change ${changed}; ${unchanged} are unchanged. Nothing was imported.`;
  printDone({ imported: false, added, changed, unchanged, changes }, sentence, output);
}

const shownName = (file: string) => (file === "-" ? "standard input" : relative(process.cwd(), file));
const lineOf = ({ id, name, area }: Store) => plainText(`${id}  ${name}  ${area}`);

type Shown = { readonly store_id: string; readonly store_name: string; readonly area: string };
const storeOf = ({ store_id: id, store_name: name, area }: Shown): Store => ({ id, name, area });

function sayWarnings(warnings: StoreImport["warnings"], file: string): void {
  for (const { line, detail } of warnings) say(`${shownName(file)}, line ${line}: ${detail}`);
}

function accepted<T extends StoreImport>(report: T, file: string): Extract<T, { kind: "imported" }> {
  sayWarnings(report.warnings, file);
  if (isImported(report)) return report;
  if (report.kind !== "refused") throw new Error("a report is imported or refused");
  const listed = report.problems.map(({ line, detail }) => `\n  line ${line}: ${detail}`).join("");
  const more = report.total > report.problems.length ? `\n  and ${report.total - report.problems.length} more` : "";
  throw new CommandError(EXIT.badData, `${shownName(file)} was not imported, nothing has changed:${listed}${more}`);
}

function isImported<T extends StoreImport>(report: T): report is Extract<T, { kind: "imported" }> {
  return report.kind === "imported";
}
