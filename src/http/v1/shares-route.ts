/** `/api/v1/reviews/shares`: which share of the visits has a flag, by store and by area. */
import type { TypeBoxTypeProvider } from "@fastify/type-provider-typebox";
import type { FastifyInstance } from "fastify";
import { type Static, Type } from "typebox";
import type { ReviewLedger, StoreShare } from "../../ledger/port/review-ledger.ts";
import { JobId, OrNull } from "../schemas.ts";
import { answers } from "./documented.ts";
import { listAnswer, listOrTable, tableParameters } from "./list-table.ts";
import { dayFields } from "./reviews-routes.ts";
import { Count, Flag } from "./truth-schema.ts";

const shareFields = { visits: Count, flagged_visits: Count, share: Type.Number({ minimum: 0, maximum: 1 }) };
const Share = Type.Object(
  {
    store_id: Type.Optional(Type.String({ description: "By store" })),
    store_name: Type.Optional(OrNull(Type.String(), "By store; null when the store master does not have it")),
    area: OrNull(Type.String(), "Null for stores that the store master does not have"),
    ...shareFields,
  },
  { title: "FlaggedShare" },
);
const Shares = Type.Object(
  {
    ...shareFields,
    data: Type.Array(Share, { description: "The greatest share first" }),
    more: Type.Integer({ minimum: 0, description: "So many more that are not listed" }),
  },
  {
    title: "FlaggedShares",
    description: "Visits of inspected jobs, and those of them with a flag that nobody dismissed",
  },
);

type Sum = Omit<Static<typeof Share>, "share">;

export function addSharesRoute(
  server: FastifyInstance,
  deps: { readonly ledger: Pick<ReviewLedger, "readShares"> },
): void {
  server.withTypeProvider<TypeBoxTypeProvider>().get(
    "/api/v1/reviews/shares",
    {
      config: { access: "jobs:read" },
      schema: {
        operationId: "getFlaggedShares",
        summary: "Share of flagged visits by store or area",
        description: "A visit counts as flagged with one image whose flag nobody dismissed. The greatest share first.",
        tags: ["truth"],
        querystring: Type.Object(
          {
            by: Type.Optional(Type.Enum(["store", "area"], { default: "store" })),
            job: Type.Optional({ ...JobId, maximum: Number.MAX_SAFE_INTEGER, description: "Only of this job" }),
            flag: Type.Optional({ ...Flag, description: "Only this flag" }),
            limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 1_000, default: 50 })),
            ...dayFields,
            ...tableParameters,
          },
          { additionalProperties: false },
        ),
        response: answers({ 200: listAnswer(Shares) }),
      },
    },
    async (request, reply) =>
      await listOrTable({ request, reply, name: "flagged-shares", element: Share }, async ({ query, caller }) => {
        const { by = "store", job: jobId = null, flag = null, from = null, to = null, format = "json" } = query;
        const stores = await deps.ledger.readShares({ tenant: caller.sees, jobId, flag, from, to });
        const sums = by === "store" ? stores.map(ofStore) : ofAreas(stores);
        const all = sums.reduce(plus, { area: null, visits: 0, flagged_visits: 0 });
        const ranked = sums.map(shared).sort((a, b) => b.share - a.share || b.visits - a.visits);
        const limit = format === "json" ? (query.limit ?? 50) : ranked.length;
        return {
          visits: all.visits,
          flagged_visits: all.flagged_visits,
          share: shared(all).share,
          data: ranked.slice(0, limit),
          more: Math.max(0, ranked.length - limit),
        };
      }),
  );
}

function shared(sum: Sum): Static<typeof Share> {
  return { ...sum, share: sum.visits === 0 ? 0 : Math.round((sum.flagged_visits / sum.visits) * 10_000) / 10_000 };
}

function plus(sum: Sum, { visits, flagged_visits }: Sum): Sum {
  return { ...sum, visits: sum.visits + visits, flagged_visits: sum.flagged_visits + flagged_visits };
}

function ofStore({ storeId, storeName, area, visits, flaggedVisits }: StoreShare): Sum {
  return { store_id: storeId, store_name: storeName, area, visits, flagged_visits: flaggedVisits };
}

function ofAreas(stores: readonly StoreShare[]): Sum[] {
  const areas = Map.groupBy(stores, ({ area }) => area);
  return Array.from(areas, ([area, some]) => some.map(ofStore).reduce(plus, { area, visits: 0, flagged_visits: 0 }));
}
