/** Places of stores in the fleet's ledger. */
import type { Database } from "../../postgres/database.ts";
import { isStorable, numbers, texts } from "../../postgres/values.ts";
import type { StoreLedger } from "../port/store-ledger.ts";
import { text } from "../sql/row.ts";

const PUT_PLACES = `
  insert into store_places (id, latitude, longitude)
  select * from unnest($1::text[], $2::float8[], $3::float8[])
  on conflict (id) do update set latitude = excluded.latitude, longitude = excluded.longitude`;

const READ_PLACES = `
  select id, latitude, longitude from store_places where id = any ($1::text[])`;

export function createStorePlaces(db: Database): Pick<StoreLedger, "putStorePlaces" | "readStorePlaces"> {
  return {
    async putStorePlaces(places) {
      if (places.length === 0) return;
      await db.write(PUT_PLACES, [
        texts(places.map(({ id }) => id)),
        numbers(places.map(({ latitude }) => latitude)),
        numbers(places.map(({ longitude }) => longitude)),
      ]);
    },

    async readStorePlaces(storeIds) {
      const rows = await db.read(READ_PLACES, [texts(storeIds.filter(isStorable))]);
      return new Map(
        rows.map((row) => [text(row, "id"), { latitude: Number(row.latitude), longitude: Number(row.longitude) }]),
      );
    },
  };
}
