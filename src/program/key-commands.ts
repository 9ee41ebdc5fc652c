/** `storewalk keys …` as it is typed. */
import { type Command, Option } from "commander";
import type { NewKeyOptions } from "../commands/keys.ts";
import type { OutputOption } from "../commands/output.ts";
import { SCOPES } from "../domain/scopes.ts";
import { loadConfig, type Overrides } from "../settings/config.ts";
import { type Exit, numberFrom, withLedger, withOutput } from "./options.ts";

const load = () => import("../commands/keys.ts");

export function addKeyCommands(program: Command, exit: Exit): void {
  const keys = program.command("keys").description("API keys: who may use the service");
  const ofLedger = (name: string, about: string) => withOutput(keys.command(name).description(about));
  withLedger(
    ofLedger("create", "make a key and print it, this once")
      .option("--name <name>", "what it is for", "unnamed")
      .addOption(
        new Option("--scope <scope...>", "what it may do (else jobs:read jobs:write stores:read)").choices(SCOPES),
      )
      .addOption(new Option("--read-only", "it sees everything and changes nothing").default(false).conflicts("scope"))
      .option("--tenant <tenant>", "whose jobs it makes and sees (else default)")
      .addOption(new Option("--expires-days <days>", "it ends then").argParser(numberFrom(1, 3_650))),
  ).action(async (options: Overrides & OutputOption & NewKeyOptions) =>
    exit(await (await load()).createKey(loadConfig(options), options)),
  );
  withLedger(ofLedger("list", "keys of all tenants, oldest first")).action(async (options: Overrides & OutputOption) =>
    exit(await (await load()).listKeys(loadConfig(options), options)),
  );
  withLedger(ofLedger("revoke", "end a key now").argument("<key>", "its id")).action(
    async (id: string, options: Overrides & OutputOption) =>
      exit(await (await load()).revokeKey(loadConfig(options), id, options)),
  );
  withLedger(
    ofLedger("rotate", "make a key that takes another's place, and print it")
      .argument("<key>", "its id")
      .addOption(
        new Option("--overlap-hours <hours>", "for so long the key before works too")
          .argParser(numberFrom(0, 720))
          .default(24),
      ),
  ).action(async (id: string, options: Overrides & OutputOption & { readonly overlapHours: number }) =>
    exit(await (await load()).rotateKey(loadConfig(options), id, options)),
  );
}
