/** When the signed URLs of a submission end, counted by the minute while it is read. Bounded, however many URLs there are. */
import { expiryOfText } from "../domain/signed-url.ts";

const MINUTE_MS = 60_000;
/** What ends later than this lasts longer than any backlog that can be foreseen. */
const LOOKED_AHEAD_MS = 30 * 24 * 60 * MINUTE_MS;

export type UrlEnds = {
  note(url: string): void;
  /** How many have ended already. */
  readonly ended: number;
  /** How many end from now on and before this instant, by a minute's grain. */
  countBefore(instant: number): number;
  /** The first end, past or not; null without a signed URL. */
  readonly first: number | null;
};

export function createUrlEnds(now: number): UrlEnds {
  const counts = new Map<number, number>();
  let first: number | null = null;
  let ended = 0;

  return {
    note(url) {
      const end = expiryOfText(url);
      if (end === null) return;
      first = first === null ? end : Math.min(first, end);
      if (end <= now) ended += 1;
      else if (end <= now + LOOKED_AHEAD_MS) {
        const minute = end - (end % MINUTE_MS);
        counts.set(minute, (counts.get(minute) ?? 0) + 1);
      }
    },
    countBefore(instant) {
      let images = 0;
      for (const [minute, count] of counts) if (minute < instant) images += count;
      return images;
    },
    get ended() {
      return ended;
    },
    get first() {
      return first;
    },
  };
}
