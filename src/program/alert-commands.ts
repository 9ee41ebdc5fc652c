/** `storewalk alerts …` as it is typed. */
import { type Command, Option } from "commander";
import type { AlertOptions } from "../commands/alerts.ts";
import { ALERT_KINDS, type AlertKind } from "../domain/alert-kinds.ts";
import { decimal, type Exit, idArgument, numberFrom, withOutput, withService } from "./options.ts";

const load = () => import("../commands/alerts.ts");

export function addAlertCommands(program: Command, exit: Exit): void {
  const alerts = program.command("alerts").description("what people are told of where they are");
  const shown = (name: string, about: string) => withOutput(withService(alerts.command(name).description(about)));
  const add = shown("add", "let webhooks be told of something").argument("<name>", "what it is called");
  add.addArgument(add.createArgument("<kind>", "what it tells").choices(ALERT_KINDS));
  add
    .addOption(
      new Option(
        "--threshold <number>",
        "by kind: % of images, minutes in trouble, minutes to spare, days, images",
      ).argParser(decimal),
    )
    .addOption(
      new Option("--webhook <id...>", "who is told; all webhooks if not given").argParser(
        (value: string, before: readonly number[] = []) => [...before, numberFrom(1)(value)],
      ),
    )
    .option("--quiet <from-to>", "quiet hours, such as 22:00-07:00: what comes in them is told after them")
    .option("--zone <time-zone>", "of the quiet hours; the tenant's own if not given")
    .option("--tell-end", "tell as well that a cause is over")
    .action(async (name: string, kind: AlertKind, options: AlertOptions) =>
      exit(await (await load()).addAlert(name, kind, options)),
    );
  shown("list", "alerts, and what is the case now").action(async (options) =>
    exit(await (await load()).listAlerts(options)),
  );
  shown("test", "send its webhooks a message to try it, and wait for how it went")
    .addArgument(idArgument("<alert>"))
    .action(async (id: number, options) => exit(await (await load()).testAlert(id, options)));
  for (const [name, enabled] of [
    ["on", true],
    ["off", false],
  ] as const)
    shown(name, `switch one ${name}`)
      .addArgument(idArgument("<alert>"))
      .action(async (id: number, options) => exit(await (await load()).switchAlert(id, enabled, options)));
  shown("remove", "remove one")
    .addArgument(idArgument("<alert>"))
    .action(async (id: number, options) => exit(await (await load()).removeAlert(id, options)));
}
