/** Which hosts of a thread are in trouble while somebody waits for them, for people. Pure. */
import type { HostTrouble } from "../domain/host-trouble.ts";
import type { HostReading } from "../pipeline/fetch/host-gate.ts";

const MOST_HOSTS = 50;
const MOST_JOBS = 50;
/** A host that fails for less long is not worth a word. */
const TROUBLED_MS = 3_000;

/** Images by lane, which is their job's number. */
type Waiting = readonly (readonly [lane: string, images: number])[];

export function hostsInTrouble(
  readings: readonly (readonly [origin: string, reading: HostReading])[],
  inLine: (host: string) => Waiting,
  now: number,
): readonly HostTrouble[] {
  const hosts = readings.flatMap(([origin, reading]): HostTrouble[] => {
    const { places, rate, refusals, heldUntil, underWay, waiting, trouble, troubledMs, givenUp } = reading;
    const isHeld = heldUntil > now;
    if (!(rate !== null || isHeld || givenUp || troubledMs >= TROUBLED_MS)) return [];
    const { host } = new URL(origin);
    const lanes = sumByLane([...inLine(host), ...waiting]);
    if (lanes.length === 0 && underWay === 0) return [];
    return [
      {
        host,
        atOnce: places,
        perSecond: rate,
        underWay,
        refusals,
        waitsUntil: isHeld ? heldUntil : null,
        trouble,
        troubledMs,
        givenUp,
        waiting: lanes.slice(0, MOST_JOBS).map(([lane, images]) => [Number(lane), images] as const),
      },
    ];
  });
  const images = ({ waiting }: HostTrouble) => waiting.reduce((sum, [, count]) => sum + count, 0);
  return hosts.sort((a, b) => images(b) - images(a)).slice(0, MOST_HOSTS);
}

/** Those in line for a host and those that have begun and wait at its gate, together. The most first. */
function sumByLane(waiting: Waiting): Waiting {
  const sums = new Map<string, number>();
  for (const [lane, images] of waiting) sums.set(lane, images + (sums.get(lane) ?? 0));
  return [...sums].sort(([, a], [, b]) => b - a);
}
