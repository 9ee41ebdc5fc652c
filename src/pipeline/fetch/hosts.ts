/**
 * What this thread knows of each host (an origin: scheme, name and port): its places, its breaker, how it serves ranges.
 * Keeps a sick host from slowing the others. Bounded: hosts at rest are forgotten.
 */
import { createFairSemaphore, type FairSemaphore } from "../fair-semaphore.ts";
import { type Breaker, createBreaker } from "./breaker.ts";
import { createRanges, type Ranges } from "./ranges.ts";
import type { FetchSettings } from "./settings.ts";

export type Host = {
  readonly places: FairSemaphore;
  readonly breaker: Breaker;
  readonly ranges: Ranges;
  /** The last failure that its breaker counted, for the images that are held back because of it. */
  lastTrouble: string;
};

export type Hosts = {
  /** Those asked for last are kept longest. */
  of(origin: string): Host;
  /** Changes the places of every host, known or to come. */
  limitPerHost(places: number): void;
  readonly size: number;
};

const MAX_HOSTS = 4_096;

export function createHosts(deps: {
  readonly settings: Pick<
    FetchSettings,
    "connectionsPerHost" | "breakerFailures" | "breakerOpenMs" | "breakerMaxOpenMs"
  >;
  readonly now: () => number;
  readonly maxHosts?: number;
}): Hosts {
  const { settings, now, maxHosts = MAX_HOSTS } = deps;
  const hosts = new Map<string, Host>();
  let placesPerHost = settings.connectionsPerHost;

  /** Forgets the older half of the hosts, save those in use or under a breaker. */
  function evict(): void {
    let spare = Math.ceil(maxHosts / 2);
    for (const [origin, { places, breaker }] of hosts) {
      if (spare === 0) return;
      if (places.inUse + places.waiting > 0 || !breaker.closed) continue;
      hosts.delete(origin);
      spare -= 1;
    }
    // A crowd of dead hosts must not grow the map without end either.
    for (const [origin, { places }] of hosts) {
      if (hosts.size < maxHosts) return;
      if (places.inUse + places.waiting === 0) hosts.delete(origin);
    }
  }

  return {
    of(origin) {
      const known = hosts.get(origin);
      if (known) {
        // To the map's young end: eviction begins at the other one, and a busy host may be at rest just then.
        hosts.delete(origin);
        hosts.set(origin, known);
        return known;
      }
      if (hosts.size >= maxHosts) evict();
      const host: Host = {
        places: createFairSemaphore(placesPerHost),
        breaker: createBreaker({
          failures: settings.breakerFailures,
          openMs: settings.breakerOpenMs,
          maxOpenMs: settings.breakerMaxOpenMs,
          now,
        }),
        ranges: createRanges(now),
        lastTrouble: "",
      };
      hosts.set(origin, host);
      return host;
    },
    limitPerHost(places) {
      placesPerHost = places;
      for (const host of hosts.values()) host.places.resize(places);
    },
    get size() {
      return hosts.size;
    },
  };
}
