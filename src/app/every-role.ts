/** What every process runs, whatever its role: a look at the fleet, the dispatcher, and the upkeep of chunks and of old jobs. */
import type { HostTrouble } from "../domain/host-trouble.ts";
import type { Member } from "../ledger/port/fleet-ledger.ts";
import { readStageCells } from "../pipeline/stage-cells.ts";
import { systemClock } from "../process/clock.ts";
import { startAddingUp } from "../worker/add-up-sums.ts";
import { startDispatcher } from "../worker/dispatcher.ts";
import { type Membership, startMembership } from "../worker/membership.ts";
import { startPruner } from "../worker/pruner.ts";
import { startSweeper } from "../worker/sweeper.ts";
import type { Parts } from "./parts.ts";
import { whileStarting } from "./while-starting.ts";

const DAY_MS = 86_400_000;

/** `readMember` is null for a process that runs no chunks. */
export async function joinFleet(
  { log, ledger, cells, onError, stops }: Parts,
  options: {
    readonly readMember: (() => Member) | null;
    readonly readHosts: () => readonly HostTrouble[];
    readonly onFleetThreads: (threads: number) => void;
  },
): Promise<Membership> {
  const join = () =>
    startMembership({
      ledger,
      clock: systemClock,
      readMember: options.readMember,
      readHosts: options.readHosts,
      readLoad() {
        const { places, busyPlaces } = readStageCells(cells).gpu;
        return { gpuPlaces: places, gpuBusy: busyPlaces };
      },
      onChange({ members, threads, windowImages, windowChunks }) {
        log.info({ members, threads, windowImages, windowChunks }, "the fleet changed");
        options.onFleetThreads(threads);
      },
      onError,
    });
  const membership = await whileStarting(join);
  stops.push(() => membership.stop());
  return membership;
}

/** Returns what wakes the dispatcher. */
export function startDispatch({ ledger, queue, onError, stops }: Parts, membership: Membership): () => void {
  const dispatcher = startDispatcher({ ledger, queue, clock: systemClock, window: membership.fleet, onError });
  stops.push(() => dispatcher.stop());
  return dispatcher.wake;
}

/** `onRunnable` is called when there is more to dispatch. */
export function startUpkeep(parts: Parts, onRunnable: () => void): void {
  const { config, log, ledger, metrics, onError, stops } = parts;
  const sweeper = startSweeper({
    ledger,
    clock: systemClock,
    leaseMs: config.leaseMs,
    onRescued: (report) => {
      metrics.rescued(report);
      log.warn(report, "chunks without a living worker run again");
      onRunnable();
    },
    onError,
  });
  stops.push(() => sweeper.stop());
  const addingUp = startAddingUp({ ledger, clock: systemClock, onError });
  stops.push(() => addingUp.stop());
  const pruner = startPruner({
    ledger,
    clock: systemClock,
    // Jobs that somebody deleted are removed in any case.
    keepMs: config.keepDays === 0 ? Number.MAX_SAFE_INTEGER : config.keepDays * DAY_MS,
    onRemoved: (jobId) => log.info({ jobId }, "job removed, its time is over"),
    onError,
  });
  stops.push(() => pruner.stop());
}
