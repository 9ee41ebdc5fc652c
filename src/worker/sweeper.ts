/** Returns chunks of dead workers and lost messages to the dispatcher, round after round. */
import type { Clock } from "../clock.ts";
import type { SweepReport, UpkeepLedger } from "../ledger/ledger.ts";
import { type Loop, startLoop } from "./loop.ts";

const LIMITS = {
  /** A chunk that is sent again although its message still waits changes nothing: one of the two finds it claimed. */
  queuedMs: 60_000,
  /** Longer than the slowest body may take, which the server ends after 30 minutes. */
  preparingMs: 3_600_000,
} as const;

export function startSweeper(deps: {
  readonly ledger: Pick<UpkeepLedger, "sweep">;
  readonly clock: Clock;
  readonly pauseMs: number;
  readonly onRescued: (report: SweepReport) => void;
  readonly onError: (error: unknown) => void;
}): Loop {
  return startLoop({
    clock: deps.clock,
    pauseMs: deps.pauseMs,
    onError: deps.onError,
    round: async () => {
      const report = await deps.ledger.sweep(LIMITS);
      if (report.rescued + report.split > 0) deps.onRescued(report);
    },
  });
}
