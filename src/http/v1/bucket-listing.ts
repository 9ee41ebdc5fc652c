/** What was found below a prefix of a bucket, as it is answered: of a job that takes it, and of a schedule that would. */
import { type Static, Type } from "typebox";
import type { ListingSoFar } from "../../intake/listing.ts";
import { OrNull } from "../schemas.ts";

export const ListedKeys = Type.Object(
  {
    keys: Type.Integer({ minimum: 0, description: "All that were listed" }),
    matched: Type.Integer({ minimum: 0, description: "Photos of the pattern, which are the job's images" }),
    first: Type.Array(
      Type.Object({
        store_id: Type.String(),
        visit_time: Type.String(),
        name: OrNull(Type.String(), "Null where the pattern has none"),
        image_url: Type.String(),
      }),
      { description: "The first ten of them" },
    ),
    first_others: Type.Array(Type.Object({ key: Type.String(), why: Type.String() }), {
      description: "The first ten keys that are none, which are left out",
    }),
  },
  { title: "ListedKeys", description: "What was found below the prefix" },
);

export function listingView({ keys, matched, rows, others }: ListingSoFar): Static<typeof ListedKeys> {
  return {
    keys,
    matched,
    first: rows.map(({ storeId, visitTime, name, url }) => ({
      store_id: storeId,
      visit_time: visitTime,
      name,
      image_url: url,
    })),
    first_others: [...others],
  };
}
