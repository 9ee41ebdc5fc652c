/** Places of stores in the embedded ledger. */
import type { DatabaseSync } from "node:sqlite";
import type { StoreLedger } from "../port/store-ledger.ts";
import { text } from "../sql/row.ts";

const READ_PLACES = `
  select id, latitude, longitude from store_places where id in (select value from json_each(?))`;

export function createStorePlaces(db: DatabaseSync): Pick<StoreLedger, "readStorePlaces"> {
  const readPlaces = db.prepare(READ_PLACES);

  return {
    async readStorePlaces(storeIds) {
      return new Map(
        readPlaces
          .all(JSON.stringify(storeIds))
          .map((row) => [text(row, "id"), { latitude: Number(row.latitude), longitude: Number(row.longitude) }]),
      );
    },
  };
}
