/**
 * The hosts in trouble as the threads of this process see them, together. Says each host's trouble once, and once that it is over. Bounded.
 */
import { type HostTrouble, seenTogether, togetherByHost } from "../domain/host-trouble.ts";
import { MOST_HOSTS, MOST_JOBS } from "./hosts-in-trouble.ts";

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
      together = togetherByHost([...seen.values()].flat(), mergeThreads)
        .slice(0, MOST_HOSTS)
        .map((host) => ({ ...host, waiting: host.waiting.slice(0, MOST_JOBS) }));
      for (const trouble of together) if (!before.delete(trouble.host)) deps.onTrouble(trouble);
      for (const host of before) deps.onOver(host);
    },
    hosts: () => together,
  };
}

/** They share one pace, and count the same refusals. */
function mergeThreads(a: HostTrouble, b: HostTrouble): HostTrouble {
  return { ...seenTogether(a, b), refusals: Math.max(a.refusals, b.refusals) };
}
