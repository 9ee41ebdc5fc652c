/** What may be shown of a URL: signed URLs carry their secret in the query, others before the host. Names of parameters stay, as they help to find a fault. */

const MOST_CHARACTERS = 300;

/** A request's target as a log shows it: its path, and its parameters without their values. */
export function maskTarget(target: string): string {
  const own = target.replace(/^[a-z][a-z0-9+.-]*:\/\/[^/?]*/i, "");
  return maskQuery(own).slice(0, MOST_CHARACTERS);
}

/** Masks every URL within a text, that of JSON included: no string of it ends earlier or later than before. */
export function maskUrls(text: string): string {
  return text.replace(URL_WITHIN, (_, scheme: string, secret: string | undefined, rest: string) => {
    return `${scheme}${secret === undefined ? "" : "*@"}${maskQuery(rest)}`;
  });
}

/** Scheme, user and password, the rest. In JSON a backslash and what follows are one character, which may hide the URL's end. */
const URL_WITHIN = /\b([a-z][a-z0-9+.-]{0,20}:\/\/)([^\s"\\?#/@]*@)?((?:\\.|[^\s"\\])*)/gi;

function maskQuery(url: string): string {
  const [path = "", query] = splitOnce(url, "?");
  if (query === null) return path;
  const names = query.split("&").map((pair) => (pair.includes("=") ? `${splitOnce(pair, "=")[0]}=*` : "*"));
  return `${path}?${names.join("&")}`;
}

function splitOnce(text: string, separator: string): readonly [string, string | null] {
  const at = text.indexOf(separator);
  return at < 0 ? [text, null] : [text.slice(0, at), text.slice(at + 1)];
}
