/** Which hosts of a thread are in trouble while somebody waits for them, for people. Pure. */
import type { HostTrouble } from "../domain/host-trouble.ts";
import type { HostReading } from "../pipeline/fetch/host-gate.ts";

const MOST_HOSTS = 50;
const MOST_JOBS = 50;
/** A host that fails for less long is not worth a word. */
const TROUBLED_MS = 3_000;

export function hostsInTrouble(
  readings: readonly (readonly [origin: string, reading: HostReading])[],
  waitingFor: (host: string) => readonly (readonly [lane: string, images: number])[],
  now: number,
): readonly HostTrouble[] {
  const hosts = readings.flatMap(([origin, reading]): HostTrouble[] => {
    const { places, rate, refusals, heldUntil, underWay, waiting, trouble, troubledMs, givenUp } = reading;
    const isHeld = heldUntil > now;
    if (!(rate !== null || isHeld || givenUp || troubledMs >= TROUBLED_MS)) return [];
    const { host } = new URL(origin);
    const lanes = waitingFor(host).toSorted(([, a], [, b]) => b - a);
    if (lanes.length === 0 && underWay + waiting === 0) return [];
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
