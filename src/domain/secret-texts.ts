/**
 * The looks under which a secret may come back from a host that repeats what it was sent: whole, word by word, a part of a Basic login, escaped for a URL,
 * in other letters, cut off where a sentence ends. What is shorter than a password should be is left out, or stars would stand in every sentence.
 */
import type { HostAccess, NamedValue } from "./host-access.ts";

export type SecretTexts = {
  /** Whether one of them stands in the text whole. */
  areIn(text: string): boolean;
  /** The text with stars in their place, and in the place of what is left of one. */
  starred(text: string): string;
};

const LEAST_CHARACTERS = 6;
/** Beginnings of so many characters are taken for a secret that was cut off. */
const CUT_CHARACTERS = 8;

export function secretTextsOf(rows: readonly HostAccess[]): SecretTexts {
  const raw = rows.flatMap(rawTextsOf).filter((text) => text.length >= LEAST_CHARACTERS);
  const all = raw.flatMap((text) => [text, encodeURIComponent(text), encodeURIComponent(text).replaceAll("%20", "+")]);
  const secrets = [...new Set(all.map(lowered))].sort((a, b) => b.length - a.length);
  return {
    areIn(text) {
      const low = lowered(text);
      return secrets.some((secret) => low.includes(secret));
    },
    starred: (text) => secrets.reduce(withStars, text),
  };
}

function withStars(text: string, secret: string): string {
  const low = lowered(text);
  const start = secret.slice(0, CUT_CHARACTERS);
  let kept = "";
  let done = 0;
  for (let at = low.indexOf(start); at >= 0; at = low.indexOf(start, done)) {
    kept += `${text.slice(done, at)}***`;
    done = at + start.length;
    while (done < low.length && low[done] === secret[done - at]) done += 1;
  }
  return kept + text.slice(done);
}

/** ASCII alone, so that every character stays in its place. */
function lowered(text: string): string {
  return text.replaceAll(/[A-Z]+/g, (letters) => letters.toLowerCase());
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

/** Of `Token abc` the word behind the scheme's name; of `Basic bmFtZTpwYXNz` also `name:pass` and `pass`. */
function partsOf([, value]: NamedValue): readonly string[] {
  const [scheme = "", ...words] = value.split(/[\s",;]+/);
  if (words.length === 0) return [scheme];
  const values = words.flatMap((word) => [word, ...word.split("=")]);
  if (scheme.toLowerCase() !== "basic") return values;
  const login = Buffer.from(words[0] ?? "", "base64").toString();
  return [...values, login, login.slice(login.indexOf(":") + 1)];
}
