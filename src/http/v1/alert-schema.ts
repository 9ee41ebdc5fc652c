/** Alerts as the API takes and shows them. */
import { type Static, Type } from "typebox";
import { ALERT_KINDS } from "../../domain/alert-kinds.ts";
import type { Alert as KeptAlert, NewAlert } from "../../ledger/port/alert-ledger.ts";
import { Instant, OrNull } from "../schemas.ts";
import { instant } from "./job-schema.ts";

const Id = Type.Integer({ minimum: 1, maximum: Number.MAX_SAFE_INTEGER });
/** Its pattern is not in the schema, which of an object or null could only say that it is neither. */
const TIME = /^(?:[01][0-9]|2[0-3]):[0-5][0-9]$/;
const Time = (description: string) => Type.String({ maxLength: 100, description: `HH:MM. ${description}` });

const Name = Type.String({ minLength: 1, maxLength: 128, description: "For people; stands in each message" });
export const AlertKind = Type.Enum([...ALERT_KINDS], {
  title: "AlertKind",
  description:
    "What it tells: a job ended with too many failed images; a host that images wait for is in trouble; signed URLs end before the backlog is done; a store was not visited; too many images wait",
});
export const AlertThreshold = Type.Number({
  title: "AlertThreshold",
  description:
    "By kind: per cent of a job's images (0 to 99.9); minutes in trouble (0 to 1440); minutes to spare (0 to 1440); days (1 to 3660); images (1 to 1000000000)",
});
const WebhookIds = Type.Array(Id, { minItems: 1, maxItems: 20, uniqueItems: true, description: "Who is told" });
const QuietHours = Type.Object(
  {
    from: Time("From then on nothing is told"),
    to: Time("Then all of it is, once; on the next day where it is earlier than from"),
    time_zone: Type.Optional(
      OrNull(Type.String({ minLength: 1, maxLength: 64 }), "By whose clock; the tenant's own if not given"),
    ),
  },
  { title: "QuietHours", additionalProperties: false },
);
const Quiet = OrNull(QuietHours, "Null for none");
const TellsEnd = Type.Boolean({ description: "Whether it tells as well that a cause is over" });

const CausesShown = Type.Object(
  {
    detail: Type.String(),
    since: Instant,
    ended_at: OrNull(Instant, "Null while it lasts"),
    told_at: OrNull(Instant, "Null while it waits to be told"),
  },
  { title: "AlertCause", description: "What it tells of" },
);

export const Alert = Type.Object(
  {
    id: Id,
    name: Name,
    kind: AlertKind,
    threshold: AlertThreshold,
    webhooks: Type.Array(Id, { description: "Who is told" }),
    quiet_hours: Quiet,
    tells_end: TellsEnd,
    enabled: Type.Boolean(),
    state: Type.Enum(["off", "calm", "waiting", "firing"], {
      title: "AlertState",
      description: "Waiting: there is a cause that is not told yet, in quiet hours or not for long enough",
    }),
    firing_since: OrNull(Instant, "The first cause that lasts and was told; null while there is none"),
    firing: Type.Integer({ minimum: 0, description: "Causes that last and were told" }),
    waiting: Type.Integer({ minimum: 0, description: "Causes that are not told yet" }),
    causes: Type.Array(CausesShown, { description: "The first twenty of both, the oldest first" }),
    checked_at: OrNull(Instant, "When it was looked at last"),
    told_at: OrNull(Instant, "When it told somebody last"),
    created_at: Instant,
  },
  { title: "Alert", description: "What people want to be told of" },
);

export const NewAlertBody = Type.Object(
  {
    name: Name,
    kind: AlertKind,
    threshold: Type.Optional(AlertThreshold),
    webhooks: Type.Optional(WebhookIds),
    quiet_hours: Type.Optional(Quiet),
    tells_end: Type.Optional({ ...TellsEnd, default: false }),
  },
  { title: "NewAlert", additionalProperties: false },
);

export const AlertChangesBody = Type.Object(
  {
    name: Type.Optional(Name),
    threshold: Type.Optional(AlertThreshold),
    webhooks: Type.Optional(WebhookIds),
    quiet_hours: Type.Optional(Quiet),
    tells_end: Type.Optional(TellsEnd),
    enabled: Type.Optional(Type.Boolean()),
  },
  { title: "AlertChanges", additionalProperties: false },
);

export const AlertPath = Type.Object({ id: Id });

/** What is wrong with a time of quiet hours, for people; null when nothing is. */
export function timeFault(time: string | undefined): string | null {
  return time === undefined || TIME.test(time) ? null : `must be a time such as 22:00, got ${JSON.stringify(time)}`;
}

export function quietOf(given: Static<typeof Quiet>): NewAlert["quiet"] {
  return given === null ? null : { from: given.from, to: given.to, timeZone: given.time_zone ?? null };
}

export function alertView(alert: KeptAlert): Static<typeof Alert> {
  const { quiet } = alert;
  const at = (moment: number | null) => (moment === null ? null : instant(moment));
  return {
    id: alert.id,
    name: alert.name,
    kind: alert.kind,
    threshold: alert.threshold,
    webhooks: [...alert.webhooks],
    quiet_hours: quiet === null ? null : { from: quiet.from, to: quiet.to, time_zone: quiet.timeZone },
    tells_end: alert.tellsEnd,
    enabled: alert.enabled,
    state: stateOf(alert),
    firing_since: at(alert.firingSince),
    firing: alert.firing,
    waiting: alert.waiting,
    causes: alert.causes.map(({ detail, since, endedAt, toldAt }) => ({
      detail,
      since: instant(since),
      ended_at: at(endedAt),
      told_at: at(toldAt),
    })),
    checked_at: at(alert.checkedAt),
    told_at: at(alert.toldAt),
    created_at: instant(alert.createdAt),
  };
}

function stateOf({ enabled, firing, waiting }: KeptAlert): Static<typeof Alert>["state"] {
  if (!enabled) return "off";
  if (firing > 0) return "firing";
  return waiting > 0 ? "waiting" : "calm";
}
