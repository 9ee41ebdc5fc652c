/**
 * Errors of sockets, of TLS and of the wire as faults of an image, told apart by their `code` or kind and never by their text.
 * Knows nothing of HTTP statuses.
 */
import { type ErrorCode, ImageFault } from "../../domain/error-codes.ts";
import { TransientFault } from "./retry.ts";
import { type Shown, tlsFault } from "./tls-fault.ts";
import { WireFault } from "./wire/wire-fault.ts";

/** A network that failed, as opposed to a TLS handshake that was refused. */
const NETWORK_CODES = new Set([
  "EADDRNOTAVAIL",
  "ECONNABORTED",
  "ECONNREFUSED",
  "ECONNRESET",
  "EHOSTDOWN",
  "EHOSTUNREACH",
  "EMFILE",
  "ENETDOWN",
  "ENETUNREACH",
  "ENFILE",
  "ENOBUFS",
  "EPIPE",
  "ETIMEDOUT",
]);

/** `shown` is what the host showed of itself before the handshake failed. */
export function connectFault(error: Error, hostname: string, shown: Shown = null): ImageFault {
  if (error instanceof ImageFault) return error;
  const code = codeOf(error);
  return NETWORK_CODES.has(code)
    ? new ImageFault("connect_failed", `no connection to ${hostname} (${code})`, { cause: error })
    : tlsFault(code, hostname, shown, error);
}

/** What the wire says of an answer that did not come, as a fault of the image. Any other error is a bug, and is returned as it is. */
export function exchangeFault(error: Error, hostname: string): Error {
  if (!(error instanceof WireFault)) return error;
  const { kind, limit } = error;
  const fault = (code: ErrorCode, detail: string) => new ImageFault(code, `${hostname} ${detail}`, { cause: error });
  switch (kind) {
    case "not-http":
      // On a kept connection it may be the rest of another image's body, so another attempt may go well.
      return new TransientFault("http_error", `${hostname} does not answer in HTTP/1.1`, null);
    case "contradicting-lengths":
      return new TransientFault(
        "http_error",
        `${hostname} sent headers whose lengths contradict each other, or that break off`,
        null,
      );
    case "impossible-status":
      return fault("http_error", "answered with a status below 102, which is no answer to a GET");
    case "many-interims":
      return fault("http_error", `sent ${limit + 1} interim answers (1xx)`);
    case "long-headers":
      return fault("http_error", `sent more than ${limit} bytes of headers`);
    case "many-bytes":
      return fault(
        "body_too_large",
        `sent more than ${limit} bytes for one request, headers and framing included (STOREWALK_MAX_IMAGE_BYTES)`,
      );
    case "late-headers":
      return fault("timeout", `did not answer within ${limit} ms`);
    case "late-body":
      return fault("timeout", `sent nothing more for ${limit} ms in the middle of a body`);
    case "closed":
      return fault("connect_failed", "closed the connection before it had answered");
    case "broken-off":
      return fault("connect_failed", "broke off in the middle of a body");
    case "unasked":
      return fault("connect_failed", "sent something over a kept connection before it was asked");
    case "socket":
      return socketFault(error.cause, hostname);
    case "shut-down":
      return new ImageFault("internal", "the fetcher was closed while it was in use", { cause: error });
  }
}

/** The same of whatever was thrown. */
export function asFault(error: unknown, hostname: string): unknown {
  return error instanceof Error ? exchangeFault(error, hostname) : error;
}

function socketFault(cause: unknown, hostname: string): ImageFault {
  const code = cause instanceof Error ? codeOf(cause) : "no code";
  return code.startsWith("ERR_SSL_") || code.startsWith("ERR_TLS_")
    ? new ImageFault("tls_failed", `${hostname} ended the TLS connection (${code})`, { cause })
    : new ImageFault("connect_failed", `the connection to ${hostname} broke (${code})`, { cause });
}

function codeOf(error: Error): string {
  return "code" in error && typeof error.code === "string" ? error.code : error.name;
}
