/** A time zone's offset at a time of its own clocks, and its day at an instant. Knows the zones that the runtime knows; no zone of this process plays a part. */

const MOST_KEPT = 5_000;
const formats = new Map<string, Intl.DateTimeFormat>();
const kept = new Map<string, string>();

/** Whether the name is one of the IANA time zone database. */
export function isTimeZone(name: string): boolean {
  // Offsets are zones for the runtime, but they have no summer.
  if (/^[+-]/.test(name)) return false;
  try {
    formatOf(name);
    return true;
  } catch {
    return false;
  }
}

/** What is wrong with such a name, for people; null when nothing is. */
export function timeZoneFault(timeZone: string): string | null {
  if (isTimeZone(timeZone)) return null;
  return `must be a time zone such as Asia/Kolkata, got ${JSON.stringify(timeZone.slice(0, 60))}`;
}

/**
 * `+05:30` for a wall clock there. Where clocks are set back and a time comes twice, its first one; where they are set forward and it never
 * comes, the offset before.
 */
export function offsetInZone(zone: string, date: string, clock: string): string {
  const key = `${zone} ${date} ${clock.slice(0, 4)}`;
  const known = kept.get(key);
  if (known !== undefined) return known;
  // Offsets change on quarters of an hour at most, so ten minutes share one answer.
  const wall = Date.parse(`${date}T${clock.slice(0, 4)}0:00Z`);
  const before = offsetMinutes(zone, wall - 86_400_000);
  const after = offsetMinutes(zone, wall + 86_400_000);
  const fits = [before, after].filter((minutes) => offsetMinutes(zone, wall - minutes * 60_000) === minutes);
  const offset = offsetText(fits[0] ?? before);
  if (kept.size >= MOST_KEPT) kept.clear();
  kept.set(key, offset);
  return offset;
}

function formatOf(zone: string): Intl.DateTimeFormat {
  const known = formats.get(zone);
  if (known) return known;
  const made = new Intl.DateTimeFormat("en-US", { timeZone: zone, timeZoneName: "longOffset" });
  formats.set(zone, made);
  return made;
}

function offsetMinutes(zone: string, instant: number): number {
  const name = formatOf(zone)
    .formatToParts(instant)
    .find(({ type }) => type === "timeZoneName")?.value;
  const [, sign = "+", hours = "0", minutes = "0"] = /GMT(?:([+-])(\d{2}):(\d{2}))?/.exec(name ?? "") ?? [];
  const total = Number(hours) * 60 + Number(minutes);
  return sign === "-" ? -total : total;
}

function offsetText(minutes: number): string {
  const two = (value: number) => String(value).padStart(2, "0");
  const all = Math.abs(minutes);
  return `${minutes < 0 ? "-" : "+"}${two(Math.floor(all / 60))}:${two(all % 60)}`;
}

/** The calendar day of an instant, `YYYY-MM-DD`. */
export function dayIn(timeZone: string, at: number): string {
  return new Intl.DateTimeFormat("en-CA", { timeZone, dateStyle: "short" }).format(at);
}
