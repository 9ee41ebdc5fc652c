/** What a webhook is sent at the end of a job, as the OpenAPI document shows it. Made by the sender, in `src/notify`. */
import { Type } from "typebox";
import { Instant } from "../schemas.ts";
import { Job } from "./job-schema.ts";

export const WEBHOOK_EVENTS = ["job.completed", "job.failed", "job.cancelled"] as const;
export const WebhookEvent = Type.Enum([...WEBHOOK_EVENTS], { title: "WebhookEvent" });

export const JobEnd = Type.Object(
  { type: WebhookEvent, timestamp: { ...Instant, description: "When the job ended" }, data: Job },
  { title: "JobEnd", description: "The end of a job; a job that is retried ends again" },
);

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
