/**
 * Addresses of objects in buckets: `s3://bucket/key`, `gs://bucket/key`, `az://container/blob`. The key is taken as it is written: nothing in it is
 * decoded, joined or left out, so that any key can be named. Says nothing about where the bucket is or who may read it.
 */

export const BUCKET_SCHEMES = ["s3", "gs", "az"] as const;
export type BucketScheme = (typeof BUCKET_SCHEMES)[number];

export type BucketAddress = {
  readonly scheme: BucketScheme;
  /** A bucket, or Azure's container. */
  readonly bucket: string;
  /** Empty for the bucket itself. */
  readonly key: string;
};

/** Why an address in a bucket's scheme cannot be used, as the rest of a sentence. */
export type BucketAddressFault = { readonly fault: string };

const ADDRESS = /^(s3|gs|az):\/\/([^/]*)(?:\/(.*))?$/is;
const MOST_KEY_BYTES = 1_024;

const NAMES: Readonly<Record<BucketScheme, { readonly rule: RegExp; readonly wanted: string }>> = {
  s3: {
    rule: /^[a-z0-9][\w.-]{1,253}[a-z0-9]$/i,
    wanted: "a bucket's name of 3 to 255 letters, digits, dots, hyphens",
  },
  gs: {
    rule: /^[a-z0-9][\w.-]{1,220}[a-z0-9]$/i,
    wanted: "a bucket's name of 3 to 222 letters, digits, dots, hyphens",
  },
  az: {
    rule: /^(?:\$root|\$web|(?=.{3,63}$)[a-z0-9]+(?:-[a-z0-9]+)*)$/,
    wanted: "a container's name of 3 to 63 lower-case letters, digits, hyphens",
  },
};

/** Whether the text says of itself that it is such an address. */
export function isInBucket(text: string): boolean {
  return /^\s*(?:s3|gs|az):/i.test(text);
}

/** Null for every other URL. White space around is cut, as of any URL. */
export function bucketAddressOf(text: string): BucketAddress | BucketAddressFault | null {
  if (!isInBucket(text)) return null;
  const [, named = "", bucket = "", key = ""] = ADDRESS.exec(text.trim()) ?? [];
  const scheme = BUCKET_SCHEMES.find((known) => known === named.toLowerCase());
  if (scheme === undefined)
    return { fault: "an address in a bucket is written s3://BUCKET/KEY, gs://… or az://CONTAINER/BLOB" };
  const { rule, wanted } = NAMES[scheme];
  if (!rule.test(bucket) || bucket.includes("..")) return { fault: `${scheme}:// must be followed by ${wanted}` };
  const odd = key.search(/[\p{Cc}\p{Zl}\p{Zp}]/u);
  if (odd !== -1) return { fault: `the key has a control character at position ${odd + 1}` };
  if (!key.isWellFormed()) return { fault: "the key has half a character in it (a lone surrogate)" };
  const bytes = Buffer.byteLength(key);
  if (bytes > MOST_KEY_BYTES) return { fault: `the key has ${bytes} bytes, keys have at most ${MOST_KEY_BYTES}` };
  return { scheme, bucket, key };
}

export function bucketUrl({ scheme, bucket, key }: BucketAddress): string {
  return `${scheme}://${bucket}/${key}`;
}
