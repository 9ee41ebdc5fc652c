/**
 * Tells the fleet that this process is alive and what it can have in flight, and keeps what the fleet adds up to: the dispatchers'
 * window and each thread's share of a host. Decides nothing about chunks.
 */

import type { HostTrouble } from "../domain/host-trouble.ts";
import type { Fleet, FleetLedger, Load, Member } from "../ledger/port/fleet-ledger.ts";
import type { HostLedger } from "../ledger/port/host-ledger.ts";
import type { Clock } from "../process/clock.ts";
import { startLoop } from "../process/loop.ts";

const HEARTBEAT_MS = 2_000;
/** A member that misses this many heartbeats no longer counts. */
const ALIVE_MS = 5 * HEARTBEAT_MS;
const NOBODY: Fleet = { members: 0, windowImages: 0, windowChunks: 0, threads: 0, gpuPlaces: 0, gpuBusy: 0 };
/** What is worth telling; the window changes with what is parked. */
const SHAPE = ["members", "threads"] as const;

export type Membership = {
  /** As of the last heartbeat, but this process's own window as it is now. */
  fleet(): Fleet;
  /** Resolves when the member has left; after a ledger that is away it is forgotten by itself. */
  stop(): Promise<void>;
};

/** Resolves after the first heartbeat. `readMember` is null for a process without a worker, which only looks. */
export async function startMembership(deps: {
  readonly ledger: FleetLedger & Pick<HostLedger, "tellHosts">;
  readonly clock: Clock;
  readonly readMember: (() => Member) | null;
  readonly readLoad: () => Load;
  /** The hosts in trouble that this process sees. */
  readonly readHosts: () => readonly HostTrouble[];
  readonly onChange: (fleet: Fleet) => void;
  readonly onError: (error: unknown) => void;
}): Promise<Membership> {
  const { ledger, readMember } = deps;
  let fleet = NOBODY;
  let told: Member | null = null;
  let toldHosts = false;

  async function beat(): Promise<void> {
    const member = readMember?.() ?? null;
    if (member) await ledger.heartbeat(member, deps.readLoad(), ALIVE_MS);
    const hosts = deps.readHosts();
    if (member && (hosts.length > 0 || toldHosts)) await ledger.tellHosts(member.id, hosts);
    toldHosts = hosts.length > 0;
    const now = await ledger.readFleet();
    const changed = SHAPE.some((key) => now[key] !== fleet[key]);
    fleet = now;
    told = member;
    if (changed) deps.onChange(fleet);
  }

  await beat();
  const loop = startLoop({ clock: deps.clock, pauseMs: HEARTBEAT_MS, onError: deps.onError, round: beat });
  return {
    fleet() {
      const own = readMember?.();
      if (!own || !told) return fleet;
      return {
        ...fleet,
        windowImages: fleet.windowImages + own.windowImages - told.windowImages,
        windowChunks: fleet.windowChunks + own.windowChunks - told.windowChunks,
      };
    },
    async stop() {
      await loop.stop();
      if (told) await ledger.leave(told.id).catch(deps.onError);
    },
  };
}
