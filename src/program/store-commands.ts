/** `storewalk stores …` as it is typed. */
import { Argument, type Command } from "commander";
import type { ServiceOption } from "../commands/connection.ts";
import type { OutputOption } from "../commands/output.ts";
import { loadConfig, type Overrides } from "../settings/config.ts";
import { type Exit, numberFrom, withLedger, withList, withOutput, withService } from "./options.ts";

type ImportOptions = Overrides &
  ServiceOption &
  OutputOption & { readonly diff: boolean; readonly replace: boolean; readonly columns?: string };

export function addStoreCommands(program: Command, exit: Exit): void {
  const stores = program.command("stores").description("the store master");
  withLedger(
    withOutput(
      stores.command("import").description("bring a store master (CSV or XLSX) into the ledger").argument("<file>"),
    )
      .option("--diff", "only show what would change", false)
      .option("--replace", "the file is the whole store master: stores that it lacks are closed", false)
      .option("--columns <list>", "which header means which column: store_id:Shop,area_code:Region")
      .option("--url <url>", "through the service there, not into this machine's ledger")
      .option("--profile <name>", "the same, of a service kept with: profiles set"),
  ).action(async (file: string, { diff, replace, columns, url, profile, json, ndjson, ...flags }: ImportOptions) => {
    const { storesImport, storesImportAt } = await import("../commands/stores-import.ts");
    const options = { diff, replace, columns, json: json ?? false, ndjson: ndjson ?? false };
    const isElsewhere = url !== undefined || profile !== undefined;
    const service = { ...(url === undefined ? {} : { url }), ...(profile === undefined ? {} : { profile }) };
    exit(
      isElsewhere ? await storesImportAt(service, file, options) : await storesImport(loadConfig(flags), file, options),
    );
  });
  withList(
    withOutput(
      withService(stores.command("versions").description("what imports made of the store master, newest first")),
    ),
  ).action(async (options) => {
    const { listStoreVersions } = await import("../commands/store-versions.ts");
    exit(await listStoreVersions(options));
  });
  withOutput(withService(stores.command("undo").description("take the latest version of the store master back")))
    .addArgument(new Argument("<version>").argParser(numberFrom(1)))
    .action(async (version: number, options) => {
      const { undoStoreVersion } = await import("../commands/store-versions.ts");
      exit(await undoStoreVersion(version, options));
    });
  withList(withOutput(withService(stores.command("lookup").description("stores whose id or name has a text"))))
    .argument("<text>")
    .option("--area <area>", "only of this area")
    .action(async (text: string, options) => {
      const { lookUpStores } = await import("../commands/stores-lookup.ts");
      exit(await lookUpStores(text, options));
    });
}
