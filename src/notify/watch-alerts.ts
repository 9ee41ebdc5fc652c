/**
 * Looks at what alerts watch, and tells what is the case. Every process of the API does; the ledger hands each alert to one of them at a time and
 * decides what was told already, so a cause is told once whichever dies when. In an alert's quiet hours causes are noted and told after them.
 */
import { dayIn } from "../domain/zone-offset.ts";
import type { AlertLedger, DueAlert, Telling } from "../ledger/port/alert-ledger.ts";
import type { TenantLedger } from "../ledger/port/tenant-ledger.ts";
import type { Clock } from "../process/clock.ts";
import { type Loop, startLoop } from "../process/loop.ts";
import { headlineOf, placeOf, readCauses, readFailedEnds, type WatchedLedger } from "./alert-causes.ts";
import { isQuiet } from "./quiet-hours.ts";

const LOOK_EVERY_MS = 5_000;
const EVERY_MS = { stores: 600_000, others: 10_000 } as const;
/** A cause that is not seen for so long is over: one that comes and goes is told once. */
export const CALM_MS = 600_000;
const MINUTE_MS = 60_000;

type Ledger = AlertLedger & WatchedLedger & Pick<TenantLedger, "readTenantTimes">;

export function startAlertWatch(deps: {
  readonly ledger: Ledger;
  readonly clock: Clock;
  /** There is something to send. */
  readonly onDelivery: () => void;
  readonly onError: (error: unknown) => void;
}): Loop {
  const { ledger, clock } = deps;

  async function tellDecided(alert: DueAlert): Promise<void> {
    for (const telling of await ledger.readTellings(alert.id)) {
      await ledger.tell(alert.id, telling, payloadOf(alert, telling, clock.now()));
      deps.onDelivery();
    }
  }

  async function noteAll(alert: DueAlert, timeZone: string): Promise<void> {
    if (alert.kind !== "job_failed") {
      const now = clock.now();
      const causes = await readCauses(ledger, alert, { now, today: dayIn(timeZone, now) });
      return await ledger.noteCauses(alert, causes, CALM_MS);
    }
    for (let from = alert.lastEnd; ; ) {
      const { causes, lastEnd, isAll } = await readFailedEnds(ledger, { ...alert, lastEnd: from });
      if (lastEnd > from) await ledger.noteEnds(alert, causes, lastEnd);
      if (isAll) return;
      from = lastEnd;
    }
  }

  async function look(alert: DueAlert): Promise<void> {
    // What a process decided that died before it told.
    await tellDecided(alert);
    const { timeZone } = await ledger.readTenantTimes(alert.tenant);
    const zone = alert.quiet?.timeZone ?? timeZone ?? "UTC";
    await noteAll(alert, zone);
    if (alert.quiet !== null && isQuiet(alert.quiet, zone, clock.now())) return;
    await ledger.decideToTell(alert, alert.kind === "host_trouble" ? alert.threshold * MINUTE_MS : 0);
    await tellDecided(alert);
  }

  async function round(): Promise<void> {
    for (;;) {
      const due = await ledger.takeDueAlert(EVERY_MS);
      if (due === null) return;
      // One that cannot be looked at holds up no other.
      await look(due).catch(deps.onError);
    }
  }

  return startLoop({ clock, pauseMs: LOOK_EVERY_MS, round, onError: deps.onError });
}

function payloadOf(alert: DueAlert, { event, count, causes }: Telling, now: number): string {
  const first = causes[0];
  return JSON.stringify({
    type: event,
    timestamp: new Date(now).toISOString(),
    data: {
      ...alertFacts(alert),
      headline: headlineOf(alert, count, first?.detail ?? ""),
      place: placeOf(alert.kind, count === 1 ? first?.facts : undefined),
      count,
      causes: causes.map(({ detail, facts, since, endedAt }) => ({
        detail,
        ...facts,
        since: new Date(since).toISOString(),
        ended_at: endedAt === null || alert.kind === "job_failed" ? null : new Date(endedAt).toISOString(),
      })),
    },
  });
}

/** What every message of an alert says of it. */
export function alertFacts({ id, name, kind, threshold }: Pick<DueAlert, "id" | "name" | "kind" | "threshold">) {
  return { alert_id: id, name, kind, threshold };
}
