/** Returns chunks of dead workers and lost messages to the dispatcher, round after round. */
import type { Clock } from "../clock.ts";
import type { SweepReport, WorkLedger } from "../ledger/ledger.ts";
import { type Loop, startLoop } from "./loop.ts";

/** A chunk that nobody claimed for so long was lost on its way; a doubled one changes nothing. */
const QUEUED_MS = 60_000;

export function startSweeper(deps: {
  readonly ledger: Pick<WorkLedger, "sweep">;
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
      const report = await deps.ledger.sweep(QUEUED_MS);
      if (report.rescued + report.split > 0) deps.onRescued(report);
    },
  });
}
