/**
 * `storewalk stores import FILE`: brings a store master into the ledger, all of it or nothing, each fault by its line. Into this machine's own
 * ledger, or through a service that `--url` or `--profile` names.
 */

import { relative } from "node:path";
import { blob } from "node:stream/consumers";
import type { StoreImport as ServiceImport } from "../../sdk/src/client.ts";
import { openLedger } from "../app/adapters.ts";
import { counted } from "../domain/counted.ts";
import { plainText } from "../domain/plain-text.ts";
import { DEFAULT_TENANT } from "../domain/scopes.ts";
import type { StoreRecord } from "../domain/store.ts";
import type { StoreChange } from "../domain/store-changes.ts";
import type { StoreLedger } from "../ledger/port/store-ledger.ts";
import type { Config } from "../settings/config.ts";
import {
  compareStoreMaster,
  type ImportOptions,
  importStoreMaster,
  type StoreDiff,
  type StoreImport,
} from "../stores/import-stores.ts";
import { readChosenColumns } from "../table/chosen-columns.ts";
import { type ChosenColumns, NO_CHOICE } from "../table/column-names.ts";
import { type ServiceOption, withClient } from "./connection.ts";
import { CommandError, EXIT, type ExitCode } from "./exit-codes.ts";
import { given } from "./jobs.ts";
import { noteChange } from "./note-change.ts";
import { openInput } from "./open-input.ts";
import { isForPeople, type OutputOption, printDone } from "./output.ts";
import { inFlags } from "./spoken.ts";
import { printData, say } from "./talk.ts";

type Options = OutputOption & {
  readonly diff: boolean;
  readonly replace: boolean;
  readonly columns?: string | undefined;
};
type Counts = Pick<
  Extract<StoreImport, { kind: "imported" }>,
  "added" | "changed" | "closed" | "reopened" | "unchanged"
>;
/** One of those that the service lists. */
type ShownChange = NonNullable<ServiceImport["changes"]>[number];
type ShownStore = ShownChange["store"];

export async function storesImport(config: Config, file: string, options: Options): Promise<ExitCode> {
  const { diff, replace, columns } = options;
  const how = { mode: replace ? "replace" : "merge", chosen: chosenColumns(columns) } as const;
  const ledger = await openLedger(config);
  try {
    if (diff) await compareFile(ledger, file, how, options);
    else {
      await importFile(ledger, file, how, options);
      await noteChange(ledger, { tenant: DEFAULT_TENANT, action: "importStores", target: "/api/v1/stores/import" });
    }
    return EXIT.ok;
  } finally {
    await ledger.close();
  }
}

export async function storesImportAt(service: ServiceOption, file: string, options: Options): Promise<ExitCode> {
  const { diff, replace, columns } = options;
  // As bytes: the service says which line is not UTF-8.
  const table = await blob(await openInput(file));
  const report = await withClient(service, ({ stores }) =>
    stores.import(table, given({ dryRun: diff, columns, mode: replace ? ("replace" as const) : undefined })),
  );
  sayWarnings(report.warnings, file);
  if (!diff) {
    sayImported(report, file, options);
    return EXIT.ok;
  }
  printChanges({ ...report, changes: report.changes ?? [] }, file, options);
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
  how: ImportOptions = {},
  output: OutputOption = {},
): Promise<void> {
  sayImported(accepted(await importStoreMaster({ ledger }, await openInput(file), how), file), file, output);
}

async function compareFile(ledger: StoreLedger, file: string, how: ImportOptions, output: OutputOption): Promise<void> {
  const { changes, ...diff } = accepted(await compareStoreMaster({ ledger }, await openInput(file), how), file);
  printChanges({ ...diff, changes: changes.flatMap(shownChange) }, file, output);
}

function sayImported(counts: Counts, file: string, output: OutputOption): void {
  const { added, changed, closed, reopened, unchanged } = counts;
  const more = closed + reopened === 0 ? "" : ` ${closed} closed, ${reopened} reopened,`;
  const sentence = `${shownName(file)}: ${counted(added, "store")} added, ${changed} changed,${more} ${unchanged} unchanged.`;
  printDone({ imported: true, added, changed, closed, reopened, unchanged }, sentence, output);
}

/** What an import would change, a line a store: + is new, - and + what it was and will be. */
function printChanges(
  diff: Counts & { readonly changes: readonly ShownChange[] },
  file: string,
  output: OutputOption,
): void {
  const { added, changed, closed, reopened, unchanged, changes } = diff;
  const isShown = isForPeople(output);
  for (const { store, before } of isShown ? changes : []) {
    if (before) printData(`- ${lineOf(before)}`);
    printData(`+ ${lineOf(store)}`);
  }
  const more = added + changed + closed + reopened - changes.length;
  if (more > 0 && isShown) say(`and ${more} more`);
  const lives = closed + reopened === 0 ? "" : `, close ${closed}, reopen ${reopened}`;
  const sentence = `${shownName(file)} would add ${counted(added, "store")} and change ${changed}${lives}; ${unchanged} are unchanged. Nothing was imported.`;
  printDone({ imported: false, added, changed, closed, reopened, unchanged, changes }, sentence, output);
}

const shownName = (file: string) => (file === "-" ? "standard input" : inFolder(file));

/** As seen from where the command was typed; what lies elsewhere is called as it was given. */
function inFolder(file: string): string {
  const path = relative(process.cwd(), file);
  return path.startsWith("..") ? file : path;
}
const lineOf = ({ store_id: id, store_name: name, area, closed }: ShownStore) =>
  plainText(`${id}  ${name}  ${area}${closed === null ? "" : `  closed ${closed}`}`);

/** As the service shows it. */
function shownChange({ kind, before, after }: StoreChange): readonly ShownChange[] {
  return kind === "removed" || !after ? [] : [{ kind, store: shownStore(after), before: before && shownStore(before) }];
}

const shownStore = ({ id, name, area, ...details }: StoreRecord): ShownStore => ({
  store_id: id,
  store_name: name,
  area,
  ...details,
});

function sayWarnings(warnings: StoreImport["warnings"], file: string): void {
  for (const { line, detail } of warnings) say(`${shownName(file)}, line ${line}: ${inFlags(detail, ["--columns"])}`);
}

function accepted<T extends StoreImport | StoreDiff>(report: T, file: string): Extract<T, { kind: "imported" }> {
  sayWarnings(report.warnings, file);
  if (isImported(report)) return report;
  if (report.kind !== "refused") throw new Error("a report is imported or refused");
  const listed = report.problems
    .map(({ line, detail }) => `\n  line ${line}: ${inFlags(detail, ["--columns"])}`)
    .join("");
  const more = report.total > report.problems.length ? `\n  and ${report.total - report.problems.length} more` : "";
  throw new CommandError(EXIT.badData, `${shownName(file)} was not imported, nothing has changed:${listed}${more}`);
}

function isImported<T extends StoreImport | StoreDiff>(report: T): report is Extract<T, { kind: "imported" }> {
  return report.kind === "imported";
}
