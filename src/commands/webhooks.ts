/** `storewalk webhooks …`: who is told of the ends of jobs, and what became of each telling. */
import type { WebhookFormat } from "../domain/webhook-format.ts";
import type { DeliveryStatus, WebhookEvent } from "./choices.ts";
import { type ServiceOption, withClient } from "./connection.ts";
import { EXIT, type ExitCode } from "./exit-codes.ts";
import { firstAttempt, sayOutcome } from "./first-attempt.ts";
import { given } from "./jobs.ts";
import { type ListOption, printList } from "./list.ts";
import {
  type Column,
  isForPeople,
  type OutputOption,
  printDone,
  printForPrograms,
  printOne,
  printRows,
} from "./output.ts";
import { printData, say } from "./talk.ts";

type Output = ServiceOption & OutputOption;

const WEBHOOK: readonly Column[] = [
  ["id"],
  ["enabled"],
  ["format"],
  ["url"],
  ["events"],
  ["disabled_reason", "why off"],
];
export const DELIVERY: readonly Column[] = [
  ["no"],
  ["event"],
  ["job_id", "job"],
  ["status"],
  ["attempts"],
  ["last_status", "answer"],
  ["last_error", "error"],
  ["url"],
];

const ATTEMPT: readonly Column[] = [
  ["attempt"],
  ["ended_at", "ended"],
  ["took_ms", "ms"],
  ["status", "answer"],
  ["error"],
  ["body"],
];

export async function addWebhook(
  url: string,
  options: Output & { readonly event?: readonly WebhookEvent[]; readonly format: WebhookFormat },
): Promise<ExitCode> {
  await withClient(options, async (client) => {
    const webhook = await client.webhooks.create({ url, format: options.format, ...given({ events: options.event }) });
    printOne(
      webhook,
      options.format === "json" ? [["id"], ["url"], ["events"], ["secret"]] : [["id"], ["url"], ["format"], ["events"]],
      options,
    );
    if (webhook.warning !== null) say(`Nothing will be sent there as things are: ${webhook.warning}.`);
    if (options.format === "json") say("The secret is shown this once: keep it where the receiver finds it.");
  });
  return EXIT.ok;
}

export async function listWebhooks(options: Output): Promise<ExitCode> {
  await withClient(options, async (client) =>
    printRows(await client.webhooks.list(), WEBHOOK, options, "There are no webhooks."),
  );
  return EXIT.ok;
}

export async function removeWebhook(id: number, options: Output): Promise<ExitCode> {
  await withClient(options, (client) => client.webhooks.remove(id));
  printDone({ id, removed: true }, `Webhook ${id} is removed.`, options);
  return EXIT.ok;
}

export async function testWebhook(id: number, options: Output): Promise<ExitCode> {
  return await withClient(options, async (client) => {
    const tried = await firstAttempt(client, await client.webhooks.ping(id));
    printForPrograms(tried, options);
    return sayOutcome(tried);
  });
}

export async function listDeliveries(
  options: Output & ListOption & { readonly webhook?: number; readonly job?: number; readonly status?: DeliveryStatus },
): Promise<ExitCode> {
  const { webhook, job, status } = options;
  const filter = given({ webhook_id: webhook, job_id: job, status });
  const none = "There are no such deliveries.";
  await withClient(options, (client) => printList(client.deliveries.list(filter), DELIVERY, options, { none }));
  return EXIT.ok;
}

/** What is sent and every attempt; for people the attempts as a table below. */
export async function showDelivery(no: number, options: Output): Promise<ExitCode> {
  await withClient(options, async (client) => {
    const delivery = await client.deliveries.get(no);
    printOne(
      delivery,
      [...DELIVERY, ["created_at", "made"], ["next_attempt_at", "next attempt"], ["message"]],
      options,
    );
    if (!isForPeople(options)) return;
    printData("");
    await printRows(delivery.attempts_made, ATTEMPT, options, "Nothing was sent yet.");
  });
  return EXIT.ok;
}

export async function replayDelivery(no: number, options: Output): Promise<ExitCode> {
  await withClient(options, async (client) => printOne(await client.deliveries.replay(no), DELIVERY, options));
  return EXIT.ok;
}
