/** `storewalk stores …` as it is typed. */
import type { Command } from "commander";
import type { ServiceOption } from "../commands/connection.ts";
import { loadConfig, type Overrides } from "../settings/config.ts";
import { type Exit, limitOption, withOutput, withService, withSettings } from "./options.ts";

type ImportOptions = Overrides & ServiceOption & { readonly diff: boolean; readonly columns?: string };

export function addStoreCommands(program: Command, exit: Exit): void {
  const stores = program.command("stores").description("the store master");
  withSettings(
    stores.command("import").description("bring a store master (CSV or XLSX) into the ledger").argument("<file>"),
  )
    .option("--diff", "only show what would change", false)
    .option("--columns <list>", "which header means which column: store_id:Shop,area_code:Region")
    .option("--url <url>", "through the service there, not into this machine's ledger")
    .option("--profile <name>", "the same, of a service kept with: storewalk profiles set")
    .action(async (file: string, { diff, columns, url, profile, ...flags }: ImportOptions) => {
      const { storesImport, storesImportAt } = await import("../commands/stores-import.ts");
      const isElsewhere = url !== undefined || profile !== undefined;
      const service = { ...(url === undefined ? {} : { url }), ...(profile === undefined ? {} : { profile }) };
      exit(
        isElsewhere
          ? await storesImportAt(service, file, { diff, columns })
          : await storesImport(loadConfig(flags), file, { diff, columns }),
      );
    });
  withOutput(withService(stores.command("lookup").description("stores whose id or name has a text")))
    .argument("<text>")
    .option("--area <area>", "only of this area")
    .addOption(limitOption())
    .action(async (text: string, options) => {
      const { lookUpStores } = await import("../commands/stores-lookup.ts");
      exit(await lookUpStores(text, options));
    });
}
