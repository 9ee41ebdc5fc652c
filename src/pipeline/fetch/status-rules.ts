/** What an HTTP status means for an image. Bodies of error answers are never looked at. */
import { STATUS_CODES } from "node:http";
import { ImageFault } from "../../domain/error-codes.ts";
import { parseRetryAfter, TransientFault } from "./retry.ts";
import { expiryOf } from "./signed-url.ts";

const REDIRECTS = new Set([301, 302, 303, 307, 308]);
/** Object stores answer a signed URL past its time with one of these. */
const REFUSALS = new Set([400, 401, 403]);

export function isRedirect(status: number): boolean {
  return REDIRECTS.has(status);
}

/** The fault of an answer that carries no image bytes: every status but 200, 206 and the redirects. */
export function faultOfStatus(status: number, retryAfter: string, url: URL, now: number): ImageFault {
  const host = url.hostname;
  const answered = `${host} answered ${status} ${STATUS_CODES[status] ?? ""}`.trimEnd();
  if (status === 404 || status === 410) return new ImageFault("not_found", answered);
  if (status === 204 || status === 205) return new ImageFault("empty_body", answered);
  if (REFUSALS.has(status)) {
    const expiry = expiryOf(url);
    if (expiry !== null && expiry < now) {
      return new ImageFault("url_expired", `${answered}; the signed URL ended at ${new Date(expiry).toISOString()}`);
    }
  }
  if (status === 401 || status === 403) return new ImageFault("forbidden", answered);
  const waitMs = parseRetryAfter(retryAfter, now);
  if (status === 429) return new TransientFault("rate_limited", answered, waitMs);
  if (status === 408 || status === 425 || status >= 500) return new TransientFault("http_error", answered, waitMs);
  return new ImageFault("http_error", answered);
}
