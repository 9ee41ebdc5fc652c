/** Which day it is for a tenant: by the clocks of the time zone that it chose, in UTC where it chose none. Visits count on the day as it was written there. */
import { dayIn } from "../../domain/zone-offset.ts";
import type { TenantLedger } from "../../ledger/port/tenant-ledger.ts";

export async function todayOf(
  ledger: Pick<TenantLedger, "readTenantTimes">,
  tenant: string,
  now: number,
): Promise<string> {
  return dayIn((await ledger.readTenantTimes(tenant)).timeZone ?? "UTC", now);
}
