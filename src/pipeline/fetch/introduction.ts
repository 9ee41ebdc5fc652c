/**
 * What a request says of who asks: the header lines and query parameters that a tenant keeps for the host, over TLS only unless its row says otherwise.
 * Judges one request; whether it is still sent to where the image's own URL leads is the business of the way (`way.ts`).
 */
import { ImageFault } from "../../domain/error-codes.ts";
import type { HostAccess, NamedValue, WebAccess } from "../../domain/host-access.ts";

export type Introduction = {
  /** In place of Storewalk's own, null for that. */
  readonly userAgent: string | null;
  /** Header lines, each with its end. */
  readonly lines: string;
  /** The query to send, with its question mark. */
  readonly search: string;
  /** For the sentence of a host that refuses all the same. */
  readonly note: string;
};

/** Throws ImageFault where more should be said than can be: to ask without it would tell a wrong story. */
export function introductionTo(url: URL, access: HostAccess): Introduction | null {
  switch (access.kind) {
    case "web":
      return ofWeb(url, access);
    case "unusable": {
      const detail = `the credentials for ${access.pattern} cannot be used: ${access.why}`;
      throw new ImageFault("forbidden", detail);
    }
    // Their patterns hold for no URL of http or https.
    case "s3":
    case "azure":
      return null;
  }
}

function ofWeb(url: URL, { pattern, headers, query, userAgent, overHttp }: WebAccess): Introduction {
  const isSecret = headers.length > 0 || query.length > 0;
  if (isSecret && url.protocol === "http:" && !overHttp) {
    const note = `; the credentials for ${pattern} were not sent, as they go over https only`;
    return { userAgent, lines: "", search: url.search, note };
  }
  const lines = headers.map(([name, value]) => `${name}: ${value}\r\n`).join("");
  const note = isSecret ? `; it was asked with the credentials for ${pattern}` : "";
  return { userAgent, lines, search: withParameters(url.search, query), note };
}

/** Behind what is there, which is sent byte for byte; a host that redirects to itself keeps as a rule what it was sent. */
function withParameters(search: string, query: readonly NamedValue[]): string {
  const given = new Set(search.slice(1).split("&"));
  const added = query
    .map(([name, value]) => `${encodeURIComponent(name)}=${encodeURIComponent(value)}`)
    .filter((parameter) => !given.has(parameter));
  if (added.length === 0) return search;
  return `${search.length > 1 ? `${search}&` : "?"}${added.join("&")}`;
}
