/** Places of stores in the embedded ledger. */
import type { DatabaseSync } from "node:sqlite";
import type { StoreLedger } from "../port/store-ledger.ts";
import { text } from "../sql/row.ts";
import { inTransaction } from "./database.ts";

const PUT_PLACE = `
  insert into store_places (id, latitude, longitude) values (?, ?, ?)
  on conflict (id) do update set latitude = excluded.latitude, longitude = excluded.longitude`;

const READ_PLACES = `
  select id, latitude, longitude from store_places where id in (select value from json_each(?))`;

export function createStorePlaces(db: DatabaseSync): Pick<StoreLedger, "putStorePlaces" | "readStorePlaces"> {
  const putPlace = db.prepare(PUT_PLACE);
  const readPlaces = db.prepare(READ_PLACES);

  return {
    async putStorePlaces(places) {
      inTransaction(db, () => {
        for (const { id, latitude, longitude } of places) putPlace.run(id, latitude, longitude);
      });
    },

    async readStorePlaces(storeIds) {
      return new Map(
        readPlaces
          .all(JSON.stringify(storeIds))
          .map((row) => [text(row, "id"), { latitude: Number(row.latitude), longitude: Number(row.longitude) }]),
      );
    },
  };
}
