/** Reading an answer's headers: one text each, and what they tell of the file's identity. */

import { isUtf8 } from "node:buffer";

export type Headers = Readonly<Record<string, string | readonly string[] | undefined>>;

/** The header's text, empty when it is absent. One that came twice is joined, so that it matches no rule. */
export function textOf(header: string | readonly string[] | undefined): string {
  if (header === undefined) return "";
  return typeof header === "string" ? header : header.join(", ");
}

/** A validator that may stand in If-Range (RFC 9110 §13.1.5): a strong ETag or a strong date; null when there is neither. */
export function ifRangeOf(headers: Headers): string | null {
  const etag = textOf(headers.etag);
  if (/^"[^"]*"$/.test(etag)) return etag;
  const modified = textOf(headers["last-modified"]);
  // A date is strong when the file had rested for a second before it was sent (§8.8.2.2).
  const restedMs = Date.parse(textOf(headers.date)) - Date.parse(modified);
  return restedMs >= 1_000 ? modified : null;
}

/**
 * Codings that are none: `identity` (RFC 9110 §12.5.3), and what uploading tools leave in a bucket's metadata beside files that are stored
 * as they are: the coding of the upload, a character set, a word for "nothing".
 */
const HARMLESS_CODINGS = new Set(["", "identity", "aws-chunked", "utf-8", "utf8", "none", "binary", "8bit"]);

/** Whether the body is the file itself and not a compressed form of it. */
export function isIdentity(headers: Headers): boolean {
  if (headers["content-encoding"] === undefined) return true;
  const codings = textOf(headers["content-encoding"]).toLowerCase().split(",");
  return codings.every((coding) => HARMLESS_CODINGS.has(coding.trim()));
}

/**
 * A Location is ASCII (RFC 3986), yet some hosts write names in UTF-8 as they are, and browsers follow. The header's bytes come as Latin-1;
 * what is no UTF-8 is left as it is.
 */
export function locationOf(headers: Headers): string {
  const location = textOf(headers.location);
  const bytes = Buffer.from(location, "latin1");
  return isUtf8(bytes) ? bytes.toString() : location;
}
