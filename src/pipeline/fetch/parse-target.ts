/**
 * Reads a URL from outside once, by the WHATWG rules, and refuses what must not be fetched as written.
 * Judges the text only: where the host leads is the connector's business.
 */
import { ImageFault } from "../../domain/error-codes.ts";

export type PortRange = readonly [first: number, last: number];

/** The web's own ports and everything outside the well-known services (mail, SSH and the like). */
export const DEFAULT_PORTS: readonly PortRange[] = [
  [80, 80],
  [443, 443],
  [1_024, 65_535],
];

const MAX_URL_CHARACTERS = 2_048;

/** Throws ImageFault `invalid_url`, whose sentence says what is wrong and never repeats the query. */
export function parseTarget(text: string, isPortAllowed: (hostname: string, port: number) => boolean): URL {
  if (text.length > MAX_URL_CHARACTERS) {
    throw invalid(`the URL has ${text.length} characters, at most ${MAX_URL_CHARACTERS} are allowed`);
  }
  const odd = findSpaceOrControl(text);
  // The URL parser would quietly drop tabs and line ends, so that a checked text and a fetched one could differ.
  if (odd !== null) throw invalid(`the URL has a space or control character at position ${odd + 1}`);
  const url = URL.parse(text);
  if (url === null) throw invalid("the text is not a URL with scheme and host");
  if (url.protocol !== "http:" && url.protocol !== "https:") {
    throw invalid(`the URL's scheme must be http or https, got "${url.protocol.slice(0, -1)}"`);
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

/** Position of the first white space (Unicode's included), control or format character, null when there is none. */
function findSpaceOrControl(text: string): number | null {
  const at = text.search(/[\s\p{Cc}\p{Cf}\p{Z}]/u);
  return at === -1 ? null : at;
}

function invalid(detail: string): ImageFault {
  return new ImageFault("invalid_url", detail);
}
