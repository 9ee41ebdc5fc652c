/** Whether, and after how long, a failed attempt is worth another. Pure: chance and time are handed in. */
import { ERROR_CODES, type ErrorCode, ImageFault } from "../../domain/error-codes.ts";

/** A fault that the next attempt may not meet, though its code says otherwise, or for which the host named a wait. */
export class TransientFault extends ImageFault {
  /** The least wait before the next attempt, null when nobody named one. */
  readonly waitMs: number | null;

  constructor(code: ErrorCode, detail: string, waitMs: number | null) {
    super(code, detail);
    this.waitMs = waitMs;
  }
}

/** Of an image whose host somebody gave up before it was asked for; `sentence` says who decided. */
export const neverAskedFor = (sentence: string): string => `never asked for: ${sentence}`;

/** The host is not waited for any longer: no attempt can follow. */
export class HostGivenUp extends ImageFault {
  /** In an order of somebody: why an image that was asked for before is not asked for again. */
  readonly byHand: boolean;

  constructor(detail: string, byHand = false) {
    super("host_unavailable", detail);
    this.byHand = byHand;
  }
}

export function isRetryable(fault: ImageFault): boolean {
  return fault instanceof TransientFault || ERROR_CODES[fault.code].retryable;
}

export type Backoff = { readonly backoffMs: number; readonly maxBackoffMs: number };

/** Full jitter: any share of a time that doubles with each attempt made, but never less than the host asked for. */
export function waitBeforeRetry(fault: ImageFault, attempts: number, random: number, backoff: Backoff): number {
  const ceiling = Math.min(backoff.maxBackoffMs, backoff.backoffMs * 2 ** (attempts - 1));
  const asked = fault instanceof TransientFault ? (fault.waitMs ?? 0) : 0;
  return Math.max(asked, Math.floor(random * ceiling));
}

/** Retry-After (RFC 9110 §10.2.3) in milliseconds from now, null when it is absent or unreadable. */
export function parseRetryAfter(header: string, now: number): number | null {
  if (/^\d{1,9}$/.test(header)) return Number(header) * 1_000;
  // All three date forms of HTTP; the first is the only one still sent.
  if (!/^[A-Z][a-z]{2,8},? .*\d\d:\d\d:\d\d/.test(header)) return null;
  const instant = Date.parse(header);
  return Number.isNaN(instant) ? null : Math.max(0, instant - now);
}
