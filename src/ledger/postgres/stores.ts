/** The store master. */
import type { Store } from "../../domain/store.ts";
import type { Database, Row } from "../../postgres/database.ts";
import { isStorable, storable, texts } from "../../postgres/values.ts";
import type { StoreLedger } from "../port/store-ledger.ts";
import { integer, onlyRow, text } from "../sql/row.ts";
import { runStepsAwaiting } from "../sql/steps.ts";
import { createStoreMaster } from "../sql/store-master.ts";
import { POSTGRES } from "./dialect.ts";
import { LOCK_SUMS } from "./insight.ts";

const COUNT_STORES = `
  select count(*) as stores from stores`;

const KNOWN_STORES = `
  select id from stores where id = any ($1::text[])`;

const READ_STORE = `
  select id, name, area from stores where id = $1`;

const READ_STORES = `
  select id, name, area from stores where ($1::text is null or area = $1) and id > $2 order by id limit $3`;

export function createStores(db: Database): Omit<StoreLedger, "readStorePlaces"> {
  return {
    ...createStoreMaster({
      run: (sql, values) => db.write(sql, values),
      // One import at a time, and none while sums are added up: stores may move between areas.
      inTransaction: (steps) => db.inTransactionAfter(LOCK_SUMS, (run) => runStepsAwaiting(steps(), run)),
      dialect: POSTGRES,
      storable,
    }),

    async countStores() {
      return integer(onlyRow(await db.read(COUNT_STORES)), "stores");
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
