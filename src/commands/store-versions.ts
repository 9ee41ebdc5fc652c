/** `storewalk stores versions`, `stores undo VERSION`: what imports made of the store master, and taking the last one back. */
import { commandLine } from "../settings/config.ts";
import { type ServiceOption, withClient } from "./connection.ts";
import { EXIT, type ExitCode } from "./exit-codes.ts";
import { type ListOption, printList } from "./list.ts";
import { type Column, type OutputOption, printDone } from "./output.ts";

const COLUMNS: readonly Column[] = [
  ["version"],
  ["at"],
  ["kind"],
  ["undoes"],
  ["added"],
  ["changed"],
  ["closed"],
  ["reopened"],
  ["removed"],
  ["stores", "open stores"],
];

type Options = ServiceOption & OutputOption & ListOption;

export async function listStoreVersions(options: Options): Promise<ExitCode> {
  await withClient(options, async ({ stores }) => {
    const none = `Nothing was imported yet: ${commandLine("stores import FILE")}`;
    await printList(stores.versions(), COLUMNS, options, { none });
  });
  return EXIT.ok;
}

export async function undoStoreVersion(version: number, options: ServiceOption & OutputOption): Promise<ExitCode> {
  const made = await withClient(options, ({ stores }) => stores.undo(version));
  const sentence = `Version ${version} is taken back; version ${made.version} has ${made.stores} open stores.`;
  printDone(made, sentence, options);
  return EXIT.ok;
}
