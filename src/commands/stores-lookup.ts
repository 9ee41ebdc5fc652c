/** `storewalk stores lookup TEXT`: stores whose id or name has the text, with what was visited of them. */
import { type ServiceOption, withClient } from "./connection.ts";
import { EXIT, type ExitCode } from "./exit-codes.ts";
import { atMost, given } from "./jobs.ts";
import { type Column, type OutputOption, printRows } from "./output.ts";

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
  options: ServiceOption & OutputOption & { readonly area?: string; readonly limit: number },
): Promise<ExitCode> {
  const filter = given({ q: text, area: options.area });
  await withClient(options, (client) => printRows(atMost(client.stores.list(filter), options.limit), STORE, options));
  return EXIT.ok;
}
