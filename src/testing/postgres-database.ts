/**
 * PostgreSQL databases for tests: one of its own for each test file, copied from a template with all tables, dropped afterwards. Its
 * `storewalk_now()` may be stopped, so that the test moves the clock. Tests only.
 */
import { createHash, randomUUID } from "node:crypto";
import { readdirSync, readFileSync } from "node:fs";
import { Client } from "pg";
import type { Ledger } from "../ledger/port/ledger.ts";
import { type LedgerEvent, openPostgresLedger } from "../ledger/postgres/postgres-ledger.ts";

const MIGRATIONS = new URL("../ledger/migrations/postgres/", import.meta.url);

const STOP_CLOCK = `
  create table if not exists test_clock (at bigint not null);
  insert into test_clock select 1000000 where not exists (select 1 from test_clock);
  create or replace function storewalk_now() returns bigint language sql volatile as 'select at from test_clock'`;

const PASS_TIME = `
  update test_clock set at = at + $1`;

// By locks: what pg_stat_activity says stands still within the onlooker's transaction. Who waits for a row holds a lock on its table.
const BLOCKED = `
  select distinct pid from pg_locks
  where not granted
    and pid in (select pid from pg_locks where database = (select oid from pg_database where datname = current_database()))`;

/** `results` and `flagged` before `sum_changes`, which notes that their rows went. */
const TABLES = [
  "stores",
  "jobs",
  "visits",
  "images",
  "chunks",
  "results",
  "failures",
  "measured_sums",
  "job_ends",
  "past_results",
  "fresh_urls",
  "idempotency",
  "webhook_endpoints",
  "webhook_deliveries",
  "webhook_attempts",
  "uploads",
  "upload_uses",
  "api_keys",
  "sessions",
  "audit_log",
  "members",
  "store_places",
  "prints",
  "print_buckets",
  "print_entries",
  "print_parts",
  "reuses",
  "flagged",
  "flag_counts",
  "review_history",
  "truth_settings",
  "host_access",
  "sum_changes",
  "sums_day",
  "sums_week",
  "sums_month",
  "sums_none",
  "cause_sums_day",
  "cause_sums_week",
  "cause_sums_month",
  "cause_sums_none",
  "throughput",
  "schedules",
  "schedule_runs",
  "schedule_keys",
  "schedule_takes",
  "alerts",
  "alert_causes",
  "store_versions",
  "store_changes",
  "tenant_times",
] as const;

/** Those that ever had a row since they were truncated. */
const USED = `
  select relname as name, pg_relation_size(oid) as bytes from pg_class
  where relnamespace = current_schema()::regnamespace and relname = any($1) and pg_relation_size(oid) > 0`;

/** Dead rows are read over until then. To truncate makes each table's and index's file anew, a fifth of a second for all of them. */
const LARGE_BYTES = 2 ** 20;

export type TestDatabase = {
  readonly url: string;
  /** Runs one statement as an onlooker; one without values may be several. */
  readonly query: (sql: string, values?: readonly unknown[]) => Promise<readonly Record<string, unknown>[]>;
  /** Resolves with the processes of the sessions that wait for a lock, as soon as there are any. */
  readonly blocked: () => Promise<readonly number[]>;
  readonly openLedger: (onEvent?: (event: LedgerEvent) => void) => Promise<Ledger>;
  /** From now on the ledger's clock stands still unless `passTime` moves it. */
  readonly stopClock: () => Promise<void>;
  readonly passTime: (ms: number) => Promise<void>;
  /** Removes every row. */
  readonly clear: () => Promise<void>;
  readonly drop: () => Promise<void>;
};

/** `serverUrl` names a database that is never written to. */
export async function createTestDatabase(serverUrl: string): Promise<TestDatabase> {
  const name = `storewalk_test_${randomUUID().replaceAll("-", "")}`;
  await atServer(serverUrl, async (client) => {
    await client.query(`create database ${name} template ${await madeTemplate(serverUrl, client)}`);
  });
  const url = withDatabase(serverUrl, name);
  // Connects with the first statement: the server of some tests goes and comes.
  let onlooker: Promise<Client> | null = null;

  async function query(sql: string, values: readonly unknown[] = []): Promise<readonly Record<string, unknown>[]> {
    onlooker ??= connected(url).then((client) => {
      client.once("error", () => {
        onlooker = null;
      });
      return client;
    });
    const client = await onlooker;
    return (await client.query(sql, [...values])).rows;
  }

  return {
    url,
    query,
    async blocked() {
      for (;;) {
        const rows = await query(BLOCKED);
        if (rows.length > 0) return rows.map(({ pid }) => Number(pid));
      }
    },
    openLedger: (onEvent = () => {}) => openPostgresLedger({ url, onEvent }),
    async stopClock() {
      await query(STOP_CLOCK);
    },
    async passTime(ms) {
      await query(PASS_TIME, [ms]);
    },
    async clear() {
      const used = await query(USED, [TABLES]);
      const bytesOf = new Map(used.map(({ name, bytes }) => [String(name), Number(bytes)]));
      const isLarge = [...bytesOf.values()].some((bytes) => bytes > LARGE_BYTES);
      const rows = TABLES.filter((table) => bytesOf.has(table)).map((table) => `delete from ${table}`);
      // Behind whoever is still writing, as a truncation is.
      const alone = `lock table ${TABLES.join()} in access exclusive mode`;
      await query(isLarge ? `truncate ${TABLES.join()}` : ["begin", alone, ...rows, "commit"].join("; "));
    },
    async drop() {
      await (await onlooker)?.end();
      await atServer(serverUrl, (client) => client.query(`drop database if exists ${name} with (force)`));
    },
  };
}

/** An empty database without tables. */
export async function createEmptyDatabase(serverUrl: string): Promise<{ url: string; drop: () => Promise<void> }> {
  const name = `storewalk_test_${randomUUID().replaceAll("-", "")}`;
  await atServer(serverUrl, (client) => client.query(`create database ${name} template template0 encoding 'UTF8'`));
  return {
    url: withDatabase(serverUrl, name),
    drop: () => atServer(serverUrl, async (client) => void (await client.query(`drop database ${name} with (force)`))),
  };
}

/** The template belongs to exactly these migrations; it stays at the server for the next run, and test files at once make it once. */
async function madeTemplate(serverUrl: string, client: Client): Promise<string> {
  const name = `storewalk_template_${migrationsHash()}`;
  await client.query("select pg_advisory_lock(hashtext('storewalk test template'))");
  const { rows } = await client.query("select 1 from pg_database where datname = $1", [name]);
  if (rows.length > 0) return name;
  await client.query(`drop database if exists ${name}_new with (force)`);
  await client.query(`create database ${name}_new template template0 encoding 'UTF8'`);
  const ledger = await openPostgresLedger({ url: withDatabase(serverUrl, `${name}_new`), onEvent: () => {} });
  await ledger.close();
  // Half a template, left by a run that died, never has the final name.
  await client.query(`alter database ${name}_new rename to ${name}`);
  return name;
}

function migrationsHash(): string {
  const hash = createHash("sha256");
  for (const file of readdirSync(MIGRATIONS).sort()) hash.update(readFileSync(new URL(file, MIGRATIONS)));
  return hash.digest("hex").slice(0, 16);
}

async function connected(url: string): Promise<Client> {
  const client = new Client({ connectionString: url, connectionTimeoutMillis: 60_000, query_timeout: 300_000 });
  client.on("error", () => {});
  await client.connect();
  return client;
}

async function atServer(url: string, act: (client: Client) => Promise<unknown>): Promise<void> {
  const client = await connected(url);
  await act(client).finally(() => client.end());
}

function withDatabase(url: string, name: string): string {
  const changed = new URL(url);
  changed.pathname = `/${name}`;
  return changed.href;
}
