/** `GET /api/visits`: perimeters summed by store and visit date. Goes through the stores page by page, so that no read is long. */
import type { FastifyInstance } from "fastify";
import { Type } from "typebox";
import type { Store } from "../../domain/store.ts";
import type { JobReader } from "../../ledger/port/job-reader.ts";
import type { StoreActivityReader, StoreLedger } from "../../ledger/port/store-ledger.ts";
import { ApiError } from "../problems/api-error.ts";
import { optionalDate, optionalText, type Query, quoted } from "../query.ts";
import { contractErrors, VisitsReply } from "../schemas.ts";
import { readByRoute } from "../v1/submission-schema.ts";

const STORES_PAGE = 200;

/** Of an instant its day as it is written. */
const CalendarDate = Type.Union([Type.String({ format: "date" }), Type.String({ format: "date-time" })]);
const VisitsQuery = Type.Partial(
  Type.Object({
    area: Type.String(),
    storeid: Type.String(),
    startdate: CalendarDate,
    enddate: CalendarDate,
  }),
);

type VisitFilter = {
  readonly area: string | null;
  readonly storeId: string | null;
  readonly from: string | null;
  readonly to: string | null;
};

export function addVisitsRoute(
  app: FastifyInstance,
  deps: { readonly ledger: JobReader & StoreLedger & Pick<StoreActivityReader, "readStoreActivity"> },
): void {
  const { ledger } = deps;

  async function* storePages(filter: VisitFilter): AsyncIterable<readonly Store[]> {
    if (filter.storeId !== null) {
      const store = await storeCalled(filter.storeId);
      if (!store)
        throw new ApiError(
          "invalid_parameter",
          `storeid: there is no store ${quoted(filter.storeId)} in the store master`,
        );
      if (filter.area === null || store.area === filter.area) yield [store];
      return;
    }
    let afterId: string | undefined = "";
    while (afterId !== undefined) {
      const stores: readonly Store[] = await ledger.readStores({ area: filter.area, afterId, limit: STORES_PAGE });
      yield stores;
      afterId = stores.length < STORES_PAGE ? undefined : stores.at(-1)?.id;
    }
  }

  /** By its id, with spaces around and in any case: the very id before one that differs in its case. */
  async function storeCalled(given: string): Promise<Store | null> {
    const id = given.trim();
    const store = await ledger.readStore(id);
    if (store) return store;
    const filter = { tenant: null, area: null, text: id, notSince: null, isOpen: null };
    let afterId: string | undefined = "";
    while (afterId !== undefined) {
      const like: readonly Store[] = await ledger.readStoreActivity(filter, { afterId, limit: STORES_PAGE });
      const found = like.find((one) => one.id.toLowerCase() === id.toLowerCase());
      if (found) return found;
      afterId = like.length < STORES_PAGE ? undefined : like.at(-1)?.id;
    }
    return null;
  }

  async function requireArea(area: string | null): Promise<void> {
    if (area === null) return;
    const [store] = await ledger.readStores({ area, afterId: "", limit: 1 });
    if (!store)
      throw new ApiError("invalid_parameter", `area: no store of the store master is in area ${quoted(area)}`);
  }

  app.get<{ Querystring: Query }>(
    "/api/visits",
    {
      validatorCompiler: readByRoute,
      config: { access: "jobs:read" },
      schema: {
        operationId: "visits",
        summary: "Perimeters summed by store and visit date",
        description:
          "Of measured images, by the calendar day of their visit. A store that is asked for by name is listed even when nobody visited it.",
        tags: ["contract"],
        querystring: VisitsQuery,
        response: { 200: VisitsReply, ...contractErrors(400, 503) },
      },
    },
    async (request): Promise<VisitsReply> => {
      const filter = visitFilter(request.query);
      await requireArea(filter.area);
      const results: VisitsReply["results"] = [];
      for await (const stores of storePages(filter)) {
        const sums = await ledger.readVisits(
          stores.map(({ id }) => id),
          { tenant: request.caller.sees, from: filter.from, to: filter.to },
        );
        for (const { id, area, name } of stores) {
          const data = sums.get(id);
          // A store that was asked for by name is listed even when nobody visited it.
          if (data || filter.storeId !== null) {
            results.push({ store_id: id, area, store_name: name, data: [...(data ?? [])] });
          }
        }
      }
      return { results };
    },
  );
}

function visitFilter(query: Query): VisitFilter {
  const from = optionalDate(query, "startdate") ?? null;
  const to = optionalDate(query, "enddate") ?? null;
  if (from !== null && to !== null && from > to) {
    throw new ApiError("invalid_parameter", `startdate must not be after enddate, got ${from} and ${to}`);
  }
  return {
    area: optionalText(query, "area") || null,
    storeId: optionalText(query, "storeid", "store_id") || null,
    from,
    to,
  };
}
