/** `/api/v1/stores` and `/api/v1/areas`: the store master and what was visited of it. */
import type { TypeBoxTypeProvider } from "@fastify/type-provider-typebox";
import type { FastifyInstance } from "fastify";
import { type Static, Type } from "typebox";
import { addDays } from "../../domain/calendar.ts";
import type { AreaActivity, StoreActivity, StoreActivityReader, StoreFilter } from "../../ledger/port/store-ledger.ts";
import type { TenantLedger } from "../../ledger/port/tenant-ledger.ts";
import { ApiError } from "../problems/api-error.ts";
import { OrNull } from "../schemas.ts";
import { answers } from "./documented.ts";
import { listAnswer, listOrTable, tableParameters } from "./list-table.ts";
import { cursorOf, limitOf, listOf, page, pageOf, pageParameters } from "./paging.ts";
import { todayOf } from "./today.ts";

const Count = Type.Integer({ minimum: 0 });
const CalendarDate = Type.String({ format: "date" });
const sums = {
  visits: Count,
  images: Count,
  failed: Count,
  last_visit_date: OrNull(CalendarDate, "Null when there was none"),
};

const Store = Type.Object(
  {
    store_id: Type.String(),
    store_name: Type.String(),
    area: Type.String(),
    route: OrNull(Type.String(), "Null where nobody said"),
    type: OrNull(Type.String(), "Null where nobody said"),
    opened: OrNull(CalendarDate, "Null where nobody said"),
    closed: OrNull(CalendarDate, "From this day on it is no more; null for an open store"),
    ...sums,
  },
  { title: "Store", description: "A store and what was visited of it, in jobs that are not removed" },
);
const StoreWithDays = Type.Object(
  {
    ...Store.properties,
    days: Type.Array(Type.Object({ date: CalendarDate, visits: Count, images: Count, failed: Count }), {
      description: "Days with a visit, the latest first, at most 366",
    }),
  },
  { title: "StoreWithDays", description: "A store and the days on which it was visited" },
);
const Area = Type.Object({ area: Type.String(), stores: Count, visited_stores: Count, ...sums }, { title: "Area" });
const Areas = listOf(Area, "All areas");

const OfArea = Type.Optional(Type.String({ maxLength: 128, description: "Only stores of this area" }));
const Text = Type.Optional(
  Type.String({ minLength: 1, maxLength: 128, description: "Part of an id or a name, whatever its case" }),
);
const StoresQuery = Type.Object(
  {
    q: Text,
    area: OfArea,
    state: Type.Optional(Type.Enum(["open", "closed"], { description: "Only stores that are open, or closed" })),
    ...pageParameters,
    ...tableParameters,
  },
  { additionalProperties: false },
);
const InactiveQuery = Type.Object(
  {
    days: Type.Optional(
      Type.Integer({
        minimum: 1,
        maximum: 3_650,
        default: 30,
        description: "Without a visit for so many days, 30 if not given",
      }),
    ),
    q: Text,
    area: OfArea,
    ...pageParameters,
    ...tableParameters,
  },
  { additionalProperties: false },
);

const DAYS_SHOWN = 366;
/** Areas are summed up over all visits: not for each look at the page. */
const AREAS_KEPT_MS = 10_000;

export function addStoresRoutes(
  server: FastifyInstance,
  deps: {
    readonly ledger: StoreActivityReader & Pick<TenantLedger, "readTenantTimes">;
    readonly now: () => number;
  },
): void {
  const { ledger } = deps;
  const app = server.withTypeProvider<TypeBoxTypeProvider>();
  /** By tenant. */
  const areas = new Map<string | null, { readonly at: number; readonly read: Promise<readonly AreaActivity[]> }>();

  async function pageOfStores(filter: StoreFilter, query: { readonly limit?: number; readonly cursor?: string }) {
    const limit = limitOf(query);
    const afterId = cursorOf(Type.String(), query.cursor) ?? "";
    const stores = await ledger.readStoreActivity(filter, { afterId, limit });
    return page(stores.map(storeView), stores.length < limit ? null : (stores.at(-1)?.id ?? null));
  }

  app.get(
    "/api/v1/stores",
    {
      config: { access: "stores:read" },
      schema: {
        operationId: "listStores",
        summary: "Stores by id, with what was visited of them",
        description: "With sums over all jobs that are not removed.",
        tags: ["stores"],
        querystring: StoresQuery,
        response: answers({ 200: listAnswer(pageOf(Store, "A page of stores")) }),
      },
    },
    async (request, reply) =>
      await listOrTable({ request, reply, name: "stores", element: Store }, async ({ query, caller }) => {
        const isOpen = query.state === undefined ? null : query.state === "open";
        const filter = { tenant: caller.sees, text: query.q ?? null, area: query.area ?? null, notSince: null, isOpen };
        return await pageOfStores(filter, query);
      }),
  );

  app.get(
    "/api/v1/stores/inactive",
    {
      config: { access: "stores:read" },
      schema: {
        operationId: "listInactiveStores",
        summary: "Stores that nobody visited for some days",
        description:
          "By the date of the visits, up to the tenant's today. A visit whose time could not be read does not count.",
        tags: ["stores"],
        querystring: InactiveQuery,
        response: answers({ 200: listAnswer(pageOf(Store, "A page of stores")) }),
      },
    },
    async (request, reply) =>
      await listOrTable({ request, reply, name: "stores-not-visited", element: Store }, async ({ query, caller }) => {
        const notSince = addDays(await todayOf(ledger, caller.tenant, deps.now()), -(query.days ?? 30));
        const filter = { tenant: caller.sees, text: query.q ?? null, area: query.area ?? null, notSince, isOpen: true };
        return await pageOfStores(filter, query);
      }),
  );

  app.get(
    "/api/v1/stores/:store",
    {
      config: { access: "stores:read" },
      schema: {
        operationId: "getStore",
        summary: "One store, with the days on which it was visited",
        description: "With its sums, and its days with visits, the latest first.",
        tags: ["stores"],
        params: Type.Object({ store: Type.String({ minLength: 1, maxLength: 128, description: "The store's id" }) }),
        response: answers({ 200: StoreWithDays }, "store_not_found"),
      },
    },
    async ({ params, caller }) => {
      const store = await ledger.readOneStoreActivity(params.store, caller.sees);
      if (!store) throw new ApiError("store_not_found", `there is no store ${JSON.stringify(params.store)}`);
      return { ...storeView(store), days: [...(await ledger.readStoreDays(store.id, caller.sees, DAYS_SHOWN))] };
    },
  );

  app.get(
    "/api/v1/areas",
    {
      config: { access: "stores:read" },
      schema: {
        operationId: "listAreas",
        summary: "Areas with what was visited of their stores",
        description: "As it was at most 10 s ago.",
        tags: ["stores"],
        querystring: Type.Object(tableParameters, { additionalProperties: false }),
        response: answers({ 200: listAnswer(Areas) }),
      },
    },
    async (request, reply) =>
      await listOrTable({ request, reply, name: "areas", element: Area }, async ({ caller }) => ({
        data: (await readAreas(caller.sees)).map(areaView),
      })),
  );

  async function readAreas(sees: string | null): Promise<readonly AreaActivity[]> {
    const at = deps.now();
    const known = areas.get(sees);
    const kept = known && at - known.at < AREAS_KEPT_MS ? known : { at, read: ledger.readAreas(sees) };
    areas.set(sees, kept);
    try {
      return await kept.read;
    } catch (error) {
      if (areas.get(sees) === kept) areas.delete(sees);
      throw error;
    }
  }
}

function storeView(store: StoreActivity): Static<typeof Store> {
  const { visits, images, failed, lastVisit } = store;
  return {
    store_id: store.id,
    store_name: store.name,
    area: store.area,
    route: store.route,
    type: store.type,
    opened: store.opened,
    closed: store.closed,
    visits,
    images,
    failed,
    last_visit_date: lastVisit,
  };
}

function areaView({ area, stores, visitedStores, visits, images, failed, lastVisit }: AreaActivity) {
  return { area, stores, visited_stores: visitedStores, visits, images, failed, last_visit_date: lastVisit };
}
