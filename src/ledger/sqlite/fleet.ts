/** The members of a fleet, in memory: an embedded ledger belongs to one process, so nobody else has to read of them. */
import type { Fleet, FleetLedger, Load, Member } from "../port/fleet-ledger.ts";

export function createFleet(deps: { now: () => number }): FleetLedger {
  const members = new Map<string, { readonly member: Member & Load; readonly aliveUntil: number }>();

  return {
    async heartbeat(member, load, aliveMs) {
      members.set(member.id, { member: { ...member, ...load }, aliveUntil: deps.now() + aliveMs });
    },

    async leave(memberId) {
      members.delete(memberId);
    },

    async readFleet() {
      const sum = { members: 0, windowImages: 0, windowChunks: 0, threads: 0, gpuPlaces: 0, gpuBusy: 0 };
      for (const [id, { member, aliveUntil }] of members) {
        if (aliveUntil <= deps.now()) {
          members.delete(id);
          continue;
        }
        sum.members += 1;
        sum.windowImages += member.windowImages;
        sum.windowChunks += member.windowChunks;
        sum.threads += member.threads;
        sum.gpuPlaces += member.gpuPlaces;
        sum.gpuBusy += member.gpuBusy;
      }
      return sum satisfies Fleet;
    },
  };
}
