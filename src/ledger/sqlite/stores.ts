/** The store master in the embedded ledger. An import is one transaction: all of it or nothing. */
import type { DatabaseSync } from "node:sqlite";
import type { Store } from "../../domain/store.ts";
import type { StoreLedger } from "../port/store-ledger.ts";
import { integer, type Row, text } from "../sql/row.ts";
import { runSteps } from "../sql/steps.ts";
import { areaMoves, createSums } from "../sql/sums.ts";
import { inTransaction } from "./database.ts";
import { createRunStatement, SQLITE } from "./dialect.ts";

const COUNT_STORES = `
  select count(*) as stores from stores`;

const COUNT_DIFFERENCES = `
  select count(*) filter (where stores.id is null) as added,
         count(*) filter (where stores.id is not null and (stores.name, stores.area) <> (value ->> 1, value ->> 2)) as changed
  from json_each(?) left join stores on stores.id = value ->> 0`;

const MOVED_STORES = `
  select value ->> 0 as id, coalesce(stores.area, '') as old_area, value ->> 2 as new_area
  from json_each(?) left join stores on stores.id = value ->> 0
  where stores.id is null or stores.area <> value ->> 2`;

const PUT_STORES = `
  insert into stores (id, name, area)
  select value ->> 0, value ->> 1, value ->> 2 from json_each(?) where true
  on conflict (id) do update set name = excluded.name, area = excluded.area`;

const UNKNOWN_STORES = `
  select value as id from json_each(?) where not exists (select 1 from stores where id = value)
  group by value order by min(key)`;

const READ_STORE = `
  select id, name, area from stores where id = ?`;

const READ_STORES = `
  select id, name, area from stores where (:area is null or area = :area) and id > :afterId order by id limit :limit`;

export function createStores(db: DatabaseSync): Omit<StoreLedger, "putStorePlaces" | "readStorePlaces"> {
  const countStores = db.prepare(COUNT_STORES);
  const countDifferences = db.prepare(COUNT_DIFFERENCES);
  const movedStores = db.prepare(MOVED_STORES);
  const sums = createSums(SQLITE);
  const runStatement = createRunStatement(db);
  const putStores = db.prepare(PUT_STORES);
  const unknownStores = db.prepare(UNKNOWN_STORES);
  const readStore = db.prepare(READ_STORE);
  const readStores = db.prepare(READ_STORES);

  return {
    async countStores() {
      const row = countStores.get();
      return row ? integer(row, "stores") : 0;
    },

    async importStores(stores) {
      return inTransaction(db, () => {
        const rows = JSON.stringify(stores.map(({ id, name, area }) => [id, name, area]));
        const differences = countDifferences.get(rows);
        const added = differences ? integer(differences, "added") : 0;
        const changed = differences ? integer(differences, "changed") : 0;
        runSteps(sums.moveAreas(areaMoves(movedStores.all(rows))), runStatement);
        putStores.run(rows);
        return { added, changed, unchanged: stores.length - added - changed };
      });
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
