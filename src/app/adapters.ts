/**
 * Chooses the engines behind the ports: embedded ones, or PostgreSQL and RabbitMQ, whose clients are loaded where they are used. The only importer of
 * adapters besides `doctor`.
 */
import { join } from "node:path";
import type { Ledger } from "../ledger/port/ledger.ts";
import type { LedgerEvent } from "../ledger/postgres/postgres-ledger.ts";
import { holdFolder, makeFolder } from "../ledger/sqlite/folder-lock.ts";
import { openThreadedLedger } from "../ledger/sqlite/threaded-ledger.ts";
import type { Log } from "../process/log.ts";
import { createInProcessQueue } from "../queue/in-process.ts";
import type { Queue } from "../queue/queue.ts";
import type { QueueEvent } from "../queue/queue-events.ts";
import type { Config } from "../settings/config.ts";

/** The embedded ledger's file within the data folder. */
export function ledgerPath(dataDir: string): string {
  return join(dataDir, "storewalk.db");
}

/** For a command that works on the ledger beside a service. Rejects with LedgerUnusable. */
export async function openLedger(config: Config): Promise<Ledger> {
  if (config.databaseUrl !== null) return await openFleetLedger(config.databaseUrl, config, () => {});
  makeFolder(config.dataDir);
  return await openThreadedLedger(ledgerPath(config.dataDir));
}

/** For a service: an embedded ledger is this process's alone and goes on where the process before it stopped. Rejects with LedgerUnusable. */
export async function openServiceLedger(config: Config, log: Log): Promise<Ledger> {
  if (config.databaseUrl !== null) {
    return await openFleetLedger(config.databaseUrl, config, (event) => logLedgerEvent(log, event));
  }
  const lock = holdFolder(config.dataDir);
  try {
    const ledger = await openThreadedLedger(ledgerPath(config.dataDir));
    await ledger.recover();
    return {
      ...ledger,
      async close() {
        await ledger.close();
        lock.release();
      },
    };
  } catch (error) {
    lock.release();
    throw error;
  }
}

async function openFleetLedger(
  url: string,
  { databaseConnections: connections }: Config,
  onEvent: (event: LedgerEvent) => void,
): Promise<Ledger> {
  const { openPostgresLedger } = await import("../ledger/postgres/postgres-ledger.ts");
  return await openPostgresLedger({ url, connections, onEvent });
}

export async function openQueue(config: Config, log: Log): Promise<Queue> {
  const { amqpUrl, databaseUrl, queueName } = config;
  const onEvent = (event: QueueEvent) => logQueueEvent(log, event);
  if (amqpUrl !== null) {
    const { openRabbitmqQueue } = await import("../queue/rabbitmq.ts");
    return openRabbitmqQueue({ url: amqpUrl, queueName, onEvent });
  }
  if (databaseUrl === null) return createInProcessQueue();
  const { openPostgresQueue } = await import("../queue/postgres.ts");
  return openPostgresQueue({ url: databaseUrl, onEvent });
}

function logLedgerEvent(log: Log, event: LedgerEvent): void {
  switch (event.kind) {
    case "waiting":
      log.warn({ reason: event.reason }, "PostgreSQL is not there yet; waiting for it");
      break;
    case "lost":
      log.warn({ reason: event.reason }, "PostgreSQL is away; work in hand waits");
      break;
    case "back":
      log.info("PostgreSQL is back");
      break;
    case "retried":
      log.debug({ reason: event.reason }, "a transaction met another one and was tried again");
      break;
  }
}

function logQueueEvent(log: Log, event: QueueEvent): void {
  switch (event.kind) {
    case "ready":
      log.info({ link: event.link }, "the queue is connected");
      break;
    case "lost":
      log.warn({ link: event.link, reason: event.reason }, "the queue is away; connecting again");
      break;
    case "blocked":
      log.warn({ reason: event.reason }, "RabbitMQ takes no messages for lack of memory or disk; chunks wait");
      break;
    case "unblocked":
      log.info("RabbitMQ takes messages again");
      break;
    case "unreadable":
      log.warn("a message that is no reference to a chunk went to the dead-letter queue");
      break;
    case "handler-failed":
      log.warn({ err: event.error }, "a reference could not be served and went to the dead-letter queue");
      break;
  }
}
