/**
 * Keeps a second service off a data folder: recovery at its start would take the first one's work away. The lock is an SQLite file
 * held in an exclusive transaction, so the operating system ends it with the process, however that dies.
 */
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { LedgerUnusable } from "../ledger-unusable.ts";

/** Throws LedgerUnusable when another process holds the folder. */
export function holdFolder(folder: string): { release(): void } {
  const db = new DatabaseSync(join(folder, "service.lock"), { timeout: 0 });
  try {
    db.exec("begin exclusive");
  } catch (cause) {
    db.close();
    throw new LedgerUnusable(
      `the data folder ${folder} is in use by another storewalk service; stop it, or choose another folder with --data-dir`,
      { cause },
    );
  }
  return { release: () => db.close() };
}
