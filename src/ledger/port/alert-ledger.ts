/**
 * The ledger's port for alerts: what is watched, which causes there are now, and which were told. A cause is told once while it lasts; it is over
 * when it was not seen for a while, and only then is it told again. Whoever looks has taken the alert and holds a token: one whose token is old
 * changes nothing. Every method may be repeated. Types only: anyone may import this file.
 */
import type { AlertKind } from "../../domain/alert-kinds.ts";
import type { Delivery } from "./webhook-ledger.ts";

/** By the clock of `timeZone`, or the tenant's own for null; `HH:MM`. */
export type QuietHours = { readonly from: string; readonly to: string; readonly timeZone: string | null };

export type NewAlert = {
  readonly tenant: string;
  readonly name: string;
  readonly kind: AlertKind;
  readonly threshold: number;
  /** Who is told, by id. */
  readonly webhooks: readonly number[];
  readonly quiet: QuietHours | null;
  /** Whether the end of a cause is told, too. */
  readonly tellsEnd: boolean;
};

export type AlertCause = {
  /** What makes it this one: a host, a store, an end of a job. */
  readonly cause: string;
  /** For people, and for programs; as it was last seen before it was told. */
  readonly detail: string;
  readonly facts: Readonly<Record<string, string | number | null>>;
};

/** `toldAt` is null until it is told, `endedAt` until it is over. */
export type KnownCause = AlertCause & {
  readonly since: number;
  readonly endedAt: number | null;
  readonly toldAt: number | null;
};

export type Alert = NewAlert & {
  readonly id: number;
  readonly enabled: boolean;
  readonly createdAt: number;
  /** When it was looked at last, and when it told somebody last. */
  readonly checkedAt: number | null;
  readonly toldAt: number | null;
  /** Causes that last and were told, and since when the first of them does. */
  readonly firing: number;
  readonly firingSince: number | null;
  /** Causes that are not told yet. */
  readonly waiting: number;
  /** The first of both, oldest first. */
  readonly causes: readonly KnownCause[];
};

export type DueAlert = NewAlert & {
  readonly id: number;
  readonly token: number;
  /** The number of the last end of a job that was looked at. */
  readonly lastEnd: number;
};

export type AlertChanges = Partial<
  Pick<NewAlert, "name" | "threshold" | "webhooks" | "quiet" | "tellsEnd"> & { readonly enabled: boolean }
>;

export const TELLING_EVENTS = ["alert.firing", "alert.over"] as const;

/** What is to be told in one message. */
export type Telling = {
  readonly no: number;
  readonly event: (typeof TELLING_EVENTS)[number];
  readonly count: number;
  /** The first of them. */
  readonly causes: readonly KnownCause[];
};

export type SignedJob = { readonly jobId: number; readonly urlsEndAt: number };

type Held = Pick<DueAlert, "id" | "token">;

export type AlertLedger = {
  addAlert(alert: NewAlert): Promise<Alert>;
  /** By id; of all tenants for null. */
  listAlerts(tenant: string | null): Promise<readonly Alert[]>;
  /** Null when there is none. One that is switched on passes over ends of jobs meanwhile; what was told stays told. */
  changeAlert(id: number, changes: AlertChanges): Promise<Alert | null>;
  /** What was to be delivered still is. False when there is none. */
  removeAlert(id: number): Promise<boolean>;

  /** Takes an enabled alert that nobody looked at for a while; stores are looked at less often. Null when there is none. */
  takeDueAlert(everyMs: { readonly stores: number; readonly others: number }): Promise<DueAlert | null>;
  /** All causes that there are now. One that is missing for `calmMs` was over when it was missed first. */
  noteCauses(held: Held, causes: readonly AlertCause[], calmMs: number): Promise<void>;
  /** Causes that are over as they come: those among the ends of jobs up to `lastEnd`. */
  noteEnds(held: Held, causes: readonly AlertCause[], lastEnd: number): Promise<void>;
  /** From now on these are told, together: all that lasted for `leastMs` and were not told, and what is over, where that is wanted. */
  decideToTell(held: Held, leastMs: number): Promise<void>;
  /** What is decided and not told yet. */
  readTellings(alertId: number): Promise<readonly Telling[]>;
  /** Makes one delivery for each of the alert's webhooks that is on: once each, however often it is called. */
  tell(alertId: number, telling: Pick<Telling, "no" | "event">, payload: string): Promise<void>;
  /** A message to try an alert: a delivery for each of its webhooks that is on. */
  addAlertTest(alertId: number, payload: string): Promise<readonly Delivery[]>;

  /** Unfinished jobs with signed URLs of which the first end before then, soonest first. Those of all tenants for null. */
  readJobsWhoseUrlsEnd(tenant: string | null, before: number, limit: number): Promise<readonly SignedJob[]>;
};
