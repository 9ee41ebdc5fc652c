/**
 * Links by which people share a file, and the address of the file itself. Judges the text only; what is no link to one file (a folder, an address of a
 * file already) is left as it is.
 */
export type ShareLink = {
  readonly service: "Google Drive" | "Dropbox" | "OneDrive" | "SharePoint";
  /** Where the file is fetched from. */
  readonly address: string;
};

type Rule = {
  readonly service: ShareLink["service"];
  readonly hosts: RegExp;
  readonly addressOf: (url: URL) => string | null;
};

const RULES: readonly Rule[] = [
  { service: "Google Drive", hosts: /^(?:drive|docs)\.google\.com$/, addressOf: inDrive },
  { service: "Dropbox", hosts: /^(?:www\.)?dropbox\.com$/, addressOf: inDropbox },
  { service: "OneDrive", hosts: /^(?:1drv\.ms|onedrive\.live\.com)$/, addressOf: inOneDrive },
  { service: "SharePoint", hosts: /^[\w-]+\.sharepoint\.com$/, addressOf: inSharePoint },
];

/** A word of one of their hosts, or a character that may hide one: without either a URL, as are most of a million, is not parsed for them. */
const MAY_BE_SHARED = /google|dropbox|1drv|onedrive|sharepoint|[^!-$&-~]/i;

/** Null for what is no share link. */
export function shareLinkIn(text: string): ShareLink | null {
  if (!MAY_BE_SHARED.test(text)) return null;
  const url = URL.parse(text.trim());
  const rule = url?.protocol === "https:" && url.port === "" && RULES.find(({ hosts }) => hosts.test(url.hostname));
  if (!url || !rule) return null;
  const address = rule.addressOf(url);
  return address === null ? null : { service: rule.service, address };
}

const DRIVE_DOWNLOAD = "https://drive.usercontent.google.com/download";

function inDrive({ pathname, searchParams }: URL): string | null {
  const [, inPath] = /^\/(?:a\/[^/]+\/)?file\/(?:u\/\d+\/)?d\/([\w-]+)(?:\/|$)/.exec(pathname) ?? [];
  const inQuery = /^\/(?:a\/[^/]+\/)?(?:u\/\d+\/)?(?:open|uc)$/.test(pathname) ? searchParams.get("id") : null;
  const id = inPath ?? inQuery;
  if (!id) return null;
  const query = new URLSearchParams({ id, export: "download" });
  const key = searchParams.get("resourcekey");
  if (key !== null) query.set("resourcekey", key);
  return `${DRIVE_DOWNLOAD}?${query}`;
}

/** `sh` and `scl/fo` are folders. */
function inDropbox(url: URL): string | null {
  if (!/^\/(?:s|scl\/fi)\/./.test(url.pathname)) return null;
  const { searchParams } = url;
  searchParams.delete("raw");
  searchParams.set("dl", "1");
  url.hash = "";
  return url.href;
}

/** By Microsoft's encoding of a sharing URL. */
function inOneDrive(url: URL): string | null {
  if (url.pathname === "/" && url.search === "") return null;
  return `https://api.onedrive.com/v1.0/shares/u!${Buffer.from(url.href).toString("base64url")}/root/content`;
}

const SITES: Readonly<Record<string, string>> = { g: "", s: "/sites", t: "/teams" };

/** `:f:` is a folder; a link with `r` names the file itself. */
function inSharePoint({ origin, pathname }: URL): string | null {
  const [, letter = "", site = "", token] = /^\/:[a-eg-z]:\/([gst])((?:\/[^/]+)*)\/([\w-]+)$/.exec(pathname) ?? [];
  if (token === undefined) return null;
  return `${origin}${SITES[letter]}${site}/_layouts/15/download.aspx?share=${token}`;
}

/**
 * Where the form of Drive's page leads that asks whether a large file is to be fetched unscanned. Null for any other page: a form
 * that leads elsewhere is not followed.
 */
export function confirmedAddress(page: string): string | null {
  // Up to the next bracket either way: a page that was made to be slow to read is not.
  const tags = page.match(/<[^<>]*>/g) ?? [];
  const begin = tags.findIndex((tag) => /^<form\s/i.test(tag) && attributeOf(tag, "id") === "download-form");
  if (begin === -1 || attributeOf(tags[begin] ?? "", "action") !== DRIVE_DOWNLOAD) return null;
  const query = new URLSearchParams();
  for (const tag of tags.slice(begin + 1)) {
    if (/^<\/form/i.test(tag)) break;
    if (/^<input\s/i.test(tag) && attributeOf(tag, "type") === "hidden") {
      query.set(attributeOf(tag, "name"), attributeOf(tag, "value"));
    }
  }
  return `${DRIVE_DOWNLOAD}?${query}`;
}

function attributeOf(tag: string, name: string): string {
  const [, value = ""] = new RegExp(`\\s${name}="([^"]*)"`, "i").exec(tag) ?? [];
  return value.replaceAll("&amp;", "&");
}
