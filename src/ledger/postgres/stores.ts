/** The store master. An import is one transaction: all of it or nothing. */
import type { Store } from "../../domain/store.ts";
import type { Database, Row } from "../../postgres/database.ts";
import { isStorable, storable, texts } from "../../postgres/values.ts";
import type { StoreLedger } from "../port/store-ledger.ts";
import { integer, onlyRow, text } from "../sql/row.ts";
import { runStepsAwaiting } from "../sql/steps.ts";
import { areaMoves, createSums } from "../sql/sums.ts";
import { POSTGRES } from "./dialect.ts";
import { LOCK_SUMS } from "./insight.ts";

const COUNT_STORES = `
  select count(*) as stores from stores`;

// One statement where SQLite has two: both halves see the stores as they were before. Sorted, so that two imports at once lock in one order.
const IMPORT_STORES = `
  with given as (
    select * from unnest($1::text[], $2::text[], $3::text[]) as given (id, name, area)
  ), put as (
    insert into stores (id, name, area) select id, name, area from given order by id collate "C"
    on conflict (id) do update set name = excluded.name, area = excluded.area
    where (stores.name, stores.area) <> (excluded.name, excluded.area)
  )
  select count(*) filter (where stores.id is null) as added,
         count(*) filter (where (stores.name, stores.area) <> (given.name, given.area)) as changed
  from given left join stores on stores.id = given.id`;

const MOVED_STORES = `
  select given.id, coalesce(stores.area, '') as old_area, given.area as new_area
  from unnest($1::text[], $2::text[]) as given (id, area)
  left join stores on stores.id = given.id
  where stores.id is null or stores.area <> given.area`;

const KNOWN_STORES = `
  select id from stores where id = any ($1::text[])`;

const READ_STORE = `
  select id, name, area from stores where id = $1`;

const READ_STORES = `
  select id, name, area from stores where ($1::text is null or area = $1) and id > $2 order by id limit $3`;

export function createStores(db: Database): Omit<StoreLedger, "putStorePlaces" | "readStorePlaces"> {
  const sums = createSums(POSTGRES);
  return {
    async countStores() {
      return integer(onlyRow(await db.read(COUNT_STORES)), "stores");
    },

    async importStores(stores) {
      // The last of several with one id counts; PostgreSQL changes a row once in a statement.
      const given = [...new Map(stores.map((store) => [storable(store.id), store])).values()];
      const [ids, names, areas] = [
        texts(given.map(({ id }) => id)),
        texts(given.map(({ name }) => name)),
        texts(given.map(({ area }) => area)),
      ];
      return await db.inTransactionAfter(LOCK_SUMS, async (run) => {
        const moves = areaMoves(await run(MOVED_STORES, [ids, areas]));
        await runStepsAwaiting(sums.moveAreas(moves), run);
        const differences = onlyRow(await run(IMPORT_STORES, [ids, names, areas]));
        const added = integer(differences, "added");
        const changed = integer(differences, "changed");
        return { added, changed, unchanged: stores.length - added - changed };
      });
    },

    async unknownStores(storeIds) {
      // Sorted out here, where SQLite does it: an id that no text column can hold must come back as it was given.
      const rows = await db.read(KNOWN_STORES, [texts(storeIds.filter(isStorable))]);
      const known = new Set(rows.map((row) => text(row, "id")));
      return [...new Set(storeIds)].filter((id) => !known.has(id));
    },

    async readStore(storeId) {
      if (!isStorable(storeId)) return null;
      const [row] = await db.read(READ_STORE, [storeId]);
      return row ? storeFromRow(row) : null;
    },

    async readStores({ area, afterId, limit }) {
      if (area !== null && !isStorable(area)) return [];
      const rows = await db.read(READ_STORES, [area, storable(afterId), limit]);
      return rows.map(storeFromRow);
    },
  };
}

function storeFromRow(row: Row): Store {
  return { id: text(row, "id"), name: text(row, "name"), area: text(row, "area") };
}
