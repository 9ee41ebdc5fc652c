/** What may be chosen from at the command line, apart from the commands, so that naming it loads none of them. */

export const SUBMIT_FORMATS = ["json", "ndjson", "csv", "xlsx"] as const;
export type SubmitFormat = (typeof SUBMIT_FORMATS)[number];

/** Of a list of fresh URLs. */
export const LIST_FORMATS = ["csv", "ndjson", "xlsx"] as const;
export type ListFormat = (typeof LIST_FORMATS)[number];

export const WEBHOOK_EVENTS = ["job.completed", "job.failed", "job.cancelled"] as const;
export type WebhookEvent = (typeof WEBHOOK_EVENTS)[number];

export const DELIVERY_STATUSES = ["pending", "delivered", "failed"] as const;
export type DeliveryStatus = (typeof DELIVERY_STATUSES)[number];

/** Rows of a list where nobody says how many. */
export const USUAL_LIMIT = 50;
