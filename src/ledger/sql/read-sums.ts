/** Reads sums over jobs in either database. Each statement has one tenant, or an index of the sums would be of no use. */
import {
  CAUSES,
  type CauseCell,
  type CauseSum,
  type CellSums,
  type InsightLedger,
  type KeySums,
  SUM_NAMES,
  type Sums,
} from "../port/insight-ledger.ts";
import { integer, oneOf, type Row, text } from "./row.ts";
import type { Dialect, Value } from "./steps.ts";
import { SLOT_MS } from "./sum-changes.ts";
import { WITH_TENANTS } from "./sums.ts";

const TENANTS = `
  ${WITH_TENANTS}
  select tenant from tenants where tenant is not null`;

const sumOf = (column: string) => `cast(sum(${column}) as bigint) as ${column}`;
const SUMS = SUM_NAMES.map(sumOf).join(", ");

const IN_SPAN = `
  tenant = $1 and dimension = $2 and grain = $3 and day between $4 and $5
  and (cast($6 as text) is null or key in (select id from stores where area = $6))`;
const KEY_SUMS = `
  select key, ${SUMS} from sums where ${IN_SPAN} group by key`;
const KEY_CAUSES = `
  select key, cause, ${sumOf("images")} from cause_sums where ${IN_SPAN} and cause = $7 group by key, cause`;

const THROUGHPUT = `
  select slot, ${sumOf("images")} from throughput
  where slot >= $1 and (cast($2 as text) is null or tenant = $2) group by slot order by slot`;

const storeNamesSql = (dialect: Dialect) => `
  select stores.id, stores.name
  from (select value ->> 0 as id from ${dialect.elements("$1")} listed) given
  join stores on stores.id = given.id`;

type Run = (sql: string, values: readonly Value[]) => Promise<readonly Row[]>;

/** The one tenant, or all that have sums. */
export async function tenantsWithSums(run: Run, tenant: string | null): Promise<readonly string[]> {
  return tenant === null ? (await run(TENANTS, [])).map((row) => text(row, "tenant")) : [tenant];
}

export function createSumReader(deps: {
  readonly run: Run;
  readonly dialect: Dialect;
}): Pick<
  InsightLedger,
  | "countSumChanges"
  | "readKeySums"
  | "readKeyCauses"
  | "readCells"
  | "readCauseCells"
  | "readStoreNames"
  | "readThroughput"
> {
  const { run, dialect } = deps;
  const CELLS = dialect.cells({ from: "sums", columns: ["key", "grain", "day", ...SUM_NAMES] });
  const CAUSE_CELLS = dialect.cells({ from: "cause_sums", columns: ["key", "grain", "day", "cause", "images"] });
  const STORE_NAMES = storeNamesSql(dialect);

  /** The rows of each tenant, one statement after the other. */
  async function ofTenants(tenant: string | null, sql: string, values: readonly Value[]): Promise<readonly Row[]> {
    const rows: Row[] = [];
    for (const one of await tenantsWithSums(run, tenant)) rows.push(...(await run(sql, [one, ...values])));
    return rows;
  }

  return {
    async countSumChanges() {
      const [row] = await run("select count(*) as changes from sum_changes", []);
      return row ? integer(row, "changes") : 0;
    },

    async readKeySums({ tenant, dimension, area, spans }) {
      const sums = new Map<string, KeySums>();
      for (const { grain, first, last } of spans) {
        for (const row of await ofTenants(tenant, KEY_SUMS, [dimension, grain, first, last, area])) {
          const key = text(row, "key");
          sums.set(key, { key, ...plus(sums.get(key), sumsIn(row)) });
        }
      }
      return [...sums.values()];
    },

    async readKeyCauses({ tenant, dimension, area, spans, cause }) {
      const rows: Row[] = [];
      for (const { grain, first, last } of spans) {
        rows.push(...(await ofTenants(tenant, KEY_CAUSES, [dimension, grain, first, last, area, cause])));
      }
      return addedCauses(rows);
    },

    async readCells({ tenant, dimension, keys, periods }) {
      const cells = new Map<string, CellSums>();
      for (const row of await ofTenants(tenant, CELLS, [dimension, ...listed(periods, keys)])) {
        const at = placeIn(row);
        const place = JSON.stringify(at);
        cells.set(place, { ...at, ...plus(cells.get(place), sumsIn(row)) });
      }
      return [...cells.values()];
    },

    async readCauseCells({ tenant, dimension, keys, periods }) {
      const cells = new Map<string, CauseCell>();
      for (const row of await ofTenants(tenant, CAUSE_CELLS, [dimension, ...listed(periods, keys)])) {
        const at = { ...placeIn(row), cause: oneOf(row, "cause", CAUSES) };
        const place = JSON.stringify(at);
        cells.set(place, { ...at, images: integer(row, "images") + (cells.get(place)?.images ?? 0) });
      }
      return [...cells.values()];
    },

    async readThroughput(tenant, from) {
      const rows = await run(THROUGHPUT, [Math.ceil(from / SLOT_MS), tenant]);
      return rows.map((row) => ({ at: integer(row, "slot") * SLOT_MS, images: integer(row, "images") }));
    },

    async readStoreNames(storeIds) {
      const rows = await run(STORE_NAMES, [JSON.stringify(storeIds.map((id) => [id]))]);
      return new Map(rows.map((row) => [text(row, "id"), text(row, "name")]));
    },
  };
}

function listed(
  periods: readonly { readonly grain: string; readonly day: string }[],
  keys: readonly string[],
): readonly Value[] {
  return [JSON.stringify(periods.map(({ grain, day }) => [grain, day])), JSON.stringify(keys.map((key) => [key]))];
}

function placeIn(row: Row) {
  return {
    key: text(row, "key"),
    grain: oneOf(row, "grain", ["day", "week", "month", "none"]),
    day: text(row, "day"),
  };
}

function sumsIn(row: Row): Sums {
  return {
    visits: integer(row, "visits"),
    images: integer(row, "images"),
    failed: integer(row, "failed"),
    perimeter: integer(row, "perimeter"),
    flagged: integer(row, "flagged"),
  };
}

export function plus(a: Sums | undefined, b: Sums): Sums {
  if (!a) return b;
  return {
    visits: a.visits + b.visits,
    images: a.images + b.images,
    failed: a.failed + b.failed,
    perimeter: a.perimeter + b.perimeter,
    flagged: a.flagged + b.flagged,
  };
}

/** Of several tenants and spans, each key and cause once. */
function addedCauses(rows: readonly Row[]): readonly CauseSum[] {
  const sums = new Map<string, CauseSum>();
  for (const row of rows) {
    const key = text(row, "key");
    const cause = oneOf(row, "cause", CAUSES);
    const place = JSON.stringify([key, cause]);
    sums.set(place, { key, cause, images: integer(row, "images") + (sums.get(place)?.images ?? 0) });
  }
  return [...sums.values()];
}
