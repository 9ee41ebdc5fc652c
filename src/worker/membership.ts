/**
 * Tells the fleet that this process is alive and what it can have in flight, and keeps what the fleet adds up to: the dispatchers'
 * window and each thread's share of a host. Decides nothing about chunks.
 */

import type { Fleet, FleetLedger, Load, Member } from "../ledger/port/fleet-ledger.ts";
import type { Clock } from "../process/clock.ts";
import { startLoop } from "../process/loop.ts";

const HEARTBEAT_MS = 2_000;
/** A member that misses this many heartbeats no longer counts. */
const ALIVE_MS = 5 * HEARTBEAT_MS;
const NOBODY: Fleet = { members: 0, windowImages: 0, windowChunks: 0, threads: 0, gpuPlaces: 0, gpuBusy: 0 };
/** Those that others go by. */
const SHAPE = ["members", "windowImages", "windowChunks", "threads"] as const;

export type Membership = {
  /** As of the last heartbeat. */
  fleet(): Fleet;
  /** Resolves when the member has left; after a ledger that is away it is forgotten by itself. */
  stop(): Promise<void>;
};

/** Resolves after the first heartbeat. `member` is null for a process without a worker, which only looks. */
export async function startMembership(deps: {
  readonly ledger: FleetLedger;
  readonly clock: Clock;
  readonly member: Member | null;
  readonly readLoad: () => Load;
  readonly onChange: (fleet: Fleet) => void;
  readonly onError: (error: unknown) => void;
}): Promise<Membership> {
  const { ledger, member } = deps;
  let fleet = NOBODY;

  async function beat(): Promise<void> {
    if (member) await ledger.heartbeat(member, deps.readLoad(), ALIVE_MS);
    const now = await ledger.readFleet();
    const changed = SHAPE.some((key) => now[key] !== fleet[key]);
    fleet = now;
    if (changed) deps.onChange(fleet);
  }

  await beat();
  const loop = startLoop({ clock: deps.clock, pauseMs: HEARTBEAT_MS, onError: deps.onError, round: beat });
  return {
    fleet: () => fleet,
    async stop() {
      await loop.stop();
      if (member) await ledger.leave(member.id).catch(deps.onError);
    },
  };
}
