/** What a webhook is sent, as the OpenAPI document shows it. Made by the sender, in `src/notify`. */
import { Type } from "typebox";
import { Instant, OrNull } from "../schemas.ts";
import { AlertKind, AlertThreshold } from "./alert-schema.ts";
import { Job } from "./job-schema.ts";

export const WEBHOOK_EVENTS = ["job.completed", "job.failed", "job.cancelled"] as const;
export const WebhookEvent = Type.Enum([...WEBHOOK_EVENTS], { title: "WebhookEvent" });

const JobEnd = Type.Object(
  { type: WebhookEvent, timestamp: { ...Instant, description: "When the job ended" }, data: Job },
  { title: "JobEnd", description: "The end of a job; a job that is retried ends again" },
);

const ALERT_FACTS = { alert_id: Type.Integer(), name: Type.String(), kind: AlertKind, threshold: AlertThreshold };
const Count = Type.Optional(Type.Integer({ minimum: 0 }));

const ToldCause = Type.Object(
  {
    detail: Type.String({ description: "In words" }),
    since: Instant,
    ended_at: OrNull(Instant, "Null while it lasts"),
    job_id: Count,
    images: Count,
    failed: Count,
    jobs: Count,
    host: Type.Optional(Type.String()),
    images_waiting: Count,
    urls_end_at: Type.Optional(Instant),
    done_at: Type.Optional(OrNull(Instant, "Of the backlog; null when it is not known")),
    store_id: Type.Optional(Type.String()),
    area: Type.Optional(OrNull(Type.String(), "Null when the store master has none")),
    last_visit: Type.Optional(OrNull(Type.String({ format: "date" }), "Null for never")),
  },
  { title: "ToldCause", description: "What is the case, with the facts of the alert's kind" },
);

const AlertMessage = Type.Object(
  {
    type: Type.Enum(["alert.firing", "alert.over"]),
    timestamp: Instant,
    data: Type.Object(
      {
        ...ALERT_FACTS,
        headline: Type.String({ description: "All of it in one sentence" }),
        place: Type.String({ description: "Of the dashboard, where people look at it" }),
        count: Type.Integer({ minimum: 1 }),
        causes: Type.Array(ToldCause, { maxItems: 100 }),
      },
      { title: "AlertNews" },
    ),
  },
  { title: "AlertMessage", description: "Something that an alert watches is the case, or is over" },
);

const AlertTest = Type.Object(
  {
    type: Type.Literal("alert.test"),
    timestamp: Instant,
    data: Type.Object(ALERT_FACTS, { title: "AlertFacts" }),
  },
  { title: "AlertTest", description: "A message to try an alert" },
);

const Ping = Type.Object(
  { type: Type.Literal("ping"), timestamp: Instant, data: Type.Object({}) },
  { title: "Ping", description: "A message to try a webhook" },
);

const OF_JOBS =
  "Sent to each endpoint that wants it, and to the callback of the job; more than once if an answer is lost.";
const OF_ALERTS = "Sent to the alert's webhooks, whatever events they want; more than once if an answer is lost.";

/** By type. */
export const WEBHOOK_MESSAGES = {
  "job.completed": { schema: JobEnd, summary: "A job ended as completed", description: OF_JOBS },
  "job.failed": { schema: JobEnd, summary: "A job ended as failed", description: OF_JOBS },
  "job.cancelled": { schema: JobEnd, summary: "A job ended as cancelled", description: OF_JOBS },
  "alert.firing": {
    schema: AlertMessage,
    summary: "Something that an alert watches is the case",
    description: OF_ALERTS,
  },
  "alert.over": {
    schema: AlertMessage,
    summary: "It is over",
    description: `${OF_ALERTS} For alerts of which \`tells_end\` is true.`,
  },
  "alert.test": { schema: AlertTest, summary: "Somebody tries an alert", description: OF_ALERTS },
  ping: { schema: Ping, summary: "Somebody tries a webhook", description: "Sent to that webhook." },
} as const;

/** Standard Webhooks 1.0. */
export const WebhookHeaders = Type.Object({
  "webhook-id": Type.String({ description: "The same at each attempt: what was seen before is told already" }),
  "webhook-timestamp": Type.String({ description: "Seconds since 1970, of this attempt" }),
  "webhook-signature": Type.String({ description: "v1, and base64 of HMAC-SHA256 over id.timestamp.body" }),
});

export const WEBHOOK_ANSWERS = {
  "2XX": { description: "It is told" },
  410: { description: "Nobody wants it any more: the endpoint is switched off" },
  default: { description: "It is told again, nine times within four days" },
};
