/**
 * Where redirects lead, and whether they come to an end. A host that redirects to itself until it gets its cookie back is asked once more with it. Nothing
 * secret travels to another origin, not even in the address that a host names.
 */
import type { AccessTable } from "../../domain/access-table.ts";
import { ImageFault } from "../../domain/error-codes.ts";
import type { Guard } from "./guard.ts";
import type { Headers } from "./headers.ts";
import { type Way, wayBehind } from "./way.ts";

export type Trail = {
  /** Where it leads now. */
  readonly url: URL;
  readonly way: Way;
  readonly hops: number;
  readonly seen: Set<string>;
  /** What was sent with the first of `seen`. */
  readonly cookies: string;
  readonly isSecondRound: boolean;
};

export type Redirects = {
  /** One redirect more; `trail` is null before the first. Throws ImageFault. */
  follow(
    trail: Trail | null,
    from: { readonly url: URL; readonly way: Way },
    answer: { readonly location: string; readonly headers: Headers },
    access: AccessTable,
  ): Trail;
  /** Not the host's word but our own, that the same is to be asked for there once more; counted like a redirect. */
  askAgain(trail: Trail | null, from: { readonly url: URL; readonly way: Way }, address: string): Trail;
};

export function createRedirects(deps: {
  readonly guard: Pick<Guard, "parse">;
  readonly maxRedirects: number;
}): Redirects {
  /** From https to http is allowed: nothing secret travels there, and the address is guarded all the same. */
  function hopTo(location: string, from: URL): URL {
    const target = URL.parse(location, from.href);
    if (target === null) throw new ImageFault("invalid_url", `${from.hostname} redirected to something that is no URL`);
    target.hash = "";
    try {
      return deps.guard.parse(target.href);
    } catch (error) {
      if (!(error instanceof ImageFault)) throw error;
      // Its sentence speaks of "the URL", which is not the one that was submitted.
      const detail = `${from.hostname} redirected to where nothing is fetched: ${error.message}`;
      throw new ImageFault(error.code, detail, { cause: error });
    }
  }

  function nextHop(trail: Trail | null, hostname: string): number {
    const hops = (trail?.hops ?? 0) + 1;
    if (hops <= deps.maxRedirects) return hops;
    throw new ImageFault("too_many_redirects", `more than ${hops - 1} redirects, the last one by ${hostname}`);
  }

  return {
    askAgain(trail, { url, way }, address) {
      const hops = nextHop(trail, url.hostname);
      return { url: hopTo(address, url), way, hops, seen: new Set(), cookies: way.cookies, isSecondRound: false };
    },

    follow(trail, from, { location, headers }, access) {
      const { hostname } = from.url;
      const hops = nextHop(trail, hostname);
      const url = hopTo(location, from.url);
      if (url.origin !== from.url.origin && access.repeatsSecret(url.href)) {
        const why = "to another host, with the credentials in its address that it had been sent";
        throw new ImageFault("blocked_address", `${hostname} redirected ${why}: not followed`);
      }
      const way = wayBehind(from.way, from.url, url, headers);
      const seen = (trail?.seen ?? new Set<string>()).add(from.url.href);
      const cookies = trail?.cookies ?? from.way.cookies;
      const isSecondRound = trail?.isSecondRound ?? false;
      if (!seen.has(url.href)) return { url, way, hops, seen, cookies, isSecondRound };
      if (isSecondRound || way.cookies === cookies) {
        const also = isSecondRound ? ", also with the cookie that it set" : "";
        throw new ImageFault("too_many_redirects", `${hostname} redirected in a circle${also}`);
      }
      return { url, way, hops, seen: new Set(), cookies: way.cookies, isSecondRound: true };
    },
  };
}
