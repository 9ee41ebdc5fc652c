/** `storewalk profiles …` as it is typed. */
import type { Command } from "commander";
import { type Exit, withOutput } from "./options.ts";

const load = () => import("../commands/profiles.ts");

export function addProfileCommands(program: Command, exit: Exit): void {
  const profiles = program.command("profiles").description("services that you work with, by name");
  withOutput(profiles.command("set").description("keep a service's address under a name"))
    .argument("<name>")
    .argument("<url>")
    .option("--api-key <key>", "sent with each request")
    .action(async (name: string, url: string, options) => exit(await (await load()).setProfile(name, url, options)));
  withOutput(profiles.command("list").description("what is kept")).action(async (options) =>
    exit(await (await load()).listProfiles(options)),
  );
  withOutput(profiles.command("remove").description("forget one"))
    .argument("<name>")
    .action(async (name: string, options) => exit(await (await load()).removeProfile(name, options)));
}
