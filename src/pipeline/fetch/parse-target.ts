/**
 * Reads a URL from outside once, by the WHATWG rules, and refuses what must not be fetched as written.
 * Judges the text only: where the host leads is the connector's business.
 */
import { ImageFault } from "../../domain/error-codes.ts";
import { MOST_URL_CHARACTERS } from "../../domain/image-url.ts";

export type PortRange = readonly [first: number, last: number];

/** The web's own ports and everything outside the well-known services (mail, SSH and the like). */
export const DEFAULT_PORTS: readonly PortRange[] = [
  [80, 80],
  [443, 443],
  [1_024, 65_535],
];

/**
 * White space around is cut, as cells of a spreadsheet have it; a space within is written as the URL parser writes it, `%20`.
 * Throws ImageFault `invalid_url`, whose sentence says what is wrong and never repeats the query.
 */
export function parseTarget(given: string, isPortAllowed: (hostname: string, port: number) => boolean): URL {
  const text = given.trim();
  if (text.length > MOST_URL_CHARACTERS) {
    throw invalid(`the URL is too long, at most ${MOST_URL_CHARACTERS} characters can be fetched`);
  }
  const odd = findInvisible(text);
  // The URL parser would quietly drop tabs and line ends, so that a checked text and a fetched one could differ.
  if (odd !== null) throw invalid(`the URL has a control or invisible character at position ${odd + 1}`);
  const url = URL.parse(text);
  if (url === null) throw invalid("the text is not a URL with scheme and host");
  if (url.protocol !== "http:" && url.protocol !== "https:") {
    const scheme = url.protocol.slice(0, -1);
    const sentAlong = scheme === "file" ? "; file:NAME names a photo that is sent with its submission" : "";
    throw invalid(`the URL's scheme must be http or https, got "${scheme}"${sentAlong}`);
  }
  if (url.username !== "" || url.password !== "") throw invalid("the URL must not carry a user name or password");
  const port = portOf(url);
  if (!isPortAllowed(url.hostname, port)) throw invalid(`port ${port} may not be fetched from`);
  return url;
}

export function portOf(url: URL): number {
  if (url.port !== "") return Number(url.port);
  return url.protocol === "https:" ? 443 : 80;
}

/** Position of the first line end (Unicode's included), control or format character, null when there is none. */
function findInvisible(text: string): number | null {
  const at = text.search(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/u);
  return at === -1 ? null : at;
}

function invalid(detail: string): ImageFault {
  return new ImageFault("invalid_url", detail);
}
