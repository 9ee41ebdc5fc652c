/**
 * How far the requests for one image have been led away from its own URL, and what hosts set on the way: decides what may be said where. Who asks is said
 * to the image's own host alone, and never again once another one was asked; a cookie goes back to the origin that set it and ends with the image.
 */
import { receivedCookies } from "./cookies.ts";
import type { Headers } from "./headers.ts";

export type Way = {
  /** Still where the image's own URL leads. */
  readonly isHome: boolean;
  /** As the next request sends them; empty for none. */
  readonly cookies: string;
};

/** Nothing has been asked yet. One for all images: nothing is made for those that are led nowhere. */
export const AT_HOME: Way = { isHome: true, cookies: "" };

/** The way behind a redirect. */
export function wayBehind(way: Way, from: URL, to: URL, headers: Headers): Way {
  const isSameOrigin = from.origin === to.origin;
  const cookies = isSameOrigin ? receivedCookies(way.cookies, headers["set-cookie"]) : "";
  const isHome = way.isHome && (isSameOrigin || isUpgrade(from, to));
  return isHome && cookies === "" ? AT_HOME : { isHome, cookies };
}

/** From http to https of the same host, each at its own port: who asks was not to be said before, and here it may. */
function isUpgrade(from: URL, to: URL): boolean {
  const isSecured = from.protocol === "http:" && to.protocol === "https:";
  return isSecured && from.hostname === to.hostname && from.port === "" && to.port === "";
}
