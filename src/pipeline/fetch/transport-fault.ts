/**
 * Errors of sockets, TLS and undici as faults of an image, told apart by their `code` and never by their text.
 * Knows nothing of HTTP statuses.
 */
import { type ErrorCode, ImageFault } from "../../domain/error-codes.ts";
import { TransientFault } from "./retry.ts";
import { UnaskedBytes } from "./unasked-bytes.ts";

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

export function connectFault(error: Error, hostname: string): ImageFault {
  if (error instanceof ImageFault) return error;
  const code = codeOf(error);
  return NETWORK_CODES.has(code)
    ? new ImageFault("connect_failed", `no connection to ${hostname} (${code})`, { cause: error })
    : new ImageFault("tls_failed", `the TLS handshake with ${hostname} failed (${code})`, { cause: error });
}

/** How far an answer had come: nothing of it is known before its headers are whole. */
export type Phase = "headers" | "body";

/** An error of undici, or of the socket below it, after the connection was there. */
export function exchangeFault(
  error: Error,
  hostname: string,
  phase: Phase,
  limits: { readonly headersMs: number; readonly bodyIdleMs: number; readonly maxHeaderBytes: number },
): ImageFault {
  if (error instanceof ImageFault) return error;
  const code = codeOf(error);
  const fault = (kind: ErrorCode, detail: string) => new ImageFault(kind, detail, { cause: error });
  if (phase === "headers" && isImpossibleStatus(error)) {
    return fault("http_error", `${hostname} answered with a status below 102, which is no answer to a GET`);
  }
  switch (code) {
    case "UND_ERR_HEADERS_TIMEOUT":
      return fault("timeout", `${hostname} did not answer within ${limits.headersMs} ms`);
    case "UND_ERR_BODY_TIMEOUT":
      return fault("timeout", `${hostname} sent nothing more for ${limits.bodyIdleMs} ms in the middle of a body`);
    case "UND_ERR_HEADERS_OVERFLOW":
      return fault("http_error", `${hostname} sent more than ${limits.maxHeaderBytes} bytes of headers`);
    case "UND_ERR_RES_CONTENT_LENGTH_MISMATCH":
      if (phase === "body") return fault("connect_failed", `${hostname} broke off in the middle of a body`);
      // undici says the same of headers that break off behind a length, so another attempt may go well.
      return new TransientFault(
        "http_error",
        `${hostname} sent headers whose lengths contradict each other, or that break off`,
        null,
      );
    case "UND_ERR_SOCKET":
      return fault(
        "connect_failed",
        phase === "body"
          ? `${hostname} broke off in the middle of a body`
          : `${hostname} closed the connection before it had answered`,
      );
    case "UND_ERR_CLOSED":
    case "UND_ERR_DESTROYED":
      return fault("internal", "the fetcher was closed while it was in use");
  }
  if (error.name === "HTTPParserError") {
    // undici 8 gives these no code; the bytes that the parser stumbled over are none when it met the end instead.
    const cut = "data" in error && error.data === "";
    return cut
      ? fault("connect_failed", `${hostname} broke off in the middle of an answer`)
      : // On a kept connection it may be the rest of another image's body, so another attempt may go well.
        new TransientFault("http_error", `${hostname} does not answer in HTTP/1.1`, null);
  }
  if (code.startsWith("ERR_SSL_") || code.startsWith("ERR_TLS_")) {
    return fault("tls_failed", `${hostname} ended the TLS connection (${code})`);
  }
  return fault("connect_failed", `the connection to ${hostname} broke (${code})`);
}

/**
 * 000 to 099, which fail an assertion in undici, and an unasked 100 or 101, which it tells by a SocketError's text alone. Should
 * that text change, the sentence gets less clear, and a test on a real socket fails.
 */
function isImpossibleStatus(error: Error): boolean {
  const code = codeOf(error);
  if (code === "ERR_ASSERTION") return true;
  return code === "UND_ERR_SOCKET" && (error.message === "bad upgrade" || error.message === "bad response");
}

/** The other side closed a connection that had served before (RFC 9112 §9.3.1), or spoke unasked on it: no fault of this request. */
export function isStaleConnection(error: Error): boolean {
  if (error instanceof UnaskedBytes) return true;
  if (codeOf(error) !== "UND_ERR_SOCKET" || !("socket" in error)) return false;
  const { socket } = error;
  if (typeof socket !== "object" || socket === null || !("bytesRead" in socket)) return false;
  return typeof socket.bytesRead === "number" && socket.bytesRead > 0;
}

function codeOf(error: Error): string {
  return "code" in error && typeof error.code === "string" ? error.code : error.name;
}
