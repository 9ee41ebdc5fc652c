/** How an answer's body is measured out (RFC 9112 §6.3), and whether the connection serves another behind it (§9.3). Reads no byte of it. */
import { type Headers, textOf } from "../headers.ts";
import { WireFault } from "./wire-fault.ts";

export type BodyLength =
  | { readonly kind: "bytes"; readonly bytes: number }
  | { readonly kind: "chunked" }
  /** As long as the host keeps the connection open. */
  | { readonly kind: "until-close" };

const NO_BODY: BodyLength = { kind: "bytes", bytes: 0 };
const CHUNKED: BodyLength = { kind: "chunked" };
const UNTIL_CLOSE: BodyLength = { kind: "until-close" };

/** For the final answer to a GET. Throws WireFault `contradicting-lengths`. */
export function bodyLengthOf(status: number, headers: Headers): BodyLength {
  // §6.3, 1: whatever the headers say.
  if (status === 204 || status === 304) return NO_BODY;
  const length = headers["content-length"];
  const codings = headers["transfer-encoding"];
  if (codings !== undefined) {
    // §6.3, 3: two lengths are how one answer is smuggled into another.
    if (length !== undefined) throw new WireFault("contradicting-lengths");
    return lengthOfCodings(textOf(codings).toLowerCase());
  }
  // §6.3, 8: nothing is said of an end.
  if (length === undefined) return UNTIL_CLOSE;
  // §6.3, 5: one number; not even the same one twice.
  const text = textOf(length);
  if (!/^\d{1,15}$/.test(text)) throw new WireFault("contradicting-lengths");
  return { kind: "bytes", bytes: Number(text) };
}

/** §6.3, 4. What else the body was packed in (§7) is never undone: such a file is no image. */
function lengthOfCodings(codings: string): BodyLength {
  const names = codings.split(",").map((coding) => coding.trim());
  const chunked = names.filter((name) => name === "chunked").length;
  // §6.1: chunks within chunks are not allowed.
  if (chunked > 1) throw new WireFault("contradicting-lengths");
  return names.at(-1) === "chunked" ? CHUNKED : UNTIL_CLOSE;
}

/** §9.3: an HTTP/1.1 host keeps the connection unless it says otherwise, an HTTP/1.0 one the other way round. */
export function isKept(minor: number, headers: Headers): boolean {
  // §6.1: an HTTP/1.0 host that speaks of codings it cannot know has a proxy before it that may have misread them.
  if (minor === 0 && headers["transfer-encoding"] !== undefined) return false;
  if (headers.connection === undefined) return minor === 1;
  const options = textOf(headers.connection)
    .toLowerCase()
    .split(/[ \t]*,[ \t]*/);
  return minor === 1 ? !options.includes("close") : options.includes("keep-alive") && !options.includes("close");
}

/** How long the host keeps an idle connection, by its own word (`Keep-Alive: timeout=5`), in milliseconds; null when it does not tell. */
export function keptForMs(headers: Headers): number | null {
  const keepAlive = headers["keep-alive"];
  if (keepAlive === undefined) return null;
  const [, seconds] = /(?:^|[ ,])timeout=(\d{1,6})(?:$|[ ,])/i.exec(textOf(keepAlive)) ?? [];
  return seconds === undefined ? null : Number(seconds) * 1_000;
}
