/** `storewalk hosts …` as it is typed. */
import type { Command } from "commander";
import { type Exit, withOutput, withService } from "./options.ts";

const load = () => import("../commands/hosts.ts");

export function addHostCommands(program: Command, exit: Exit): void {
  const hosts = program.command("hosts").description("hosts that images are fetched from");
  const shown = (name: string, about: string) => withOutput(withService(hosts.command(name).description(about)));
  shown("waiting", "hosts in trouble that images wait for").action(async (options) =>
    exit(await (await load()).listWaitingHosts(options)),
  );
  shown("give-up", "wait no longer for a host; its images of running jobs fail")
    .argument("<host>", "as failures name it: host or host:port")
    .action(async (host: string, options) => exit(await (await load()).giveUpHost(host, options)));
}
