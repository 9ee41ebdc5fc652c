/** The rules of settings: each reads a text, or says what was wanted in its place. Knows no setting by name. */
import { isIP } from "node:net";
import { type BucketAddress, bucketAddressOf } from "../domain/bucket-address.ts";
import { webhookKey } from "../domain/webhook-secret.ts";

export type Parsed<T> =
  | { readonly kind: "value"; readonly value: T }
  /** What came is not repeated when it may be a secret. */
  | { readonly kind: "fault"; readonly wanted: string; readonly secret?: true };

export const text = (value: string): Parsed<string> => ({ kind: "value", value });

export const optionalText = (value: string): Parsed<string | null> => ({
  kind: "value",
  value: value === "" ? null : value,
});

/** What the pipeline's guard can read: a name, an IPv4 or IPv6 address, each with or without a port; no scheme, path or CIDR range. */
function isHostEntry(entry: string): boolean {
  if (/^[0-9a-f:.]+$/i.test(entry) && URL.canParse(`http://[${entry}]/`)) return true;
  const [, host, port = "80"] = /^(\[[0-9a-f:.]+\]|[^\s:/?#@\\[\]]+)(?::(\d{1,5}))?$/i.exec(entry) ?? [];
  return host !== undefined && URL.canParse(`http://${host}/`) && Number(port) >= 1 && Number(port) <= 65_535;
}

export function hosts(value: string): Parsed<readonly string[]> {
  const entries = value
    .split(",")
    .map((entry) => entry.trim())
    .filter((entry) => entry !== "");
  const unreadable = entries.find((entry) => !isHostEntry(entry));
  if (unreadable === undefined) return { kind: "value", value: entries };
  return {
    kind: "fault",
    wanted: `hosts or host:port such as "photos.example,10.0.0.5:8080,[::1]:81", which "${unreadable}" is not`,
  };
}

export function integer(least: number, most: number) {
  return (value: string): Parsed<number> => {
    const number = Number(value);
    if (/^\d+$/.test(value) && number >= least && number <= most) return { kind: "value", value: number };
    return { kind: "fault", wanted: `a whole number from ${least} to ${most}` };
  };
}

export function share(value: string): Parsed<number> {
  const number = Number(value);
  if (value !== "" && number >= 0 && number <= 1) return { kind: "value", value: number };
  return { kind: "fault", wanted: "a number from 0 to 1" };
}

export function oneOf<const T extends readonly string[]>(choices: T) {
  return (value: string): Parsed<T[number]> => {
    const found = choices.find((choice) => choice === value);
    return found === undefined
      ? { kind: "fault", wanted: `one of ${choices.join(", ")}` }
      : { kind: "value", value: found };
  };
}

type Range = { readonly least: number; readonly most: number };

export function milliseconds(value: string): Parsed<Range> {
  const [, least, most = least] = /^(\d{1,6})(?:-(\d{1,6}))?$/.exec(value) ?? [];
  if (least !== undefined && Number(least) <= Number(most)) {
    return { kind: "value", value: { least: Number(least), most: Number(most) } };
  }
  return { kind: "fault", wanted: 'milliseconds such as "250", a range such as "100-400", or "0" for no wait' };
}

export function seed(value: string): Parsed<number | null> {
  if (value === "") return { kind: "value", value: null };
  return integer(0, 2 ** 32 - 1)(value);
}

export function queueName(value: string): Parsed<string> {
  if (/^[\w.:-]{1,200}$/.test(value)) return { kind: "value", value };
  return { kind: "fault", wanted: "1 to 200 letters, digits, dots, colons, hyphens or underscores" };
}

/** The URL of a server; never shown again, as it may hold a password. */
export function address(...protocols: readonly string[]) {
  return (value: string): Parsed<string | null> => {
    if (value === "") return { kind: "value", value: null };
    const url = URL.parse(value);
    if (url && protocols.includes(url.protocol) && url.hostname !== "") return { kind: "value", value };
    return { kind: "fault", wanted: `a URL that begins with ${protocols[0]}//`, secret: true };
  };
}

export function webhookSecret(value: string): Parsed<string | null> {
  if (value === "") return { kind: "value", value: null };
  if (webhookKey(value)) return { kind: "value", value };
  return { kind: "fault", wanted: "whsec_ and 24 to 64 bytes in base64", secret: true };
}

/** A bucket and a prefix, which is a folder: it ends in a slash whether or not one was typed. */
export function bucketPrefix(value: string): Parsed<BucketAddress | null> {
  if (value === "") return { kind: "value", value: null };
  const address = bucketAddressOf(value);
  const wanted = "s3://bucket/prefix, gs://bucket/prefix or az://container/prefix";
  if (address === null) return { kind: "fault", wanted };
  if ("fault" in address) return { kind: "fault", wanted: `${wanted}: ${address.fault}` };
  const { key } = address;
  return { kind: "value", value: { ...address, key: key === "" || key.endsWith("/") ? key : `${key}/` } };
}

/** A service's address, perhaps with a path. */
export function httpAddress(value: string): Parsed<string | null> {
  if (value === "") return { kind: "value", value: null };
  const url = URL.parse(value);
  const isPlain = url && /^https?:$/.test(url.protocol) && url.username === "" && url.search === "" && url.hash === "";
  if (isPlain) return { kind: "value", value: value.replace(/\/$/, "") };
  return { kind: "fault", wanted: "an address such as https://minio.example:9000" };
}

/** A secret of one's own: long enough not to be guessed. */
export function longSecret(value: string): Parsed<string | null> {
  if (value === "") return { kind: "value", value: null };
  if (value.length >= 32) return { kind: "value", value };
  return { kind: "fault", wanted: "at least 32 characters of chance", secret: true };
}

/** As a browser says them: a scheme, a host, and a port where it is not the usual one. */
export function origins(value: string): Parsed<readonly string[]> {
  const entries = value
    .split(",")
    .map((entry) => entry.trim())
    .filter((entry) => entry !== "");
  const unreadable = entries.find((entry) => !/^https?:/.test(entry) || URL.parse(entry)?.origin !== entry);
  if (unreadable === undefined) return { kind: "value", value: entries };
  return {
    kind: "fault",
    wanted: `origins such as "https://reports.example,http://localhost:5173", which "${unreadable}" is not`,
  };
}

/** What Fastify can read: addresses and networks such as 10.0.0.0/8. */
export function networks(value: string): Parsed<readonly string[] | null> {
  const entries = value
    .split(",")
    .map((entry) => entry.trim())
    .filter((entry) => entry !== "");
  const unreadable = entries.find((entry) => !isNetwork(entry));
  if (unreadable === undefined) return { kind: "value", value: entries.length === 0 ? null : entries };
  return {
    kind: "fault",
    wanted: `addresses or networks such as "10.0.0.5,10.1.0.0/16", which "${unreadable}" is not`,
  };
}

/** Stands between brackets in a header of every request. */
export function contact(value: string): Parsed<string | null> {
  if (value === "") return { kind: "value", value: null };
  if (/^[\x21-\x27\x2a-\x7e]{3,200}$/.test(value)) return { kind: "value", value };
  return { kind: "fault", wanted: 'a mail address or URL such as "photos@acme.example"' };
}

function isNetwork(entry: string): boolean {
  const [, address = "", bits] = /^([^/]+)(?:\/(\d{1,3}))?$/.exec(entry) ?? [];
  const version = isIP(address);
  return version !== 0 && (bits === undefined || Number(bits) <= (version === 4 ? 32 : 128));
}

/** The password in it is nobody's business. */
export function smtpAddress(value: string): Parsed<string | null> {
  if (value === "") return { kind: "value", value: null };
  const url = URL.parse(value);
  if (url && /^smtps?:$/.test(url.protocol) && url.hostname !== "") return { kind: "value", value };
  return { kind: "fault", wanted: "an address such as smtp://user:password@mail.example:587", secret: true };
}

export function mailSender(value: string): Parsed<string> {
  if (/^[^\s@<>"]+@[^\s@<>"]+$/.test(value)) return { kind: "value", value };
  return { kind: "fault", wanted: "a mail address such as storewalk@company.example" };
}

export function pageAddress(value: string): Parsed<string | null> {
  if (value === "") return { kind: "value", value: null };
  const url = URL.parse(value);
  if (url && /^https?:$/.test(url.protocol)) return { kind: "value", value };
  return { kind: "fault", wanted: "an http or https URL such as https://storewalk.company.example" };
}
