/**
 * What one tenant sends to one URL: what pipeline threads ask before each request. The most exact pattern holds alone; rows are never mixed. Knows also
 * the tenant's secrets by their looks, so that no host can have them repeated in our words. Asked for each request of each image: `to` allocates nothing.
 */
import type { BucketAddress } from "./bucket-address.ts";
import { ImageFault } from "./error-codes.ts";
import type { HostAccess } from "./host-access.ts";
import { type HostPattern, holdsFor, holdsForObject, moreExactFirst, readPattern } from "./host-pattern.ts";
import { secretTextsOf } from "./secret-texts.ts";

export type AccessTable = {
  /** Null where the tenant has nothing to send. */
  to(url: URL): HostAccess | null;
  /** The same for an object in a bucket, or for the bucket with an empty key. */
  toObject(address: BucketAddress): HostAccess | null;
  /** Whether one of the tenant's secrets stands in the text, in whatever case or escaping. */
  repeatsSecret(text: string): boolean;
  /** The text with stars in the place of secrets, and of such as were cut off. */
  withoutSecrets(text: string): string;
};

/** Of tenants without credentials, which most are. */
export const NO_ACCESS: AccessTable = {
  to: () => null,
  toObject: () => null,
  repeatsSecret: () => false,
  withoutSecrets: (text) => text,
};

/** The same fault with nothing in its sentence of what was sent; anything else as it is. */
export function faultWithoutSecrets(error: unknown, access: AccessTable): unknown {
  if (!(error instanceof ImageFault)) return error;
  const sentence = access.withoutSecrets(error.message);
  // Without its cause, which has the sentence as well.
  return sentence === error.message ? error : new ImageFault(error.code, sentence);
}

/** `rows` are all rows of one tenant and of nobody else. */
export function createAccessTable(rows: readonly HostAccess[]): AccessTable {
  if (rows.length === 0) return NO_ACCESS;
  const table = rows.flatMap((access): { readonly pattern: HostPattern; readonly access: HostAccess }[] => {
    const read = readPattern(access.pattern);
    return read.kind === "pattern" ? [{ pattern: read.pattern, access }] : [];
  });
  table.sort((a, b) => moreExactFirst(a.pattern, b.pattern));
  const secrets = secretTextsOf(rows);
  return {
    to(url) {
      for (const { pattern, access } of table) if (holdsFor(pattern, url)) return access;
      return null;
    },
    toObject(address) {
      return table.find(({ pattern }) => holdsForObject(pattern, address))?.access ?? null;
    },
    repeatsSecret: secrets.areIn,
    withoutSecrets: secrets.starred,
  };
}
