/**
 * Cookies (RFC 6265) as far as hosts need them that redirect to themselves until they get one back: names and values, for the origin that set them and for
 * one image. Paths, domains and dates are not looked at: they could only let a cookie go further, or outlive the image.
 */

/** RFC 6265 §4.1.1, with spaces and commas in values, as many send them. */
const PAIR = /^[ \t]*([!#$%&'*+\-.^_`|~0-9A-Za-z]+)[ \t]*=[ \t]*([\x20-\x3a\x3c-\x7e]*?)[ \t]*(?:;(.*))?$/;
const MOST_COOKIES = 20;
const MOST_CHARACTERS = 4_096;

/** What is sent from now on, as the header has it: what was sent before, and what has been set. */
export function receivedCookies(sent: string, set: string | readonly string[] | undefined): string {
  if (set === undefined) return sent;
  const cookies = new Map<string, string>();
  for (const pair of sent === "" ? [] : sent.split("; ")) cookies.set(pair.slice(0, pair.indexOf("=")), pair);
  for (const each of typeof set === "string" ? [set] : set) {
    const [, name, value = "", attributes = ""] = PAIR.exec(each) ?? [];
    if (name === undefined) continue;
    if (/(?:^|;)[ \t]*max-age[ \t]*=[ \t]*(?:0|-\d+)[ \t]*(?:;|$)/i.test(attributes)) cookies.delete(name);
    else if (cookies.has(name) || cookies.size < MOST_COOKIES) cookies.set(name, `${name}=${value}`);
  }
  const text = [...cookies.values()].join("; ");
  return text.length <= MOST_CHARACTERS ? text : sent;
}
