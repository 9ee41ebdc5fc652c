/** When a signed URL of the large object stores ran out, read from its query. Never checks a signature. */

/** Epoch milliseconds of the end of a signed URL's time, null when the URL is not signed in a way known here. */
export function expiryOf(url: URL): number | null {
  const query = new Map<string, string>();
  for (const [name, value] of url.searchParams) query.set(name.toLowerCase(), value);
  return (
    dateAndSeconds(query.get("x-amz-date"), query.get("x-amz-expires")) ??
    dateAndSeconds(query.get("x-goog-date"), query.get("x-goog-expires")) ??
    (query.has("sig") ? isoDate(query.get("se")) : null) ??
    (query.has("signature") ? epochSeconds(query.get("expires")) : null)
  );
}

const MAY_BE_SIGNED = /[?&](?:x-amz-expires|x-goog-expires|se|expires)=/i;

/** The same of a URL as it was submitted, whatever else it is. Cheap for those that are not signed, which are most of a million. */
export function expiryOfText(text: string): number | null {
  if (!MAY_BE_SIGNED.test(text)) return null;
  const url = URL.parse(text.trim());
  return url === null ? null : expiryOf(url);
}

/** The first end among URLs as they were submitted; null when none of them is signed. */
export function firstExpiry(urls: Iterable<string>): number | null {
  let first: number | null = null;
  for (const url of urls) {
    const end = expiryOfText(url);
    if (end !== null && (first === null || end < first)) first = end;
  }
  return first;
}

/** AWS Signature 4 and its Google twin: `20260131T235959Z` and a number of seconds. */
function dateAndSeconds(date: string | undefined, seconds: string | undefined): number | null {
  const [, year, month, day, hour, minute, second] = /^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/.exec(date ?? "") ?? [];
  if (year === undefined || seconds === undefined || !/^\d{1,9}$/.test(seconds)) return null;
  const signedAt = isoDate(`${year}-${month}-${day}T${hour}:${minute}:${second}Z`);
  return signedAt === null ? null : signedAt + Number(seconds) * 1_000;
}

/** Azure writes a date, with or without a time. */
function isoDate(text: string | undefined): number | null {
  if (text === undefined || !/^\d{4}-\d\d-\d\d(?:T[\d:.]+Z?)?$/.test(text)) return null;
  const instant = Date.parse(text);
  return Number.isNaN(instant) ? null : instant;
}

/** CloudFront, and the older signatures of S3 and Google. */
function epochSeconds(text: string | undefined): number | null {
  return text !== undefined && /^\d{1,11}$/.test(text) ? Number(text) * 1_000 : null;
}
