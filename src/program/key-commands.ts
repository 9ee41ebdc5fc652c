/** `storewalk keys …` as it is typed. */
import { type Command, Option } from "commander";
import type { NewKeyOptions } from "../commands/keys.ts";
import type { OutputOption } from "../commands/output.ts";
import { SCOPES } from "../domain/scopes.ts";
import { loadConfig, type Overrides } from "../settings/config.ts";
import { type Exit, wholeNumber, withOutput, withSettings } from "./options.ts";

const load = () => import("../commands/keys.ts");

export function addKeyCommands(program: Command, exit: Exit): void {
  const keys = program.command("keys").description("API keys: who may use the service");
  const ofLedger = (name: string, about: string) => withSettings(keys.command(name).description(about));
  ofLedger("create", "make a key and print it, this once")
    .option("--name <name>", "what it is for", "unnamed")
    .addOption(
      new Option("--scope <scope...>", "what it may do (else jobs:read jobs:write stores:read)").choices(SCOPES),
    )
    .addOption(new Option("--read-only", "it sees everything and changes nothing").default(false).conflicts("scope"))
    .option("--tenant <tenant>", "whose jobs it makes and sees (else default)")
    .addOption(new Option("--expires-days <days>", "it ends then").argParser(wholeNumber))
    .action(async (options: Overrides & NewKeyOptions) =>
      exit(await (await load()).createKey(loadConfig(options), options)),
    );
  withOutput(ofLedger("list", "keys of all tenants, oldest first")).action(async (options: Overrides & OutputOption) =>
    exit(await (await load()).listKeys(loadConfig(options), options)),
  );
  ofLedger("revoke", "end a key now")
    .argument("<key>", "its id")
    .action(async (id: string, flags: Overrides) => exit(await (await load()).revokeKey(loadConfig(flags), id)));
  ofLedger("rotate", "make a key that takes another's place, and print it")
    .argument("<key>", "its id")
    .addOption(
      new Option("--overlap-hours <hours>", "for so long the key before works too").argParser(wholeNumber).default(24),
    )
    .action(async (id: string, options: Overrides & { readonly overlapHours: number }) =>
      exit(await (await load()).rotateKey(loadConfig(options), id, options.overlapHours)),
    );
}
