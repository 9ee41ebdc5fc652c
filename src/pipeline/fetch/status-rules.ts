/** What an HTTP status means for an image. Bodies of error answers are never looked at. */
import { STATUS_CODES } from "node:http";
import { ImageFault } from "../../domain/error-codes.ts";
import { expiryOf } from "../../domain/signed-url.ts";
import { parseRetryAfter, TransientFault } from "./retry.ts";

const REDIRECTS = new Set([301, 302, 303, 307, 308]);
/** Object stores answer a signed URL past its time with one of these. */
const REFUSALS = new Set([400, 401, 403]);

/** Statuses that carry the file itself. 201 and 203 (RFC 9110 §15.3.2, §15.3.4) come from hosts and proxies that make a photo as it is asked for. */
const WHOLE = new Set([200, 201, 203]);
/** With one of these hosts refuse a part of a file of which they serve the whole. */
const PART_REFUSALS = new Set([400, 403, 416, 500, 501]);

export function isWhole(status: number): boolean {
  return WHOLE.has(status);
}

export function mayRefuseParts(status: number): boolean {
  return PART_REFUSALS.has(status);
}

export function isRedirect(status: number): boolean {
  return REDIRECTS.has(status);
}

/** What a host answers to more than it bears, or to more than it was told to bear. */
export function isRefusal(status: number): boolean {
  return status === 429 || status === 503;
}

/** The fault of an answer that carries no image bytes. */
export function faultOfStatus(status: number, retryAfter: string, url: URL, now: number): ImageFault {
  const host = url.hostname;
  const answered = `${host} answered ${status} ${STATUS_CODES[status] ?? ""}`.trimEnd();
  if (status === 404 || status === 410) return new ImageFault("not_found", answered + hintOfHash(url));
  if (status === 204 || status === 205) return new ImageFault("empty_body", answered);
  if (REFUSALS.has(status)) {
    const expiry = expiryOf(url);
    if (expiry !== null && expiry < now) {
      return new ImageFault("url_expired", `${answered}; the signed URL ended at ${new Date(expiry).toISOString()}`);
    }
  }
  if (status === 401 || status === 403) return new ImageFault("forbidden", answered);
  const waitMs = parseRetryAfter(retryAfter, now);
  if (isRedirect(status)) return new ImageFault("http_error", `${answered} without telling where (no Location)`);
  // RFC 9110 §15.3.3: it is being made.
  if (status === 202 && waitMs !== null) return new TransientFault("http_error", answered, waitMs);
  if (status === 429) return new TransientFault("rate_limited", answered, waitMs);
  if (status === 408 || status === 425 || status >= 500) return new TransientFault("http_error", answered, waitMs);
  return new ImageFault("http_error", answered);
}

function hintOfHash({ hash }: URL): string {
  return hash === "" ? "" : "; what follows the # in the URL was not sent: in a file's name it is written %23";
}
