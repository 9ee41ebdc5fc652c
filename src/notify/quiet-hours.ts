/** Whether it is quiet now, by the clock on a wall of a time zone. Pure. */
import type { QuietHours } from "../ledger/port/alert-ledger.ts";

/** From `from` on and before `to`, over midnight where `to` is earlier. */
export function isQuiet({ from, to }: Pick<QuietHours, "from" | "to">, timeZone: string, at: number): boolean {
  const clock = new Intl.DateTimeFormat("en-GB", { timeZone, hour: "2-digit", minute: "2-digit", hourCycle: "h23" });
  const now = clock.format(at);
  return from < to ? from <= now && now < to : now >= from || now < to;
}
