/** Certificates made on the spot, signed by themselves or by another, so that tests speak real TLS without files or openssl. Tests only. */
import { generateKeyPairSync, sign } from "node:crypto";

export type Certificate = { readonly key: string; readonly cert: string };

type Options = {
  readonly hoursLater?: number;
  readonly name?: string;
  /** Who signs it; itself when left out. */
  readonly issuer?: Certificate & { readonly name: string };
};

const ECDSA_WITH_SHA256 = "1.2.840.10045.4.3.2";
const COMMON_NAME = "2.5.4.3";
const SUBJECT_ALT_NAME = "2.5.29.17";
const BASIC_CONSTRAINTS = "2.5.29.19";
const HOUR_MS = 3_600_000;

/** For these DNS names and IPv4 addresses, valid for two hours, which began an hour ago unless so many hours are added to it. */
export function createCertificate(
  names: readonly string[],
  addresses: readonly string[] = [],
  { hoursLater = 0, name = "storewalk test", issuer }: Options = {},
): Certificate {
  const middle = Date.now() + hoursLater * HOUR_MS;
  const { privateKey, publicKey } = generateKeyPairSync("ec", { namedCurve: "prime256v1" });
  const algorithm = sequence(objectId(ECDSA_WITH_SHA256));
  const altNames = sequence(
    ...names.map((host) => der(0x82, Buffer.from(host))),
    ...addresses.map((address) => der(0x87, Buffer.from(address.split(".").map(Number)))),
  );
  const extensions = [
    [SUBJECT_ALT_NAME, altNames],
    [BASIC_CONSTRAINTS, sequence(der(0x01, Buffer.from([0xff])))],
  ] as const;
  const tbs = sequence(
    der(0xa0, der(0x02, Buffer.from([2]))),
    der(0x02, Buffer.from([1])),
    algorithm,
    distinguished(issuer?.name ?? name),
    sequence(utcTime(middle - HOUR_MS), utcTime(middle + HOUR_MS)),
    distinguished(name),
    publicKey.export({ type: "spki", format: "der" }),
    der(0xa3, sequence(...extensions.map(([id, value]) => sequence(objectId(id), der(0x04, value))))),
  );
  const signature = der(0x03, Buffer.from([0]), sign("sha256", tbs, issuer?.key ?? privateKey));
  return {
    key: privateKey.export({ type: "pkcs8", format: "pem" }).toString(),
    cert: pem(sequence(tbs, algorithm, signature)),
  };
}

function distinguished(name: string): Buffer {
  return sequence(der(0x31, sequence(objectId(COMMON_NAME), der(0x0c, Buffer.from(name)))));
}

function pem(bytes: Buffer): string {
  const lines = bytes.toString("base64").match(/.{1,64}/g) ?? [];
  return ["-----BEGIN CERTIFICATE-----", ...lines, "-----END CERTIFICATE-----", ""].join("\n");
}

function der(tag: number, ...parts: readonly Buffer[]): Buffer {
  const content = Buffer.concat(parts);
  const { length } = content;
  const header = length < 0x80 ? [tag, length] : [tag, 0x82, length >> 8, length & 0xff];
  return Buffer.concat([Buffer.from(header), content]);
}

function sequence(...parts: readonly Buffer[]): Buffer {
  return der(0x30, ...parts);
}

function objectId(dotted: string): Buffer {
  const [first = 0, second = 0, ...rest] = dotted.split(".").map(Number);
  const bytes = [first * 40 + second, ...rest.flatMap(base128)];
  return der(0x06, Buffer.from(bytes));
}

function base128(value: number): number[] {
  const low = value & 0x7f;
  const high: number[] = value > 0x7f ? base128(value >> 7).map((byte) => byte | 0x80) : [];
  return [...high, low];
}

function utcTime(instant: number): Buffer {
  const text = new Date(instant).toISOString().replaceAll(/[-:T]|\.\d+/g, "");
  return der(0x17, Buffer.from(text.slice(2)));
}
