/** What a process sees of a host that is in trouble while images wait for it, and how what several see of it is put together. */
export type Waiting<Key> = readonly (readonly [key: Key, images: number])[];

export type HostTrouble = {
  /** Host, or host:port. */
  readonly host: string;
  /** Requests at a time, of all threads of the process. */
  readonly atOnce: number;
  /** Requests a second; null for no limit. */
  readonly perSecond: number | null;
  readonly underWay: number;
  /** Requests that it refused as too much, since the process began to ask it. */
  readonly refusals: number;
  /** Epoch ms until which it is left alone; null when it is not. */
  readonly waitsUntil: number | null;
  /** Its last failure or refusal, in words; empty for none. */
  readonly trouble: string;
  /** Ms without a good answer; 0 while there are some. */
  readonly troubledMs: number;
  /** Not waited for any more, for a while. */
  readonly givenUp: boolean;
  /** Images that wait for it, by job. */
  readonly waiting: Waiting<number>;
};

export function imagesWaiting({ waiting }: HostTrouble): number {
  return waiting.reduce((sum, [, images]) => sum + images, 0);
}

/** Each key once, with all its images; the most first. */
export function sumWaiting<Key>(waiting: Waiting<Key>): Waiting<Key> {
  const sums = new Map<Key, number>();
  for (const [key, images] of waiting) sums.set(key, images + (sums.get(key) ?? 0));
  return [...sums].sort(([, a], [, b]) => b - a);
}

/** Each host once, what is seen of it put together two by two; the most waited for first. */
export function togetherByHost(
  hosts: readonly HostTrouble[],
  together: (a: HostTrouble, b: HostTrouble) => HostTrouble,
): readonly HostTrouble[] {
  return Array.from(Map.groupBy(hosts, ({ host }) => host).values(), (same) => same.reduce(together)).sort(
    (a, b) => imagesWaiting(b) - imagesWaiting(a),
  );
}

/** As of who waits for longest, but for what adds up whoever sees it. Whether paces and refusals do, the caller knows. */
export function seenTogether(a: HostTrouble, b: HostTrouble): HostTrouble {
  return {
    ...(a.troubledMs >= b.troubledMs ? a : b),
    underWay: a.underWay + b.underWay,
    waitsUntil: a.waitsUntil === null ? b.waitsUntil : Math.max(a.waitsUntil, b.waitsUntil ?? 0),
    givenUp: a.givenUp && b.givenUp,
    waiting: sumWaiting([...a.waiting, ...b.waiting]),
  };
}
