/**
 * Opens the embedded database so that a commit survives a power cut, and brings its tables up to date.
 * Must never open a file that a newer Storewalk has changed, nor run on an SQLite with the WAL-reset fault.
 */
import { readdirSync, readFileSync } from "node:fs";
import { dirname } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { makeDurableFolder } from "../../process/durable-folder.ts";

/** The first SQLite in which a WAL reset can no longer lose a commit (sqlite.org/wal.html, "The WAL-Reset Bug"). */
const OLDEST_SQLITE = [3, 53, 2] as const;
const BUSY_TIMEOUT_MS = 10_000;
/**
 * Pages that a connection keeps for itself; the system has the rest of the file in its own cache. A million images were written and read as fast with
 * these as with four times as much (docs/performance.md, Memory).
 */
const CACHE_KILOBYTES = { write: 8_192, read: 4_096 } as const;
const MIGRATIONS = new URL("../migrations/sqlite/", import.meta.url);

/** `path` is a file, or `:memory:`. `access: "read"` refuses writes and leaves the tables as they are. */
export function openDatabase(path: string, access: "write" | "read" = "write"): DatabaseSync {
  if (path !== ":memory:") makeDurableFolder(dirname(path));
  const db = new DatabaseSync(path, { timeout: BUSY_TIMEOUT_MS });
  assertSqliteVersion(db);
  db.exec("pragma journal_mode = wal");
  // FULL: NORMAL lost acknowledged commits in two of three replayed power cuts.
  db.exec("pragma synchronous = full");
  db.exec(`pragma cache_size = -${CACHE_KILOBYTES[access]}`);
  db.exec("pragma temp_store = memory");
  if (access === "read") db.exec("pragma query_only = on");
  else migrate(db);
  return db;
}

/** Runs `work` in one write transaction; any error undoes all of it and is thrown on. */
export function inTransaction<T>(db: DatabaseSync, work: () => T): T {
  db.exec("begin immediate");
  try {
    const result = work();
    db.exec("commit");
    return result;
  } catch (error) {
    // A full disk makes SQLite roll back by itself; a second rollback would hide the cause.
    if (db.isTransaction) db.exec("rollback");
    throw error;
  }
}

function assertSqliteVersion(db: DatabaseSync): void {
  const version = String(db.prepare("select sqlite_version() as version").get()?.version);
  const parts = version.split(".").map(Number);
  for (const [index, wanted] of OLDEST_SQLITE.entries()) {
    const got = parts[index] ?? 0;
    if (got > wanted) return;
    if (got < wanted) {
      throw new Error(`SQLite must be ${OLDEST_SQLITE.join(".")} or newer, this Node.js brings ${version}`);
    }
  }
}

function migrate(db: DatabaseSync): void {
  const files = readdirSync(MIGRATIONS)
    .filter((name) => name.endsWith(".sql"))
    .sort();
  const current = Number(db.prepare("pragma user_version").get()?.user_version);
  if (current > files.length) {
    throw new Error(
      `the ledger's tables have version ${current}, this Storewalk knows ${files.length}: start the newer Storewalk again, or restore a backup`,
    );
  }
  for (const [index, name] of files.entries()) {
    if (index < current) continue;
    inTransaction(db, () => {
      db.exec(readFileSync(new URL(name, MIGRATIONS), "utf8"));
      db.exec(`pragma user_version = ${index + 1}`);
    });
  }
}
