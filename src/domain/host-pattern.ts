/**
 * Which URLs a tenant's credentials are for, as people write it: `photos.example`, `*.example.com`, `photos.example:8443/private`, `s3://bucket/prefix`,
 * `gs://bucket`, `az://container`, or `*` in the place of a bucket. Judges texts only.
 */
import type { BucketAddress } from "./bucket-address.ts";
import type { AccessKind } from "./host-access.ts";

export type HostPattern = {
  readonly kind: AccessKind;
  /** `https:` stands for http as well: whether a secret may go that way is not the pattern's business. */
  readonly scheme: "https:" | "s3:" | "gs:" | "az:";
  /** A host or a bucket; `*.domain` for every host below it, `*` for every bucket. */
  readonly host: string;
  /** Empty for the scheme's own. */
  readonly port: string;
  /** Empty for all. A part of a path is whole: `/a` holds for `/a` and `/a/b`, not for `/ab`. */
  readonly path: string;
};

export type ReadPattern =
  | { readonly kind: "pattern"; readonly pattern: HostPattern; readonly text: string }
  | { readonly kind: "problem"; readonly problem: string };

const KIND_OF = { "s3:": "s3", "gs:": "s3", "az:": "azure" } as const;
const BUCKET = /^(s3|gs|az):\/\/(\*|[\w$][\w$.-]{0,221})(\/.*)?$/;
const MOST_CHARACTERS = 1_000;

/** `text` of a pattern is how it is kept: two that mean the same are the same. */
export function readPattern(given: string): ReadPattern {
  const text = given.trim();
  if (text.length > MOST_CHARACTERS) return problem(`it may have ${MOST_CHARACTERS} characters`);
  const [, name, bucket = "", path = ""] = BUCKET.exec(text) ?? [];
  if (name !== undefined) return bucketPattern(name, bucket, path);
  if (/^[a-z][a-z0-9+.-]*:\/\//i.test(text) && !/^https:\/\//i.test(text)) {
    return problem("wanted a host, or a bucket behind s3://, gs:// or az://");
  }
  return hostPattern(text.replace(/^https:\/\//i, ""));
}

function bucketPattern(name: string, host: string, given: string): ReadPattern {
  const scheme = name === "s3" ? "s3:" : name === "gs" ? "gs:" : "az:";
  const path = given === "/" ? "" : given;
  if (/[\p{Cc}\p{Zl}\p{Zp}]/u.test(path) || !path.isWellFormed()) {
    return problem("a prefix has no control characters and no half ones");
  }
  return found({ kind: KIND_OF[scheme], scheme, host, port: "", path });
}

function hostPattern(text: string): ReadPattern {
  const url = URL.parse(`https://${text}`);
  if (url === null || /[\s\\@?#]/.test(text) || url.hostname === "") return problem("it is no host");
  const { hostname: host, port, pathname } = url;
  if (host.includes("*") && !/^\*\.[^*.]+(?:\.[^*.]+)+$/.test(host)) {
    return problem("* stands before a domain of two parts at least, as in *.example.com");
  }
  return found({ kind: "web", scheme: "https:", host, port, path: pathname === "/" ? "" : pathname });
}

function problem(why: string): ReadPattern {
  return { kind: "problem", problem: why };
}

function found(pattern: HostPattern): ReadPattern {
  const { scheme, host, port, path } = pattern;
  const start = scheme === "https:" ? "" : `${scheme}//`;
  return { kind: "pattern", pattern, text: `${start}${host}${port === "" ? "" : `:${port}`}${path}` };
}

/** Of a URL of http or https; objects in buckets have none, see `holdsForObject`. */
export function holdsFor({ scheme, host, port, path }: HostPattern, url: URL): boolean {
  if (scheme !== "https:" || (url.protocol !== "https:" && url.protocol !== "http:")) return false;
  return isHost(host, url.hostname) && isPort(port, url) && isBelow(path, url.pathname);
}

/** By the key as it is written: a URL would encode it, and resolve the dots in it. */
export function holdsForObject({ scheme, host, path }: HostPattern, address: BucketAddress): boolean {
  if (scheme !== `${address.scheme}:` || (host !== "*" && host !== address.bucket)) return false;
  return isBelow(path, `/${address.key}`);
}

function isBelow(path: string, whole: string): boolean {
  if (path === "" || !whole.startsWith(path)) return path === "";
  return path.endsWith("/") || whole.length === path.length || whole[path.length] === "/";
}

function isHost(host: string, hostname: string): boolean {
  if (!host.startsWith("*.")) return host === hostname;
  return hostname.length >= host.length && hostname.endsWith(host.slice(1));
}

function isPort(port: string, { protocol, port: given }: URL): boolean {
  return given === port || (given === "" && protocol === "http:" && port === "80");
}

/** For sorting: the pattern that says more about a URL comes first. */
export function moreExactFirst(a: HostPattern, b: HostPattern): number {
  const isWild = ({ host }: HostPattern) => (host.startsWith("*") ? 1 : 0);
  return isWild(a) - isWild(b) || b.host.length - a.host.length || b.path.length - a.path.length;
}
