/** `storewalk stores lookup TEXT`: stores whose id or name has the text, with what was visited of them. */
import { type ServiceOption, withClient } from "./connection.ts";
import { EXIT, type ExitCode } from "./exit-codes.ts";
import { given } from "./jobs.ts";
import { type ListOption, printList } from "./list.ts";
import type { Column, OutputOption } from "./output.ts";

const STORE: readonly Column[] = [
  ["store_id", "store"],
  ["store_name", "name"],
  ["area"],
  ["visits"],
  ["images"],
  ["failed"],
  ["last_visit_date", "last visit"],
];

export async function lookUpStores(
  text: string,
  options: ServiceOption & OutputOption & ListOption & { readonly area?: string },
): Promise<ExitCode> {
  const filter = given({ q: text, area: options.area });
  const none = `No store has ${JSON.stringify(text)} in its id or name.`;
  await withClient(options, (client) => printList(client.stores.list(filter), STORE, options, { none }));
  return EXIT.ok;
}
