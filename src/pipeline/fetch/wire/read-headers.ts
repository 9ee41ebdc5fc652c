/**
 * The headers that somebody here asks for, out of a field section that is known to be well formed (RFC 9112 §5). All others are passed
 * over: nothing is made of them.
 */
import type { Headers } from "../headers.ts";

const ASKED_FOR = [
  "accept-ranges",
  "connection",
  "content-encoding",
  "content-length",
  "content-range",
  "date",
  "etag",
  "keep-alive",
  "last-modified",
  "location",
  "retry-after",
  "set-cookie",
  "transfer-encoding",
  "x-amz-bucket-region",
  "x-ms-error-code",
] as const;

/** Names come in any case (RFC 9110 §5.1); as a rule in one of two. */
const NAMES = new Map<string, (typeof ASKED_FOR)[number]>(
  ASKED_FOR.flatMap((name) => [
    [name, name],
    [name.replaceAll(/\b[a-z]/g, (letter) => letter.toUpperCase()), name],
    [name === "etag" ? "ETag" : name, name],
  ]),
);
const LONGEST_NAME = Math.max(...ASKED_FOR.map((name) => name.length));

/** Each value without the white space around it. A name that comes more than once has its values as a list, in order. */
export function readHeaders(section: string): Headers {
  const headers: Record<string, string | readonly string[]> = {};
  for (let at = 0; ; ) {
    const end = section.indexOf("\r\n", at);
    // The empty line.
    if (end <= at) return headers;
    const name = nameOf(section, at);
    if (name !== undefined) {
      const value = withoutSpace(section, section.indexOf(":", at) + 1, end);
      const known = headers[name];
      headers[name] = known === undefined ? value : typeof known === "string" ? [known, value] : [...known, value];
    }
    at = end + 2;
  }
}

function nameOf(section: string, at: number): string | undefined {
  const colon = section.indexOf(":", at);
  if (colon - at > LONGEST_NAME) return undefined;
  const written = section.slice(at, colon);
  return NAMES.get(written) ?? NAMES.get(written.toLowerCase());
}

/** Spaces and tabs only: what JavaScript trims beyond them may be a byte of a letter in UTF-8. */
function withoutSpace(text: string, from: number, to: number): string {
  let [first, end] = [from, to];
  while (first < end && isSpace(text.charCodeAt(first))) first += 1;
  while (end > first && isSpace(text.charCodeAt(end - 1))) end -= 1;
  return text.slice(first, end);
}

function isSpace(code: number): boolean {
  return code === 32 || code === 9;
}
