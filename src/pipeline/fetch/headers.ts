/** Reading an answer's headers: one text each, and what they tell of the file's identity. */

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

/** Whether the body is the file itself and not a compressed form of it. */
export function isIdentity(headers: Headers): boolean {
  const encoding = textOf(headers["content-encoding"]).trim().toLowerCase();
  return encoding === "" || encoding === "identity";
}
