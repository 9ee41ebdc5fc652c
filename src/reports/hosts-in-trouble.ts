/** Hosts in trouble, as all processes of the fleet see them together. Each process finds a pace of its own, so paces add up. */
import type { HostTrouble } from "../domain/host-trouble.ts";
import type { HostLedger } from "../ledger/port/host-ledger.ts";

/** Of one tenant, or of all for null; the most waited for first. */
export async function readHostsInTrouble(
  ledger: Pick<HostLedger, "readHosts">,
  tenant: string | null,
): Promise<readonly HostTrouble[]> {
  const seen = await ledger.readHosts(tenant);
  return Array.from(Map.groupBy(seen, ({ host }) => host).values(), (same) => same.reduce(together)).sort(
    (a, b) => imagesWaiting(b) - imagesWaiting(a),
  );
}

export function imagesWaiting({ waiting }: HostTrouble): number {
  return waiting.reduce((sum, [, images]) => sum + images, 0);
}

/** What it did last is told by the process that waits for longest. */
function together(a: HostTrouble, b: HostTrouble): HostTrouble {
  const worse = a.troubledMs >= b.troubledMs ? a : b;
  return {
    ...worse,
    atOnce: a.atOnce + b.atOnce,
    perSecond: a.perSecond === null && b.perSecond === null ? null : (a.perSecond ?? 0) + (b.perSecond ?? 0),
    underWay: a.underWay + b.underWay,
    refusals: a.refusals + b.refusals,
    waitsUntil: a.waitsUntil === null ? b.waitsUntil : Math.max(a.waitsUntil, b.waitsUntil ?? 0),
    givenUp: a.givenUp && b.givenUp,
    waiting: sumByJob([...a.waiting, ...b.waiting]),
  };
}

function sumByJob(waiting: HostTrouble["waiting"]): HostTrouble["waiting"] {
  const sums = new Map<number, number>();
  for (const [jobId, images] of waiting) sums.set(jobId, images + (sums.get(jobId) ?? 0));
  return [...sums].sort(([, a], [, b]) => b - a);
}
