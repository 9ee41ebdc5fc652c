/**
 * The hosts in trouble as the threads of this process see them, together. Says each host's trouble once, and once that it is over. Bounded.
 */
import type { HostTrouble } from "../domain/host-trouble.ts";

/** The heartbeat carries so many at most, those first for which most images wait, each with so many jobs. */
const MOST_HOSTS = 50;
const MOST_JOBS = 50;

export type HostWatch = {
  /** What one thread sees now, in place of what it said before. */
  tell(thread: number, hosts: readonly HostTrouble[]): void;
  hosts(): readonly HostTrouble[];
};

export function createHostWatch(deps: {
  readonly onTrouble: (host: HostTrouble) => void;
  readonly onOver: (host: string) => void;
}): HostWatch {
  const seen = new Map<number, readonly HostTrouble[]>();
  let together: readonly HostTrouble[] = [];

  return {
    tell(thread, hosts) {
      const before = new Set(together.map(({ host }) => host));
      seen.set(thread, hosts);
      together = mergeHosts([...seen.values()].flat()).slice(0, MOST_HOSTS);
      for (const trouble of together) if (!before.delete(trouble.host)) deps.onTrouble(trouble);
      for (const host of before) deps.onOver(host);
    },
    hosts: () => together,
  };
}

/** Of threads that share one pace. The most waited for first. */
function mergeHosts(hosts: readonly HostTrouble[]): readonly HostTrouble[] {
  return Array.from(Map.groupBy(hosts, ({ host }) => host).values(), (same) => same.reduce(mergeThreads)).sort(
    (a, b) => imagesWaiting(b) - imagesWaiting(a),
  );
}

function mergeThreads(a: HostTrouble, b: HostTrouble): HostTrouble {
  return {
    ...(a.troubledMs >= b.troubledMs ? a : b),
    underWay: a.underWay + b.underWay,
    refusals: Math.max(a.refusals, b.refusals),
    waitsUntil: a.waitsUntil === null ? b.waitsUntil : Math.max(a.waitsUntil, b.waitsUntil ?? 0),
    givenUp: a.givenUp && b.givenUp,
    waiting: mergeWaiting([...a.waiting, ...b.waiting]),
  };
}

function mergeWaiting(waiting: HostTrouble["waiting"]): HostTrouble["waiting"] {
  const sums = new Map<number, number>();
  for (const [jobId, images] of waiting) sums.set(jobId, images + (sums.get(jobId) ?? 0));
  return [...sums].sort(([, a], [, b]) => b - a).slice(0, MOST_JOBS);
}

function imagesWaiting({ waiting }: HostTrouble): number {
  return waiting.reduce((sum, [, images]) => sum + images, 0);
}
