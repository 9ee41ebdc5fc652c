/** Returns chunks of dead workers and lost messages to the dispatcher, round after round. */

import { LedgerUnavailable } from "../ledger/port/ledger-unavailable.ts";
import type { UpkeepLedger } from "../ledger/port/upkeep-ledger.ts";
import type { SweepReport } from "../ledger/port/work-ledger.ts";
import type { Clock } from "../process/clock.ts";
import { type Loop, startLoop } from "../process/loop.ts";

/** Longer than the slowest body may take, which the server ends after 30 minutes. */
const PREPARING_MS = 3_600_000;

export function startSweeper(deps: {
  readonly ledger: Pick<UpkeepLedger, "sweep">;
  readonly clock: Clock;
  /** For how long a lease lasts, and a message may be on its way; looks six times in it. */
  readonly leaseMs: number;
  readonly onRescued: (report: SweepReport) => void;
  readonly onError: (error: unknown) => void;
}): Loop {
  const { clock, leaseMs } = deps;
  // A chunk that is sent again although its message still waits changes nothing: one of the two finds it claimed.
  const limits = { queuedMs: leaseMs, preparingMs: PREPARING_MS };
  let holdUntil = 0;

  async function round(): Promise<void> {
    if (clock.now() < holdUntil) return;
    const report = await deps.ledger.sweep(limits).catch((error: unknown) => {
      // Leases that ran out while the ledger was away belong to workers that could not renew them: they get the time to do so.
      if (error instanceof LedgerUnavailable) holdUntil = clock.now() + leaseMs / 2;
      throw error;
    });
    if (report.rescued + report.split > 0) deps.onRescued(report);
  }

  return startLoop({ clock, pauseMs: leaseMs / 6, onError: deps.onError, round });
}
