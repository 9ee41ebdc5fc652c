/**
 * What can be told of a URL without asking anybody: whether its text can be fetched, and whether it names an address that may not be. For warnings
 * before a job is made; whoever fetches judges again, and by every address that a name leads to.
 */
import { isIP } from "node:net";
import { ImageFault } from "../../domain/error-codes.ts";
import type { UrlFault } from "../../domain/image-url.ts";
import { isPublicAddress } from "./address-rules.ts";
import { createAllowList, notPublic, plainHost } from "./allow-list.ts";
import { DEFAULT_PORTS, parseTarget, portOf } from "./parse-target.ts";

/** Photos that came with a submission, and objects in buckets: they are no URLs of the web. */
const NOT_OF_THE_WEB = /^\s*(?:upload|s3|gs|az):/i;
/** Leads to this machine, whatever a name server says (RFC 6761). */
const OWN_NAME = /(?:^|\.)localhost$/i;

/** Null for what may be fetched, as far as its text tells. */
export function createUrlJudge(allowHosts: readonly string[]): (url: string) => UrlFault | null {
  const allowed = createAllowList(allowHosts);
  const isPortAllowed = (hostname: string, port: number) =>
    DEFAULT_PORTS.some(([first, last]) => port >= first && port <= last) || allowed.hasPort(hostname, port);

  return (url) => {
    if (NOT_OF_THE_WEB.test(url)) return null;
    try {
      const target = parseTarget(url, isPortAllowed);
      const host = plainHost(target.hostname);
      const isOwn = OWN_NAME.test(host) || (isIP(host) !== 0 && !isPublicAddress(host));
      if (!isOwn || allowed.hasHost(target.hostname, portOf(target))) return null;
      return { code: "blocked_address", detail: notPublic(host) };
    } catch (error) {
      if (error instanceof ImageFault) return { code: error.code, detail: error.message };
      throw error;
    }
  };
}
