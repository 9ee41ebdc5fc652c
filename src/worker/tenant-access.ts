/**
 * Carries what tenants send to hosts that ask from the ledger to the runs of this process: opened here, handed to a run when it begins, and again when it
 * changed meanwhile. Must never hand one tenant's rows to another one's run, and keeps none when a tenant's last run is over.
 */
import type { HostAccess } from "../domain/host-access.ts";
import type { AccessLedger, SealedAccess } from "../ledger/port/access-ledger.ts";
import type { Clock } from "../process/clock.ts";
import { startLoop } from "../process/loop.ts";
import type { RunEnd, RunImages, ThreadRun } from "./worker.ts";

/** What somebody changed holds for running jobs after so long at most. */
const LOOK_MS = 2_000;

type Known = {
  /** As they were read, to see a change by. */
  readonly rows: string;
  readonly access: readonly HostAccess[];
  /** Lanes with the number of their runs. */
  readonly lanes: Map<string, number>;
};

type ParametersAfterRun = Parameters<RunImages> extends [unknown, ...infer Rest] ? Rest : never;

export type TenantAccess = {
  readonly runImages: RunImages;
  stop(): Promise<void>;
};

export function startTenantAccess(deps: {
  readonly ledger: Pick<AccessLedger, "readAccess">;
  readonly open: (row: SealedAccess) => HostAccess;
  readonly clock: Clock;
  readonly runImages: (run: ThreadRun, ...rest: ParametersAfterRun) => Promise<RunEnd>;
  /** What holds from now on for a lane with runs under way. */
  readonly tell: (lane: string, access: readonly HostAccess[]) => void;
  /** Told of each row that cannot be opened, whenever rows changed. */
  readonly onUnusable: (row: SealedAccess, why: string) => void;
  readonly onError: (error: unknown) => void;
}): TenantAccess {
  const tenants = new Map<string, Known>();

  function open(row: SealedAccess): HostAccess {
    const access = deps.open(row);
    if (access.kind === "unusable") deps.onUnusable(row, access.why);
    return access;
  }

  /** Rows of one tenant as they are now. */
  function take(tenant: string, sealed: readonly SealedAccess[]): Known {
    const known = tenants.get(tenant);
    const rows = JSON.stringify(sealed);
    if (known?.rows === rows) return known;
    const lanes = known?.lanes ?? new Map<string, number>();
    const changed: Known = { rows, access: sealed.map(open), lanes };
    tenants.set(tenant, changed);
    for (const lane of lanes.keys()) deps.tell(lane, changed.access);
    return changed;
  }

  const loop = startLoop({
    clock: deps.clock,
    pauseMs: LOOK_MS,
    onError: deps.onError,
    async round() {
      if (tenants.size === 0) return;
      const asked = new Map(tenants);
      const rows = await deps.ledger.readAccess([...asked.keys()]);
      for (const [tenant, before] of asked) {
        // A claim that came meanwhile has read later than this.
        if (tenants.get(tenant) === before)
          take(
            tenant,
            rows.filter((row) => row.tenant === tenant),
          );
      }
    },
  });

  return {
    async runImages({ tenant, access: sealed, ...run }, ...rest) {
      const { access, lanes } = take(tenant, sealed);
      lanes.set(run.lane, (lanes.get(run.lane) ?? 0) + 1);
      try {
        return await deps.runImages({ ...run, access }, ...rest);
      } finally {
        const left = (lanes.get(run.lane) ?? 1) - 1;
        if (left > 0) lanes.set(run.lane, left);
        else lanes.delete(run.lane);
        if (lanes.size === 0) tenants.delete(tenant);
      }
    },
    stop: loop.stop,
  };
}
