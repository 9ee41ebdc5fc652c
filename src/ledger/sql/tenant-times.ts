/** How tenants write their times, in either database. */
import { DATE_ORDERS } from "../../domain/visit-time.ts";
import type { TenantLedger, TenantTimes } from "../port/tenant-ledger.ts";
import { type Row, textOrNull } from "./row.ts";
import type { Value } from "./steps.ts";

const READ = `
  select dates, time_zone from tenant_times where tenant = $1`;

const PUT = `
  insert into tenant_times (tenant, dates, time_zone) values ($1, $2, $3)
  on conflict (tenant) do update set dates = excluded.dates, time_zone = excluded.time_zone`;

const NOTHING_CHOSEN: TenantTimes = { dates: null, timeZone: null };

export function createTenantTimes(deps: {
  readonly run: (sql: string, values: readonly Value[]) => Promise<readonly Row[]>;
}): TenantLedger {
  return {
    async readTenantTimes(tenant) {
      const [row] = await deps.run(READ, [tenant]);
      if (!row) return NOTHING_CHOSEN;
      const dates = textOrNull(row, "dates");
      return {
        dates: DATE_ORDERS.find((order) => order === dates) ?? null,
        timeZone: textOrNull(row, "time_zone"),
      };
    },
    async putTenantTimes(tenant, { dates, timeZone }) {
      await deps.run(PUT, [tenant, dates, timeZone]);
    },
  };
}
