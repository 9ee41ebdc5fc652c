/**
 * Adds noted changes to the sums, and moves sums of stores whose area changed, in either database. Each in the caller's transaction, one at a
 * time: in PostgreSQL the caller holds a lock, so that no two wait for each other's rows in a circle.
 */
import { integer, type Row, text } from "./row.ts";
import type { Dialect, Steps } from "./steps.ts";
import { SLOT_MS, sumsOfChanges } from "./sum-changes.ts";

/** So many changes are added up in one step: a few hundredths of a second. */
const CHANGES_A_STEP = 10_000;
/** So many stores change their area in one statement: PostgreSQL ends one that takes too long. */
const MOVES_A_STEP = 1_000;
/** So many periods are read at once where most stores move; the sums of each lie together. */
const PERIODS_A_STEP = 16;
/** From so many on, and where they are more than one store in eight, what a period has is read once instead of a look-up for each store in it. */
const MANY_MOVES = 500;
const ONE_IN = 8;
/** Behind a look-up of many rows, so that PostgreSQL takes the index for it. */
const ANY_NUMBER = 10_000_000;
/** A day. */
const SLOTS_KEPT = 86_400_000 / SLOT_MS;

const PLACE = ["tenant", "dimension", "grain", "day", "key"] as const;
const SUMS = ["visits", "images", "failed", "perimeter", "flagged"] as const;

/** The key begins with the tenant. One look-up for each: the others are passed over in the index. */
export const WITH_TENANTS = `
  with recursive tenants (tenant) as (
    select min(tenant) from sums
    union all
    select (select min(sums.tenant) from sums where sums.tenant > tenants.tenant) from tenants where tenants.tenant is not null
  )`;

const REMOVE_EMPTY_AREAS = [
  `${WITH_TENANTS}
  delete from sums where tenant in (select tenant from tenants) and dimension = 'area'
    and ${SUMS.map((sum) => `${sum} = 0`).join(" and ")}`,
  `${WITH_TENANTS}
  delete from cause_sums where tenant in (select tenant from tenants) and dimension = 'area' and images = 0`,
];

/** Elements of a JSON list of lists in $1, as columns. */
const given = ({ elements }: Dialect, texts: readonly string[], numbers: readonly string[]) => `
  select ${[
    ...texts.map((name, no) => `value ->> ${no} as ${name}`),
    ...numbers.map((name, no) => `cast(value ->> ${texts.length + no} as bigint) as ${name}`),
  ].join(", ")}
  from ${elements("$1")} listed`;

const adding = (table: string, sums: readonly string[], conflict: readonly string[]) => `
  on conflict (${conflict.join(", ")}) do update set ${sums.map((sum) => `${sum} = ${table}.${sum} + excluded.${sum}`).join(", ")}`;

const takeSql = ({ each }: Dialect) => `
  select changes.no, changes.job, changes.image, changes.sign, changes.perimeter, changes.code, changes.marks, changes.finished_at,
         jobs.tenant, coalesce(changes.url, images.url) as url, images.visit, visits.store_id, visits.visit_date, visits.agent, visits.first_image, stores.area
  from (select * from sum_changes order by no limit ${CHANGES_A_STEP}) changes
  ${each({ table: "jobs", as: "jobs", where: "jobs.id = changes.job" })}
  ${each({ table: "images", as: "images", where: "images.job = changes.job and images.no = changes.image" })}
  ${each({ table: "visits", as: "visits", where: "visits.job = changes.job and visits.no = images.visit" })}
  ${each({ table: "stores", as: "stores", where: "stores.id = visits.store_id" })}`;

export function createSums(dialect: Dialect) {
  const TAKE = takeSql(dialect);
  const FORGET = `
    delete from sum_changes where no in (select cast(value ->> 0 as bigint) from ${dialect.elements("$1")} listed)`;
  const ADD_SUMS = `
    insert into sums (${[...PLACE, ...SUMS].join(", ")})
    select * from (${given(dialect, PLACE, SUMS)}) given where true ${adding("sums", SUMS, PLACE)}`;
  const ADD_CAUSES = `
    insert into cause_sums (${[...PLACE, "cause", "images"].join(", ")})
    select * from (${given(dialect, [...PLACE, "cause"], ["images"])}) given where true
    ${adding("cause_sums", ["images"], [...PLACE, "cause"])}`;
  const ADD_THROUGHPUT = `
    insert into throughput (tenant, slot, images)
    select * from (${given(dialect, ["tenant"], ["slot", "images"])}) given where true
    ${adding("throughput", ["images"], ["slot", "tenant"])}`;
  const FORGET_THROUGHPUT = `
    delete from throughput where slot < storewalk_now() / ${SLOT_MS} - ${SLOTS_KEPT}`;
  // Where nothing is left there is no row, or those of removed jobs would stay for ever.
  const REMOVE_EMPTY = `
    delete from sums where (${PLACE.join(", ")}) in (select ${PLACE.join(", ")} from (${given(dialect, PLACE, [])}) given)
      and ${SUMS.map((sum) => `${sum} = 0`).join(" and ")}`;
  const REMOVE_EMPTY_CAUSES = `
    delete from cause_sums
    where (${PLACE.join(", ")}, cause) in (select ${PLACE.join(", ")}, cause from (${given(dialect, [...PLACE, "cause"], [])}) given)
      and images = 0`;

  // An index of stores alone would cost at every recording, so by each period that has any sums and the store's key in it. Materialized, or SQLite
  // reads the periods anew for each store.
  const WITH_PERIODS = `
    ${WITH_TENANTS}, periods as materialized (
      select tenants.tenant, totals.grain, totals.day
      from tenants cross join sums totals
      where totals.tenant = tenants.tenant and totals.dimension = 'all' and totals.key = ''
    )`;
  const ofStore = (table: string, most: number) =>
    dialect.each({
      table,
      as: "moved",
      where:
        "moved.tenant = periods.tenant and moved.dimension = 'store' and moved.grain = periods.grain and moved.day = periods.day and moved.key = given.id",
      most,
    });
  const stores = given(dialect, ["id", "old_area", "new_area"], []);
  const moving = (area: string, sign: string) => `
    insert into sums (${[...PLACE, ...SUMS].join(", ")})
    ${WITH_PERIODS}
    select moved.tenant, 'area', moved.grain, moved.day, given.${area}, ${SUMS.map((sum) => `${sign}sum(moved.${sum})`).join(", ")}
    from (${stores}) given cross join periods ${ofStore("sums", 1)}
    where coalesce(moved.images, -1) >= 0 group by 1, 2, 3, 4, 5
    ${adding("sums", SUMS, PLACE)}`;
  const movingCauses = (area: string, sign: string) => `
    insert into cause_sums (${[...PLACE, "cause", "images"].join(", ")})
    ${WITH_PERIODS}
    select moved.tenant, 'area', moved.grain, moved.day, given.${area}, moved.cause, ${sign}sum(moved.images)
    from (${stores}) given cross join periods ${ofStore("cause_sums", 1_000)}
    where coalesce(moved.images, -1) >= 0 group by 1, 2, 3, 4, 5, 6
    ${adding("cause_sums", ["images"], [...PLACE, "cause"])}`;
  const MOVES = [
    moving("new_area", ""),
    moving("old_area", "-"),
    movingCauses("new_area", ""),
    movingCauses("old_area", "-"),
  ];
  // Into the new area and out of the old one at once: the rows of a period are read for both. Left joins with a `coalesce`, or SQLite begins with the
  // stores and looks each up in each period; the cast, or it makes no index of them.
  const SIDES = "(select 1 as sign union all select -1) sides";
  const ofPeriod = (table: string) =>
    dialect.each({
      table,
      as: "moved",
      where:
        "moved.tenant = periods.tenant and moved.dimension = 'store' and moved.grain = periods.grain and moved.day = periods.day",
      most: ANY_NUMBER,
    });
  const movingMost = (table: string, more: readonly string[], counts: readonly string[]) => `
    insert into ${table} (${[...PLACE, ...more, ...counts].join(", ")})
    with given as materialized (select cast(id as text) as id, old_area, new_area from (${stores}) moves), periods as materialized (
      select value ->> 0 as tenant, value ->> 1 as grain, value ->> 2 as day from ${dialect.elements("$2")} listed
    )
    select moved.tenant, 'area', moved.grain, moved.day, case when sides.sign = 1 then given.new_area else given.old_area end,
      ${[...more.map((name) => `moved.${name}`), ...counts.map((count) => `sum(sides.sign * moved.${count})`)].join(", ")}
    from periods ${ofPeriod(table)} left join given on given.id = moved.key cross join ${SIDES}
    where coalesce(moved.images, -1) >= 0 and coalesce(length(given.id), -1) >= 0 group by ${[...PLACE, ...more].map((_, at) => at + 1).join(", ")}
    ${adding(table, counts, [...PLACE, ...more])}`;
  const MOVES_OF_MOST = [movingMost("sums", [], SUMS), movingMost("cause_sums", ["cause"], ["images"])];
  const PERIODS = `${WITH_PERIODS} select tenant, grain, day from periods`;

  // A store has sums only while it has visits, which have an index by store; for each by that index, whatever the planner knows.
  const VISITED = `
    select id from (${given(dialect, ["id"], [])}) given
    where (select true from visits where visits.store_id = given.id limit 1)`;

  /** Returns whether there is more. */
  function* addUp(): Steps<boolean> {
    const rows = yield [TAKE, []];
    if (rows.length === 0) return false;
    const { sums, causes, throughput } = sumsOfChanges(rows.filter(isOfAnImage));
    if (sums.length > 0) yield [ADD_SUMS, [JSON.stringify(sums)]];
    if (causes.length > 0) yield [ADD_CAUSES, [JSON.stringify(causes)]];
    const less = [sums, causes].map((list) => list.filter((row) => row.slice(PLACE.length).some(isNegative)));
    if (less[0]?.length) yield [REMOVE_EMPTY, [JSON.stringify(less[0])]];
    if (less[1]?.length) yield [REMOVE_EMPTY_CAUSES, [JSON.stringify(less[1])]];
    if (throughput.length > 0) {
      yield [ADD_THROUGHPUT, [JSON.stringify(throughput)]];
      yield [FORGET_THROUGHPUT, []];
    }
    yield [FORGET, [JSON.stringify(rows.map((row) => [integer(row, "no")]))]];
    return rows.length === CHANGES_A_STEP;
  }

  function* moveEach(moves: readonly AreaMove[]): Steps<void> {
    for (const batch of batches(moves, MOVES_A_STEP)) for (const sql of MOVES) yield [sql, [listOf(batch)]];
  }

  function* moveMost(moves: readonly AreaMove[]): Steps<void> {
    const rows = yield [PERIODS, []];
    const periods = rows.map((row) => [text(row, "tenant"), text(row, "grain"), text(row, "day")]);
    for (let from = 0; from < periods.length; from += PERIODS_A_STEP) {
      const some = JSON.stringify(periods.slice(from, from + PERIODS_A_STEP));
      for (const sql of MOVES_OF_MOST) yield [sql, [listOf(moves), some]];
    }
  }

  return {
    addUp,

    /** To be called before images and visits of a job are removed, by which its changes are told apart. Returns whether all are in the sums. */
    *addUpAll(jobId: number): Steps<boolean> {
      const [left] = yield ["select no from sum_changes where job = $1 limit 1", [jobId]];
      return left === undefined || !(yield* addUp());
    },

    /** Before the store master's so many stores get their new areas; a store that was not known is of the area ''. */
    *moveAreas(moves: readonly AreaMove[], stores: number): Steps<void> {
      // What is noted and not added yet follows: it counts for the area of the moment at which it is added.
      const moved: AreaMove[] = [];
      for (const batch of batches(moves, MOVES_A_STEP)) {
        const rows = yield [VISITED, [JSON.stringify(batch.map(({ id }) => [id]))]];
        const visited = new Set(rows.map((row) => text(row, "id")));
        moved.push(...batch.filter(({ id }) => visited.has(id)));
      }
      if (moved.length === 0) return;
      if (moved.length >= MANY_MOVES && moved.length * ONE_IN >= stores) yield* moveMost(moved);
      else yield* moveEach(moved);
      for (const sql of REMOVE_EMPTY_AREAS) yield [sql, []];
    },
  };
}

const listOf = (moves: readonly AreaMove[]) => JSON.stringify(moves.map(({ id, from, to }) => [id, from, to]));

export function* batches<T>(all: readonly T[], most: number): Iterable<readonly T[]> {
  for (let from = 0; from < all.length; from += most) yield all.slice(from, from + most);
}

type AreaMove = { readonly id: string; readonly from: string; readonly to: string };

/** A process of an earlier version may have removed a job during an upgrade without waiting for its changes. */
const isOfAnImage = (row: Row) => row.url !== null && row.store_id !== null;
const isNegative = (value: unknown) => typeof value === "number" && value < 0;
