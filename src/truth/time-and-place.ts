/** Whether a photo was taken when and where its visit says. What nobody wrote is not held against a photo. */
import { metresBetween, type Place } from "./place.ts";
import { instantOf, type WallTime, wallTimeText } from "./wall-time.ts";

/** How far a photo is from its visit, and whether that is too far: `why` is null where it is not. */
export type TimeApart = { readonly hours: number; readonly isCertain: boolean; readonly why: string | null };
export type PlaceApart = { readonly metres: number; readonly why: string | null };

/** A clock without an offset may be as much as this away from the visit's: zones reach from −12 to +14 hours. */
const DOUBT_HOURS = 14;
const HOUR = 3600;

/**
 * Compares the camera's clock with the visit's, both as instants where both name an offset. Where one does not, the satellites'
 * time says which offset the camera's clock has; failing that, 14 hours of doubt are added to the tolerance, and said.
 */
export function timeApart(the: {
  readonly taken: WallTime | null;
  /** UTC, seconds since 1970. */
  readonly gpsSeconds: number | null;
  readonly visit: WallTime | null;
  readonly toleranceHours: number;
}): TimeApart | null {
  const { visit, toleranceHours } = the;
  if (!visit) return null;
  const taken = the.taken && withOffsetFrom(the.taken, the.gpsSeconds);
  const clock = taken ?? (the.gpsSeconds === null ? null : { clockSeconds: the.gpsSeconds, offsetMinutes: 0 });
  if (!clock) return null;
  const here = instantOf(clock);
  const there = instantOf(visit);
  const isCertain = here !== null && there !== null;
  const apart = isCertain ? here - there : clock.clockSeconds - visit.clockSeconds;
  const allowedHours = toleranceHours + (isCertain ? 0 : DOUBT_HOURS);
  const hours = Math.abs(apart) / HOUR;
  if (hours <= allowedHours) return { hours, isCertain, why: null };
  const doubt = isCertain ? "" : `, even with ${DOUBT_HOURS} hours for a time zone that nobody wrote`;
  const when = `${durationText(Math.abs(apart))} ${apart < 0 ? "before" : "after"} the visit`;
  return { hours, isCertain, why: `taken ${when} (${wallTimeText(clock)})${doubt}` };
}

export function placeApart(taken: Place | null, store: Place | null, toleranceMetres: number): PlaceApart | null {
  if (!taken || !store) return null;
  const metres = Math.round(metresBetween(taken, store));
  return { metres, why: metres <= toleranceMetres ? null : `taken ${distanceText(metres)} from the store` };
}

/** A satellite's time within a day of the clock tells the clock's offset, to a quarter of an hour; a staler one tells nothing. */
function withOffsetFrom(taken: WallTime, gpsSeconds: number | null): WallTime {
  if (taken.offsetMinutes !== null || gpsSeconds === null) return taken;
  const offsetMinutes = Math.round((taken.clockSeconds - gpsSeconds) / 900) * 15;
  return Math.abs(offsetMinutes) <= DOUBT_HOURS * 60 ? { ...taken, offsetMinutes } : taken;
}

function durationText(seconds: number): string {
  const hours = Math.round(seconds / HOUR);
  return hours < 48 ? `${hours} hours` : `${Math.round(hours / 24)} days`;
}

function distanceText(metres: number): string {
  return metres < 10_000 ? `${metres} m` : `${Math.round(metres / 1000)} km`;
}
