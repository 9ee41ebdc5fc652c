/** What follows from one attempt to deliver a webhook. Pure: time and chance are handed in. */
import type { AttemptOutcome } from "../ledger/port/webhook-ledger.ts";

const SECOND = 1_000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;

/** Waits after the first, second, … failed attempt: ten attempts over some three days. */
export const WAITS_MS = [
  5 * SECOND,
  5 * MINUTE,
  30 * MINUTE,
  2 * HOUR,
  5 * HOUR,
  10 * HOUR,
  14 * HOUR,
  20 * HOUR,
  24 * HOUR,
] as const;
/** After the last of them a delivery is given up. */
export const MOST_ATTEMPTS = WAITS_MS.length + 1;
/** A wait is up to so much longer, so that what failed together does not come again together. */
const JITTER = 0.2;
const LONGEST_WAIT_MS = 24 * HOUR;

export type Reply =
  | { readonly kind: "answered"; readonly status: number; readonly retryAfterMs: number | null; readonly body: string }
  | { readonly kind: "failed"; readonly error: string };

/** `attempts` counts this one; `random` is in [0, 1). */
export function outcomeOf(reply: Reply, attempts: number, random: number): Omit<AttemptOutcome, "tookMs"> {
  const status = reply.kind === "answered" ? reply.status : null;
  const shared = {
    status,
    error: reply.kind === "failed" ? reply.error : null,
    body: reply.kind === "answered" ? reply.body : null,
    waitMs: 0,
    disableReason: null,
  };
  if (status !== null && status >= 200 && status < 300) return { ...shared, state: "delivered" };
  if (status === 410) return { ...shared, state: "failed", disableReason: "the endpoint answered 410 Gone" };
  const wait = WAITS_MS[attempts - 1];
  if (wait === undefined) return { ...shared, state: "failed" };
  const asked = reply.kind === "answered" ? (reply.retryAfterMs ?? 0) : 0;
  const waitMs = Math.round(Math.min(LONGEST_WAIT_MS, Math.max(wait * (1 + JITTER * random), asked)));
  return { ...shared, state: "pending", waitMs };
}
