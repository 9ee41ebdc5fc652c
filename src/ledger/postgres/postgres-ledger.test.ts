import { after, before } from "node:test";
import { createTestDatabase, type TestDatabase } from "../../testing/postgres-database.ts";
import { findService, POSTGRESQL } from "../../testing/test-services.ts";
import { describeLedger } from "../contract/ledger.contract.ts";
import { printBefore } from "../contract/prints-before.ts";
import type { Ledger } from "../port/ledger.ts";

const { url, skip } = await findService(POSTGRESQL);

let database: TestDatabase;
/** One for all tests: to open its sessions takes longer than most of them. */
let shared: Ledger;
before(async () => {
  if (skip) return;
  database = await createTestDatabase(url);
  await database.stopClock();
  shared = await database.openLedger();
});
after(async () => {
  if (skip) return;
  await shared.close();
  await database.drop();
});

const INDEXED_BYTES = `
  select coalesce(sum(length(entries)), 0) as bytes from (select entries from print_entries union all select entries from print_buckets) as all_entries`;

async function asVersionBefore(): Promise<void> {
  for (const { no, tenant, sketch } of await database.query("select no, tenant, sketch from prints order by no")) {
    if (!(sketch instanceof Uint8Array)) continue;
    const { buckets, entries } = printBefore(Number(no), sketch);
    await database.query("update prints set buckets = decode($1, 'hex') where no = $2", [
      buckets.toString("hex"),
      Number(no),
    ]);
    for (const { bucket, bytes } of entries) {
      await database.query(
        `insert into print_buckets (tenant, bucket, entries) values ($1, $2, decode($3, 'hex'))
         on conflict (tenant, bucket) do update set entries = print_buckets.entries || excluded.entries`,
        [String(tenant), bucket, bytes.toString("hex")],
      );
    }
  }
  await database.query("delete from print_entries");
}

async function refuse(write: string, table: string): Promise<() => Promise<void>> {
  await database.query(`
    create or replace function refused() returns trigger language plpgsql as $$ begin raise exception 'refused'; end $$;
    create trigger refused before ${write} on ${table} for each row execute function refused()`);
  return async () => void (await database.query(`drop trigger refused on ${table}`));
}

describeLedger(
  "the PostgreSQL ledger",
  async () => {
    await database.clear();
    const indexedBytes = async () => {
      const [row] = await database.query(INDEXED_BYTES);
      return Number(row?.bytes);
    };
    const ledger = { ...shared, close: async () => {} };
    return { ledger, passTime: database.passTime, indexedBytes, refuse, asVersionBefore };
  },
  { skip },
);
