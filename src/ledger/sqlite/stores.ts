/** The store master in the embedded ledger. */
import type { DatabaseSync } from "node:sqlite";
import type { Store } from "../../domain/store.ts";
import type { StoreLedger } from "../port/store-ledger.ts";
import { integer, type Row, text } from "../sql/row.ts";
import { runSteps } from "../sql/steps.ts";
import { createStoreMaster } from "../sql/store-master.ts";
import { inTransaction } from "./database.ts";
import { createRunStatement, SQLITE } from "./dialect.ts";

const COUNT_STORES = `
  select count(*) as stores from stores`;

const UNKNOWN_STORES = `
  select value as id from json_each(?) where not exists (select 1 from stores where id = value)
  group by value order by min(key)`;

const READ_STORE = `
  select id, name, area from stores where id = ?`;

const READ_STORES = `
  select id, name, area from stores where (:area is null or area = :area) and id > :afterId order by id limit :limit`;

export function createStores(db: DatabaseSync): Omit<StoreLedger, "readStorePlaces"> {
  const countStores = db.prepare(COUNT_STORES);
  const run = createRunStatement(db);
  const unknownStores = db.prepare(UNKNOWN_STORES);
  const readStore = db.prepare(READ_STORE);
  const readStores = db.prepare(READ_STORES);

  return {
    ...createStoreMaster({
      run: async (sql, values) => run(sql, values),
      inTransaction: async (steps) => inTransaction(db, () => runSteps(steps(), run)),
      dialect: SQLITE,
      storable: (value) => value,
    }),

    async countStores() {
      const row = countStores.get();
      return row ? integer(row, "stores") : 0;
    },

    async unknownStores(storeIds) {
      return unknownStores.all(JSON.stringify(storeIds)).map((row) => text(row, "id"));
    },

    async readStore(storeId) {
      const row = readStore.get(storeId);
      return row ? storeFromRow(row) : null;
    },

    async readStores({ area, afterId, limit }) {
      return readStores.all({ area, afterId, limit }).map(storeFromRow);
    },
  };
}

function storeFromRow(row: Row): Store {
  return { id: text(row, "id"), name: text(row, "name"), area: text(row, "area") };
}
