/**
 * The looks under which a secret may come back from a host that repeats what it was sent: whole, its last word, a part of a Basic login, escaped for a URL.
 * What is shorter than a password should be is left out, or stars would stand in every sentence.
 */
import type { HostAccess, NamedValue } from "./host-access.ts";

const LEAST_CHARACTERS = 6;

export function secretTextsOf(access: HostAccess): readonly string[] {
  const texts = rawTextsOf(access).filter((text) => text.length >= LEAST_CHARACTERS);
  return [
    ...new Set(
      texts.flatMap((text) => [text, encodeURIComponent(text), new URLSearchParams({ "": text }).toString().slice(1)]),
    ),
  ];
}

function rawTextsOf(access: HostAccess): readonly string[] {
  switch (access.kind) {
    case "web":
      return [...access.headers.flatMap(partsOf), ...access.query.map(([, value]) => value)];
    case "s3":
      return [access.secretAccessKey, access.sessionToken ?? ""];
    case "azure":
      return [access.secret, ...new URLSearchParams(access.secret).getAll("sig")];
    case "unusable":
      return [];
  }
}

/** Of `Basic bmFtZTpwYXNz` also `bmFtZTpwYXNz`, `name:pass` and `pass`. */
function partsOf([, value]: NamedValue): readonly string[] {
  const words = value.split(/\s+/);
  const [scheme = "", credentials = ""] = words;
  if (scheme.toLowerCase() !== "basic") return [value, ...words.slice(1)];
  const login = Buffer.from(credentials, "base64").toString();
  return [value, credentials, login, login.slice(login.indexOf(":") + 1)];
}
