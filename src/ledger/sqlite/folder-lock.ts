/**
 * Keeps a second service off a data folder: recovery at its start would take the first one's work away. The lock is an SQLite file
 * held in an exclusive transaction, so the operating system ends it with the process, however that dies.
 */
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { makeDurableFolder } from "../../process/durable-folder.ts";
import { whyUnwritable } from "../../process/why-unwritable.ts";
import { LedgerUnusable } from "../port/ledger-unusable.ts";

const SQLITE_BUSY = 5;

/** A connection that nobody refers to is closed by the collector, and its lock with it: the process holds on to it until the release. */
const held = new Set<DatabaseSync>();

/** Makes the folder where it is missing. Throws LedgerUnusable when it cannot be written, or another process holds it. */
export function holdFolder(folder: string): { release(): void } {
  makeFolder(folder);
  let db: DatabaseSync | undefined;
  try {
    db = new DatabaseSync(join(folder, "service.lock"), { timeout: 0 });
    db.exec("begin exclusive");
  } catch (cause) {
    db?.close();
    throw isBusy(cause) ? inUse(folder, cause) : unwritable(folder, cause);
  }
  const lock = db;
  held.add(lock);
  return {
    release() {
      held.delete(lock);
      lock.close();
    },
  };
}

/** The folder and those above it. Throws LedgerUnusable when one cannot be made. */
export function makeFolder(folder: string): void {
  try {
    makeDurableFolder(folder);
  } catch (cause) {
    throw unwritable(folder, cause);
  }
}

/** Of SQLite's two kinds of number `errcode` is the extended one; its low byte is the primary. */
function isBusy(error: unknown): boolean {
  return error instanceof Error && "errcode" in error && (Number(error.errcode) & 0xff) === SQLITE_BUSY;
}

function inUse(folder: string, cause: unknown): LedgerUnusable {
  return new LedgerUnusable(
    `the data folder ${folder} is in use by another storewalk service; stop it, or choose another folder with --data-dir`,
    { cause },
  );
}

function unwritable(folder: string, cause: unknown): LedgerUnusable {
  const reason = whyUnwritable(cause) ?? (cause instanceof Error ? cause.message : String(cause));
  return new LedgerUnusable(
    `the data folder ${folder} cannot be written: ${reason}; repair it, or choose another with --data-dir`,
    { cause },
  );
}
