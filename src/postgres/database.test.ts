import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { createTestDatabase } from "../testing/postgres-database.ts";
import { findService, POSTGRESQL } from "../testing/test-services.ts";
import { databaseAddressFromUrl } from "./address.ts";
import { createDatabase } from "./database.ts";

const postgres = await findService(POSTGRESQL);
const CALLS = 8;
const LONG_ENOUGH_TO_MEET = "select pg_backend_pid() as pid, pg_sleep(0.05)";

describe("a database's connections", { skip: postgres.skip }, () => {
  for (const { connections, forReads, forWrites } of [
    { connections: 2, forReads: 1, forWrites: 1 },
    { connections: 6, forReads: 2, forWrites: 4 },
  ]) {
    it(`are ${connections} when so many are asked for, ${forReads} of them for reads, and calls wait for one`, async (t) => {
      const { url, drop } = await createTestDatabase(postgres.url);
      const address = databaseAddressFromUrl(url);
      const database = createDatabase({
        address,
        connections,
        awayError: Error,
        onEvent: (event) => assert.fail(event.kind),
      });
      t.after(database.close);
      t.after(drop);
      const pidsOf = async (call: typeof database.read) => {
        const rows = await Promise.all(Array.from({ length: CALLS }, () => call(LONG_ENOUGH_TO_MEET)));
        return new Set(rows.map(([row]) => row?.pid)).size;
      };
      const used = await Promise.all([pidsOf(database.read), pidsOf(database.write)]);
      assert.deepEqual(used, [forReads, forWrites]);
    });
  }
});
