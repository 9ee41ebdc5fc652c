/**
 * What a browser may be made to send by a page that is not ours, and a proxy by anybody. A key in a header cannot be sent so; a cookie can, and
 * so can anything to a service that asks for no keys.
 */
import { isIP } from "node:net";
import { ApiError } from "../problems/api-error.ts";
import type { Caller } from "./caller.ts";

type Headers = Readonly<Record<string, string | string[] | undefined>>;

const SAFE_METHODS: ReadonlySet<string> = new Set(["GET", "HEAD", "OPTIONS"]);

/** Whether a request changes nothing by its method. */
export function isSafe(method: string): boolean {
  return SAFE_METHODS.has(method);
}

/**
 * Refuses a change that another site's page asked for: by Fetch Metadata, else by the Origin. A program that is no browser sends neither, which is
 * no proof for a cookie.
 */
export function refuseCrossSite(
  method: string,
  headers: Headers,
  { by }: Pick<Caller, "by">,
  allowedOrigins: readonly string[],
): void {
  if (isSafe(method) || by === "key" || isOwnPage(headers)) return;
  const { "sec-fetch-site": site, origin } = headers;
  if (by === "nobody" && site === undefined && origin === undefined) return;
  // Its operator lets that page ask without a key, as they let everybody.
  if (by === "nobody" && typeof origin === "string" && allowedOrigins.includes(origin)) return;
  throw new ApiError(
    "cross_site",
    "a page of another site may change nothing here; use the dashboard, or a key in a header",
  );
}

function isOwnPage({ "sec-fetch-site": site, origin, host }: Headers): boolean {
  // `none`: typed in or a bookmark, by the person at the browser.
  if (site !== undefined) return site === "same-origin" || site === "none";
  return typeof origin === "string" && typeof host === "string" && URL.parse(origin)?.host === host;
}

/**
 * Refuses names that are not this machine's, where no keys are asked for: a name that another site's DNS points to 127.0.0.1 would make its page
 * one of ours (DNS rebinding).
 */
export function refuseForeignName({ host }: Headers): void {
  const name = typeof host === "string" ? (URL.parse(`http://${host}/`)?.hostname ?? "") : "localhost";
  const isOurs = name === "localhost" || name.endsWith(".localhost") || isIP(name.replace(/^\[|\]$/g, "")) !== 0;
  if (isOurs) return;
  const detail = "without API keys the service answers to an IP address or to localhost only";
  throw new ApiError("wrong_host", `${detail}; make a key with "storewalk keys create", or start it with --auth off`);
}

const FORWARDED = /^(?:forwarded|via|x-real-ip|x-forwarded-.+)$/;

/** Refuses what came through a proxy, where no keys are asked for: its clients may be anybody, and they all have its address. */
export function refuseForwarded(headers: Headers): void {
  const name = Object.keys(headers).find((header) => FORWARDED.test(header));
  if (name === undefined) return;
  const detail = `the request came through a proxy (it has the header ${name}), which is not answered without API keys`;
  throw new ApiError("behind_proxy", `${detail}; make a key with "storewalk keys create", or start it with --auth off`);
}
