/** The members of a fleet, in memory: an embedded ledger belongs to one process, so nobody else has to read of them. */
import type { HostTrouble } from "../../domain/host-trouble.ts";
import type { Fleet, FleetLedger, Load, Member } from "../port/fleet-ledger.ts";
import type { HostLedger } from "../port/host-ledger.ts";
import type { createGivenUpHosts } from "../sql/given-up-hosts.ts";

export function createFleet(deps: {
  now: () => number;
  onlyOf: ReturnType<typeof createGivenUpHosts>["onlyOf"];
}): FleetLedger & Pick<HostLedger, "tellHosts" | "readHosts"> {
  const members = new Map<string, { readonly member: Member & Load; readonly aliveUntil: number }>();
  const hostsSeen = new Map<string, readonly HostTrouble[]>();

  function forget(id: string): void {
    members.delete(id);
    hostsSeen.delete(id);
  }

  function forgetGone(): void {
    for (const [id, { aliveUntil }] of members) if (aliveUntil <= deps.now()) forget(id);
  }

  return {
    async heartbeat(member, load, aliveMs) {
      members.set(member.id, { member: { ...member, ...load }, aliveUntil: deps.now() + aliveMs });
    },

    async leave(memberId) {
      forget(memberId);
    },

    async tellHosts(memberId, hosts) {
      if (members.has(memberId)) hostsSeen.set(memberId, hosts);
    },

    async readHosts(tenant) {
      forgetGone();
      return await deps.onlyOf(tenant, [...hostsSeen.values()].flat());
    },

    async readFleet() {
      const sum = { members: 0, windowImages: 0, windowChunks: 0, threads: 0, gpuPlaces: 0, gpuBusy: 0 };
      forgetGone();
      for (const { member } of members.values()) {
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
