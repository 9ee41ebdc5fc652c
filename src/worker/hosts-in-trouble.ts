/** Which hosts of a thread are in trouble while somebody waits for them, for people. Pure. */
import { type HostTrouble, imagesWaiting, sumWaiting, type Waiting } from "../domain/host-trouble.ts";
import type { HostReading } from "../pipeline/fetch/host-gate.ts";

/** So many at most are told of, those first for which most images wait, each with so many jobs. */
export const MOST_HOSTS = 50;
export const MOST_JOBS = 50;
/** A host that fails for less long is not worth a word. */
const TROUBLED_MS = 3_000;

/** `inLine` gives the images in line for a host by lane, which is their job's number. */
export function hostsInTrouble(
  readings: readonly (readonly [origin: string, reading: HostReading])[],
  inLine: (host: string) => Waiting<string>,
  now: number,
): readonly HostTrouble[] {
  const hosts = readings.flatMap(([origin, reading]): HostTrouble[] => {
    const { places, rate, refusals, heldUntil, underWay, waiting, trouble, troubledMs, givenUp } = reading;
    const isHeld = heldUntil > now;
    if (!(rate !== null || isHeld || givenUp || troubledMs >= TROUBLED_MS)) return [];
    const { host } = new URL(origin);
    // Those in line, and those that have begun and wait at the host's gate.
    const lanes = sumWaiting([...inLine(host), ...waiting]);
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
  return hosts.sort((a, b) => imagesWaiting(b) - imagesWaiting(a)).slice(0, MOST_HOSTS);
}
