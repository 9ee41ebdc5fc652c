/** Hosts in trouble, as all processes of the fleet see them together. Each process finds a pace of its own, so paces add up. */
import { type HostTrouble, seenTogether, togetherByHost } from "../domain/host-trouble.ts";
import type { HostLedger } from "../ledger/port/host-ledger.ts";

/** Of one tenant, or of all for null; the most waited for first. */
export async function readHostsInTrouble(
  ledger: Pick<HostLedger, "readHosts">,
  tenant: string | null,
): Promise<readonly HostTrouble[]> {
  return togetherByHost(await ledger.readHosts(tenant), mergeProcesses);
}

function mergeProcesses(a: HostTrouble, b: HostTrouble): HostTrouble {
  return {
    ...seenTogether(a, b),
    atOnce: a.atOnce + b.atOnce,
    perSecond: a.perSecond === null && b.perSecond === null ? null : (a.perSecond ?? 0) + (b.perSecond ?? 0),
    refusals: a.refusals + b.refusals,
  };
}
