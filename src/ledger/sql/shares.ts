/** Shares of flagged visits, and figures of a sample of images, in either database. */
import type { ReviewLedger } from "../port/review-ledger.ts";
import { flagBit, stateNumber } from "./marks.ts";
import { storedFindings } from "./result-rows.ts";
import { integer, integerOrNull, type Row, text, textOrNull } from "./row.ts";
import type { Dialect, Value } from "./steps.ts";

const INSPECTED_JOBS = `
  select id from jobs
  where inspect <> 'off' and status <> 'preparing' and pruned_at is null
    and (cast($1 as text) is null or tenant = $1) and (cast($2 as bigint) is null or id = $2)`;

const DAYS = "(cast($3 as text) is null or visit_date >= $3) and (cast($4 as text) is null or visit_date <= $4)";

const READ_SHARES = `
  select of_store.store_id, of_store.visits, coalesce(flagged_of_store.visits, 0) as flagged_visits, stores.name as store_name, stores.area
  from (
    select store_id, count(*) as visits from visits where job in (${INSPECTED_JOBS}) and ${DAYS} group by store_id
  ) of_store
  left join (
    select store_id, count(*) as visits
    from (
      select distinct job, visit, store_id from flagged
      where job in (${INSPECTED_JOBS}) and ${DAYS} and state <> ${stateNumber("dismissed")} and marks <> 0
        and (cast($5 as bigint) is null or (marks & cast($5 as bigint)) <> 0)
    ) flagged_visits
    group by store_id
  ) flagged_of_store on flagged_of_store.store_id = of_store.store_id
  left join stores on stores.id = of_store.store_id
  order by of_store.store_id`;

const figuresSql = ({ elements }: Dialect) => `
  select results.width, results.height, results.findings
  from (
    select cast(value ->> 0 as bigint) as first, cast(value ->> 1 as bigint) as last from ${elements("$2")} listed
  ) given
  join results on results.job = $1 and results.image between given.first and given.last
  where results.findings is not null`;

export function createShares(deps: {
  readonly run: (sql: string, values: readonly Value[]) => Promise<readonly Row[]>;
  readonly dialect: Dialect;
}): Pick<ReviewLedger, "readShares" | "readFigures"> {
  const { run } = deps;
  const READ_FIGURES = figuresSql(deps.dialect);
  return {
    async readShares({ tenant, jobId, from, to, flag }) {
      const rows = await run(READ_SHARES, [tenant, jobId, from, to, flag && flagBit(flag)]);
      return rows.map((row) => ({
        storeId: text(row, "store_id"),
        storeName: textOrNull(row, "store_name"),
        area: textOrNull(row, "area"),
        visits: integer(row, "visits"),
        flaggedVisits: integer(row, "flagged_visits"),
      }));
    },

    async readFigures(jobId, ranges) {
      const rows = await run(READ_FIGURES, [jobId, JSON.stringify(ranges.map(({ first, last }) => [first, last]))]);
      return rows.flatMap((row) => {
        const findings = storedFindings(textOrNull(row, "findings"));
        if (!findings) return [];
        const { figures, notInspected } = findings;
        return [{ figures, notInspected, width: integerOrNull(row, "width"), height: integerOrNull(row, "height") }];
      });
    },
  };
}
