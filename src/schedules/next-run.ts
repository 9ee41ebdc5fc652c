/** When a schedule runs next, by its cron expression in its own time zone. Pure; a run whose hour the clock leaps over is made that day all the same. */
import { Cron } from "croner";

const MOST_CHARACTERS = 128;

/** What is wrong with an expression, for people; null when nothing is. */
export function cronFault(cron: string, now: number): string | null {
  if (cron.length > MOST_CHARACTERS) return `must have at most ${MOST_CHARACTERS} characters`;
  const wanted = "must be five fields: minute, hour, day of the month, month, day of the week, such as 0 6 * * 1";
  try {
    return nextRunAfter(cron, "UTC", now) === null ? "never comes: there is no such day" : null;
  } catch {
    return `${wanted}, got ${JSON.stringify(cron)}`;
  }
}

/** Epoch milliseconds; null where it never comes. Throws where the expression is none. */
export function nextRunAfter(cron: string, timeZone: string, after: number): number | null {
  return new Cron(cron, { mode: "5-part", timezone: timeZone }).nextRun(new Date(after))?.getTime() ?? null;
}
