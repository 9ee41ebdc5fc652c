/** Stores with what was visited of them. Failed images are counted in their own index, so that a store with few of them costs little. */
import type { DatabaseSync } from "node:sqlite";
import type { StoreActivityReader } from "../port/store-ledger.ts";
import { areaActivity, storeActivity, visitDay } from "../sql/store-rows.ts";

// The condition of the index results_failed.
const FAILED_OF_VISIT = `
  (select count(*) from results
   where job = visits.job and image between visits.first_image and visits.last_image and code is not null)`;
const VISIBLE =
  "(select 1 from jobs where id = visits.job and status <> 'preparing' and pruned_at is null and (:tenant is null or tenant = :tenant))";

const SUMS = `
  count(visits.no) as visits, coalesce(sum(visits.last_image - visits.first_image + 1), 0) as images,
  coalesce(sum(${FAILED_OF_VISIT}), 0) as failed`;

const activityOf = (stores: string) => `
  select page.id, page.name, page.area, page.route, page.type, page.opened, page.closed, ${SUMS}, max(visits.visit_date) as last_visit
  from (${stores}) page
  left join visits on visits.store_id = page.id and exists ${VISIBLE}
  group by page.id order by page.id`;

const READ_STORES = activityOf(`
  select id, name, area, route, type, opened, closed from stores
  where id > :afterId and (:area is null or area = :area)
    and (:text is null or instr(lower(id), lower(:text)) > 0 or instr(lower(name), lower(:text)) > 0)
    and (:isOpen is null or (closed is null) = :isOpen)
    and (:notSince is null or (closed is null and not exists (
      select 1 from visits where store_id = stores.id and visit_date >= :notSince and exists ${VISIBLE}
    )))
  order by id limit :limit`);

const READ_STORE = activityOf("select id, name, area, route, type, opened, closed from stores where id = :storeId");

const READ_DAYS = `
  select visit_date as date, ${SUMS} from visits
  where store_id = :storeId and visit_date is not null and exists ${VISIBLE}
  group by visit_date order by visit_date desc limit :limit`;

const READ_AREAS = `
  select area, count(*) as stores, count(*) filter (where visits > 0) as visited_stores, coalesce(sum(visits), 0) as visits,
         coalesce(sum(images), 0) as images, coalesce(sum(failed), 0) as failed, max(last_visit) as last_visit
  from stores
  left join (
    select store_id, ${SUMS}, max(visit_date) as last_visit from visits where exists ${VISIBLE} group by store_id
  ) of_store on of_store.store_id = stores.id
  group by area order by area`;

export function createStoreActivity(db: DatabaseSync): StoreActivityReader {
  const readStores = db.prepare(READ_STORES);
  const readStore = db.prepare(READ_STORE);
  const readDays = db.prepare(READ_DAYS);
  const readAreas = db.prepare(READ_AREAS);
  return {
    readStoreActivity: async (filter, page) =>
      readStores
        .all({ ...filter, isOpen: filter.isOpen === null ? null : Number(filter.isOpen), ...page })
        .map(storeActivity),
    async readOneStoreActivity(storeId, tenant) {
      const row = readStore.get({ storeId, tenant });
      return row ? storeActivity(row) : null;
    },
    readStoreDays: async (storeId, tenant, limit) => readDays.all({ storeId, tenant, limit }).map(visitDay),
    readAreas: async (tenant) => readAreas.all({ tenant }).map(areaActivity),
  };
}
