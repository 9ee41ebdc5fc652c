import assert from "node:assert/strict";
import { after, before, describe, it, type TestContext } from "node:test";
import { createTestDatabase, type TestDatabase } from "../testing/postgres-database.ts";
import { findService, POSTGRESQL } from "../testing/test-services.ts";
import { databaseAddressFromUrl } from "./address.ts";
import { connectSession, createClient } from "./sessions.ts";

const SETTINGS = `
  select name, setting from pg_settings
  where name in ('statement_timeout', 'lock_timeout', 'idle_in_transaction_session_timeout', 'default_transaction_isolation',
                 'tcp_keepalives_idle', 'tcp_keepalives_interval', 'tcp_keepalives_count', 'search_path')`;

const { url, skip } = await findService(POSTGRESQL);

describe("a session at PostgreSQL", { skip }, () => {
  let database: TestDatabase;
  before(async () => {
    database = await createTestDatabase(url);
  });
  after(() => database.drop());

  async function settingsOf(t: TestContext, at: string): Promise<Record<string, string>> {
    const address = databaseAddressFromUrl(at);
    const limits = { connectMs: 5_000, statementMs: 7_000 };
    const client = createClient(address, limits);
    t.after(() => client.end());
    await connectSession(client, address, limits);
    const { rows } = await client.query(SETTINGS);
    return Object.fromEntries(rows.map(({ name, setting }) => [name, setting]));
  }

  it("has its limits and its isolation whatever the database's own are, and the schema of the address", async (t) => {
    const { pathname } = new URL(database.url);
    for (const setting of [
      "statement_timeout = 0",
      "lock_timeout = 0",
      "idle_in_transaction_session_timeout = 0",
      "default_transaction_isolation = 'serializable'",
    ]) {
      await database.query(`alter database ${pathname.slice(1)} set ${setting}`);
    }
    const hostile = "-c search_path=a\\,\\ b -c default_transaction_isolation=serializable -c tcp_keepalives_idle=7200";
    assert.deepEqual(await settingsOf(t, `${database.url}?options=${encodeURIComponent(hostile)}`), {
      statement_timeout: "7000",
      lock_timeout: "5000",
      idle_in_transaction_session_timeout: "10000",
      default_transaction_isolation: "read committed",
      tcp_keepalives_idle: "10",
      tcp_keepalives_interval: "5",
      tcp_keepalives_count: "3",
      search_path: "a, b",
    });
  });
});
