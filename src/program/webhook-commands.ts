/** `storewalk webhooks …` as it is typed. */
import { type Command, Option } from "commander";
import { DELIVERY_STATUSES, WEBHOOK_EVENTS } from "../commands/choices.ts";
import { WEBHOOK_FORMATS } from "../domain/webhook-format.ts";
import { type Exit, idArgument, numberFrom, withList, withOutput, withService } from "./options.ts";

const load = () => import("../commands/webhooks.ts");

export function addWebhookCommands(program: Command, exit: Exit): void {
  const webhooks = program.command("webhooks").description("who is told of the ends of jobs");
  const shown = (name: string, about: string) => withOutput(withService(webhooks.command(name).description(about)));
  shown("add", "register an endpoint; shows its secret")
    .argument("<url>")
    .addOption(new Option("--format <format>", "how it is told").choices(WEBHOOK_FORMATS).default("json"))
    .addOption(new Option("--event <event...>", "only these events").choices(WEBHOOK_EVENTS))
    .action(async (url: string, options) => exit(await (await load()).addWebhook(url, options)));
  shown("list", "endpoints").action(async (options) => exit(await (await load()).listWebhooks(options)));
  shown("test", "send an endpoint a message to try it, and wait for how it went")
    .addArgument(idArgument("<webhook>"))
    .action(async (id: number, options) => exit(await (await load()).testWebhook(id, options)));
  shown("remove", "remove an endpoint with its deliveries")
    .addArgument(idArgument("<webhook>"))
    .action(async (id: number, options) => exit(await (await load()).removeWebhook(id, options)));
  withList(shown("deliveries", "what was told to whom, newest first"))
    .addOption(new Option("--webhook <id>", "only to this endpoint").argParser(numberFrom(1)))
    .addOption(new Option("--job <id>", "only about this job").argParser(numberFrom(1)))
    .addOption(new Option("--status <status>", "only in this state").choices(DELIVERY_STATUSES))
    .action(async (options) => exit(await (await load()).listDeliveries(options)));
  shown("delivery", "what was sent to somebody, and what came of each attempt")
    .addArgument(idArgument("<delivery>"))
    .action(async (no: number, options) => exit(await (await load()).showDelivery(no, options)));
  shown("replay", "tell it once more")
    .addArgument(idArgument("<delivery>"))
    .action(async (no: number, options) => exit(await (await load()).replayDelivery(no, options)));
}
