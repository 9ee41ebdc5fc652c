/** Chooses the engines behind the ports: embedded ones, or PostgreSQL and RabbitMQ. The only importer of adapters besides `doctor`. */
import { join } from "node:path";
import type { Config } from "./config.ts";
import type { Ledger } from "./ledger/ledger.ts";
import { holdFolder, makeFolder } from "./ledger/sqlite/folder-lock.ts";
import { openThreadedLedger } from "./ledger/sqlite/threaded-ledger.ts";
import { createInProcessQueue } from "./queue/in-process.ts";
import type { Queue } from "./queue/queue.ts";

/** The embedded ledger's file within the data folder. */
export function ledgerPath(dataDir: string): string {
  return join(dataDir, "storewalk.db");
}

/** For a command that works on the ledger beside a service. Rejects with LedgerUnusable. */
export async function openLedger(config: Config): Promise<Ledger> {
  makeFolder(config.dataDir);
  return await openThreadedLedger(ledgerPath(config.dataDir));
}

/** For a service: an embedded ledger is this process's alone and goes on where the process before it stopped. Rejects with LedgerUnusable. */
export async function openServiceLedger(config: Config): Promise<Ledger> {
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

export function openQueue(_config: Config): Queue {
  return createInProcessQueue();
}
