/** An instant, in the viewer's own zone; the exact one on hover. Every time and every day of the page is written by this. */
import { day, instant, visitTime } from "./format.ts";

export function Instant({ at }: { readonly at: string | null }) {
  if (at === null) return <span class="nothing">–</span>;
  return (
    <time dateTime={at} title={at}>
      {instant(at)}
    </time>
  );
}

/** A day of no zone, as `2026-01-05`. */
export function Day({ date, none = "–" }: { readonly date: string | null; readonly none?: string }) {
  if (date === null) return <>{none}</>;
  return (
    <time dateTime={date} title={date}>
      {day(date)}
    </time>
  );
}

/** On hover as it was submitted, with its own offset. */
export function VisitTime({ time }: { readonly time: string }) {
  return <time title={time}>{visitTime(time)}</time>;
}
