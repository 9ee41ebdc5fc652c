/** Stores with what was visited of them. Failed images are counted in their own index, so that a store with few of them costs little. */
import type { Database } from "../../postgres/database.ts";
import { isStorable, storable } from "../../postgres/values.ts";
import type { StoreActivityReader } from "../port/store-ledger.ts";
import { areaActivity, storeActivity, visitDay } from "../sql/store-rows.ts";

// The condition of the index results_failed.
const FAILED_OF_VISIT = `
  (select count(*) from results
   where job = visits.job and image between visits.first_image and visits.last_image and code is not null)`;
const isVisible = (tenant: string) =>
  `jobs.status <> 'preparing' and jobs.pruned_at is null and (${tenant}::text is null or jobs.tenant = ${tenant})`;
// Of a store's visits. A value and not an "exists", which PostgreSQL answers by reading all jobs once there are many.
const isVisibleTo = (tenant: string) => `(select ${isVisible(tenant)} from jobs where id = visits.job)`;

// A sum of bigint is a numeric, which the client library gives as text.
const SUMS = `
  count(visits.no) as visits, coalesce(sum(visits.last_image - visits.first_image + 1), 0) as images,
  coalesce(sum(${FAILED_OF_VISIT}), 0)::bigint as failed`;

const activityOf = (stores: string, tenant: string) => `
  select page.id, page.name, page.area, page.route, page.type, page.opened, page.closed, sums.*
  from (${stores}) page
  cross join lateral (
    select ${SUMS}, max(visits.visit_date) as last_visit from visits where store_id = page.id and ${isVisibleTo(tenant)}
  ) sums
  order by page.id`;

const READ_STORES = activityOf(
  `
  select id, name, area, route, type, opened, closed from stores
  where id > $1 and ($2::text is null or area = $2)
    and ($3::text is null or position(lower($3) in lower(id)) > 0 or position(lower($3) in lower(name)) > 0)
    and ($7::boolean is null or (closed is null) = $7)
    and ($4::text is null or (closed is null and not exists (
      select 1 from visits where store_id = stores.id and visit_date >= $4 and ${isVisibleTo("$6")}
    )))
  order by id limit $5`,
  "$6",
);

const READ_STORE = activityOf("select id, name, area, route, type, opened, closed from stores where id = $1", "$2");

const READ_DAYS = `
  select visit_date as date, ${SUMS} from visits
  where store_id = $1 and visit_date is not null and ${isVisibleTo("$3")}
  group by visit_date order by visit_date desc limit $2`;

const READ_AREAS = `
  select area, count(*) as stores, count(*) filter (where visits > 0) as visited_stores,
         coalesce(sum(visits), 0)::bigint as visits, coalesce(sum(images), 0)::bigint as images,
         coalesce(sum(failed), 0)::bigint as failed, max(last_visit) as last_visit
  from stores
  left join (
    select store_id, ${SUMS}, max(visit_date) as last_visit from visits join jobs on jobs.id = visits.job
    where ${isVisible("$1")} group by store_id
  ) of_store on of_store.store_id = stores.id
  group by area order by area`;

export function createStoreActivity(db: Database): StoreActivityReader {
  return {
    async readStoreActivity({ tenant, area, text, notSince, isOpen }, { afterId, limit }) {
      if (![area, text].every((value) => value === null || isStorable(value))) return [];
      return (await db.read(READ_STORES, [storable(afterId), area, text, notSince, limit, tenant, isOpen])).map(
        storeActivity,
      );
    },
    async readOneStoreActivity(storeId, tenant) {
      if (!isStorable(storeId)) return null;
      const [row] = await db.read(READ_STORE, [storeId, tenant]);
      return row ? storeActivity(row) : null;
    },
    async readStoreDays(storeId, tenant, limit) {
      return isStorable(storeId) ? (await db.read(READ_DAYS, [storeId, limit, tenant])).map(visitDay) : [];
    },
    readAreas: async (tenant) => (await db.read(READ_AREAS, [tenant])).map(areaActivity),
  };
}
