/** The ledger's port for what a tenant chose for all of its submissions. */
import type { DateOrder } from "../../domain/visit-time.ts";

export type TenantTimes = {
  /** The order of day and month in dates of numbers; null where each submission must say it. */
  readonly dates: DateOrder | null;
  /** Of times without an offset: a name of the IANA time zone database; null where nobody knows. */
  readonly timeZone: string | null;
};

export type TenantLedger = {
  /** Both null where the tenant chose nothing. */
  readTenantTimes(tenant: string): Promise<TenantTimes>;
  putTenantTimes(tenant: string, times: TenantTimes): Promise<void>;
};
