import { after, before } from "node:test";
import { createTestDatabase, type TestDatabase } from "../../testing/postgres-database.ts";
import { findService, POSTGRESQL } from "../../testing/test-services.ts";
import { describeLedger } from "../contract/ledger.contract.ts";

const { url, skip } = await findService(POSTGRESQL);

let database: TestDatabase;
before(async () => {
  if (skip) return;
  database = await createTestDatabase(url);
  await database.stopClock();
});
after(async () => {
  if (!skip) await database.drop();
});

describeLedger(
  "the PostgreSQL ledger",
  async () => {
    await database.clear();
    const indexedBytes = async () => {
      const [row] = await database.query("select coalesce(sum(length(entries)), 0) as bytes from print_buckets");
      return Number(row?.bytes);
    };
    return { ledger: await database.openLedger(), passTime: database.passTime, indexedBytes };
  },
  { skip },
);
