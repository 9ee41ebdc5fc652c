/**
 * Waits for the server at the start, checks that commits are kept and text is Unicode, and brings the tables up to date.
 * Must never touch tables that a newer Storewalk has changed; several processes may open at once, one of them migrates.
 */
import { readdirSync, readFileSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import type { Client } from "pg";
import type { DatabaseAddress } from "../../postgres/address.ts";
import { isHopeless, reasonOf } from "../../postgres/faults.ts";
import { createLiveness } from "../../postgres/liveness.ts";
import { hasOwnSessions, SHARED_SESSIONS } from "../../postgres/own-sessions.ts";
import { connectSession, createClient, endClient } from "../../postgres/sessions.ts";
import { LedgerUnusable } from "../port/ledger-unusable.ts";

const MIGRATIONS = new URL("../migrations/postgres/", import.meta.url);
const CONNECT_MS = 2_000;
/** While a migration, or the wait for that of another process, goes on: a server that was swallowed must not hold up the start. */
const PATIENCE = { askAfterMs: 2_000, answerMs: CONNECT_MS };
const PAUSE_MS = 200;
/** A migration may rewrite a large table, and the other processes of the fleet wait for it. */
const MIGRATION_MS = 3_600_000;

// The setting is that of our sessions: `alter database` and `alter role` may differ from the server's own.
const READ_SERVER = `
  select current_schema() as schema, current_setting('server_encoding') as encoding,
         current_setting('synchronous_commit') as durability`;

// Held by the session, not a transaction: each migration is a transaction of its own.
const LOCK_MIGRATIONS = `
  select pg_advisory_lock(hashtextextended('storewalk migrations ' || current_schema(), 0))`;

// SQLite keeps the number in the file's header.
const CREATE_VERSIONS = `
  create table if not exists schema_versions (
    version integer primary key,
    applied_at timestamptz not null default now()
  )`;

const READ_VERSION = `
  select coalesce(max(version), 0) as version from schema_versions`;

const NOTE_VERSION = `
  insert into schema_versions (version) values ($1)`;

/** Rejects with LedgerUnusable when the server does not let us in within `waitMs`, or when its tables cannot be used. */
export async function prepareTables(deps: {
  readonly address: DatabaseAddress;
  readonly waitMs: number;
  /** The server is not there yet. Told once for each reason. */
  readonly onWaiting: (reason: string) => void;
}): Promise<void> {
  const { address } = deps;
  const liveness = createLiveness(address, PATIENCE);
  const until = Date.now() + deps.waitMs;
  let told = "";
  for (;;) {
    const limits = { connectMs: CONNECT_MS, statementMs: MIGRATION_MS, lockMs: MIGRATION_MS };
    const client = createClient(address, limits);
    // Ends the statement in hand as well, which rejects.
    const endWatch = liveness.watch(() => void endClient(client));
    try {
      await connectSession(client, address, limits);
      // Before any lock is taken, which would be left behind in a session of everybody's.
      if (!(await hasOwnSessions(address))) throw unusable(address, SHARED_SESSIONS);
      return await migrate(client, address);
    } catch (error) {
      if (error instanceof LedgerUnusable) throw error;
      const reason = reasonOf(error);
      if (isHopeless(error)) throw unusable(address, reason, error);
      if (Date.now() >= until) throw unusable(address, `no answer in ${deps.waitMs / 1_000} s: ${reason}`, error);
      if (reason !== told) deps.onWaiting(reason);
      told = reason;
    } finally {
      endWatch();
      await endClient(client);
    }
    await sleep(PAUSE_MS);
  }
}

async function migrate(client: Client, address: DatabaseAddress): Promise<void> {
  const { rows } = await client.query(READ_SERVER);
  assertUsable(rows[0], address);
  await client.query(LOCK_MIGRATIONS);
  await client.query(CREATE_VERSIONS);
  const files = readdirSync(MIGRATIONS)
    .filter((name) => name.endsWith(".sql"))
    .sort();
  const current = Number((await client.query(READ_VERSION)).rows[0]?.version);
  if (current > files.length) {
    const known = `have version ${current}, this Storewalk knows ${files.length}`;
    throw unusable(address, `its tables ${known}: start the newer Storewalk again, or restore a backup`);
  }
  for (const [index, name] of files.entries()) {
    if (index < current) continue;
    await client.query("begin");
    // Without parameters a text may hold many statements.
    await client.query(readFileSync(new URL(name, MIGRATIONS), "utf8"));
    await client.query(NOTE_VERSION, [index + 1]);
    await client.query("commit");
  }
}

function assertUsable(server: Record<string, unknown> | undefined, address: DatabaseAddress): void {
  if (!server?.schema)
    throw unusable(address, "the search_path names no schema that exists, so there is no place for tables");
  if (server.encoding !== "UTF8") {
    throw unusable(address, `its encoding must be UTF8, got ${server.encoding}: create it with encoding 'UTF8'`);
  }
  if (server.durability === "off") {
    throw unusable(
      address,
      "synchronous_commit is off, so a crash would lose results that were confirmed: set it to on",
    );
  }
}

function unusable(address: DatabaseAddress, reason: string, cause?: unknown): LedgerUnusable {
  return new LedgerUnusable(`the ledger in PostgreSQL, ${address.shown}, cannot be used: ${reason}`, { cause });
}
