/**
 * The text of an API key: `swk_live_<id>_<secret><check>`. The fixed beginning lets scanners of source code find a leaked one; the check (CRC-32)
 * tells a misspelt or cut one apart before anything is looked up. Only a keyed digest of it is ever kept.
 */
import { createHmac, randomInt, timingSafeEqual } from "node:crypto";
import { crc32 } from "node:zlib";

const LETTERS = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
const ID_LENGTH = 12;
/** 62^43 is more than 2^256. */
const SECRET_LENGTH = 43;
const CHECK_LENGTH = 6;

const KEY = new RegExp(
  `^(swk_live_([0-9A-Za-z]{${ID_LENGTH}})_[0-9A-Za-z]{${SECRET_LENGTH}})([0-9A-Za-z]{${CHECK_LENGTH}})$`,
);

export type NewApiKey = { readonly id: string; readonly text: string };

export function newApiKey(id = randomLetters(ID_LENGTH)): NewApiKey {
  const body = `swk_live_${id}_${randomLetters(SECRET_LENGTH)}`;
  return { id, text: body + checkOf(body) };
}

/** The id of a whole key; null for a text that is none, or that was misspelt. */
export function keyIdOf(text: string): string | null {
  const [, body = "", id = "", check] = KEY.exec(text) ?? [];
  return id !== "" && checkOf(body) === check ? id : null;
}

/** A secret text of another kind, as hard to guess. */
export function newToken(): string {
  return randomLetters(SECRET_LENGTH);
}

/** What is kept of a key or token: worth nothing without the service's own secret. */
export function digestOf(text: string, authSecret: string): string {
  return createHmac("sha256", authSecret).update(text).digest("base64url");
}

/** Takes the same time wherever they differ. */
export function sameDigest(one: string, other: string): boolean {
  return one.length === other.length && timingSafeEqual(Buffer.from(one), Buffer.from(other));
}

function checkOf(body: string): string {
  let rest = crc32(body);
  let check = "";
  for (let place = 0; place < CHECK_LENGTH; place += 1) {
    check = LETTERS.charAt(rest % LETTERS.length) + check;
    rest = Math.floor(rest / LETTERS.length);
  }
  return check;
}

function randomLetters(length: number): string {
  return Array.from({ length }, () => LETTERS.charAt(randomInt(LETTERS.length))).join("");
}
