/** Places of stores in the fleet's ledger. */
import type { Database } from "../../postgres/database.ts";
import { isStorable, texts } from "../../postgres/values.ts";
import type { StoreLedger } from "../port/store-ledger.ts";
import { text } from "../sql/row.ts";

const READ_PLACES = `
  select id, latitude, longitude from store_places where id = any ($1::text[])`;

export function createStorePlaces(db: Database): Pick<StoreLedger, "readStorePlaces"> {
  return {
    async readStorePlaces(storeIds) {
      const rows = await db.read(READ_PLACES, [texts(storeIds.filter(isStorable))]);
      return new Map(
        rows.map((row) => [text(row, "id"), { latitude: Number(row.latitude), longitude: Number(row.longitude) }]),
      );
    },
  };
}
