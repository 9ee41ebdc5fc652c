/**
 * What this thread knows of each host (an origin: scheme, name and port): the gate before it and how it serves ranges.
 * Keeps a sick host from slowing the others. Bounded: hosts at rest are forgotten.
 */
import type { Clock } from "../../process/clock.ts";
import { createHostGate, type GateSettings, type HostGate, type HostReading } from "./host-gate.ts";
import type { PaceTable } from "./pace-table.ts";
import { createRanges, type Ranges } from "./ranges.ts";
import { HostGivenUp } from "./retry.ts";

export type Host = {
  readonly gate: HostGate;
  readonly ranges: Ranges;
};

export type Hosts = {
  /** Those asked for last are kept longest. */
  of(origin: string): Host;
  /** Tells of a host (host or host:port) whether one more image of it would only wait before its gate. */
  crowdOf(host: string): () => boolean;
  /** Changes the places of every host, known or to come. */
  limitPerHost(places: number): void;
  /** By order: images of this lane are not asked of this host (host or host:port) any more, until the lane is forgotten. */
  giveUp(lane: string, host: string, sentence: string): void;
  forgetLane(lane: string): void;
  /** Of every host that is known, by origin. */
  readings(): readonly (readonly [string, HostReading])[];
  readonly size: number;
};

const MAX_HOSTS = 4_096;

export function createHosts(deps: {
  readonly settings: GateSettings;
  readonly clock: Clock;
  /** Where the threads of the process share what they find. */
  readonly paces: PaceTable;
  readonly onHostGivenUp: (sentence: string) => void;
  readonly maxHosts?: number;
}): Hosts {
  const { settings, clock, paces, maxHosts = MAX_HOSTS } = deps;
  const hosts = new Map<string, Host>();
  /** By lane, then by host. */
  const orders = new Map<string, Map<string, HostGivenUp>>();
  let placesPerHost = settings.connectionsPerHost;
  let youngest = "";

  /** Forgets the older half of the hosts, save those in use or in trouble. */
  function evict(): void {
    let spare = Math.ceil(maxHosts / 2);
    for (const [origin, { gate }] of hosts) {
      if (spare === 0) return;
      if (!gate.isIdle || !gate.isWell) continue;
      hosts.delete(origin);
      spare -= 1;
    }
    // A crowd of dead hosts must not grow the map without end either.
    for (const [origin, { gate }] of hosts) {
      if (hosts.size < maxHosts) return;
      if (gate.isIdle) hosts.delete(origin);
    }
  }

  return {
    crowdOf(name) {
      const origins = [`https://${name}`, `http://${name}`];
      return () => origins.some((origin) => hosts.get(origin)?.gate.isCrowded === true);
    },
    of(origin) {
      const known = hosts.get(origin);
      if (known && origin === youngest) return known;
      youngest = origin;
      if (known) {
        // To the map's young end: eviction begins at the other one, and a busy host may be at rest just then.
        hosts.delete(origin);
        hosts.set(origin, known);
        return known;
      }
      if (hosts.size >= maxHosts) evict();
      const { hostname, host: name } = new URL(origin);
      const host: Host = {
        gate: createHostGate({
          hostname,
          settings,
          clock,
          places: placesPerHost,
          most: settings.connectionsPerHost * paces.threads,
          cells: paces.cellsOf(origin),
          onGivenUp: deps.onHostGivenUp,
          orderOf: (lane) => orders.get(lane)?.get(name),
        }),
        ranges: createRanges(clock.now),
      };
      hosts.set(origin, host);
      return host;
    },
    limitPerHost(places) {
      placesPerHost = places;
      for (const { gate } of hosts.values()) gate.resize(places);
    },
    giveUp(lane, host, sentence) {
      const reason = new HostGivenUp(sentence, true);
      const known = orders.get(lane) ?? new Map<string, HostGivenUp>();
      orders.set(lane, known.set(host, reason));
      for (const [origin, { gate }] of hosts) if (new URL(origin).host === host) gate.turnAway(lane, reason);
    },
    forgetLane: (lane) => void orders.delete(lane),
    readings: () => Array.from(hosts, ([origin, { gate }]) => [origin, gate.reading] as const),
    get size() {
      return hosts.size;
    },
  };
}
