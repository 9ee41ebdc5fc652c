/** A secret as Standard Webhooks writes it: `whsec_` and 24 to 64 bytes in base64. */

export const SECRET_PREFIX = "whsec_";
const LEAST_BYTES = 24;
const MOST_BYTES = 64;

/** The key's bytes; null when the text is no such secret. */
export function webhookKey(secret: string): Uint8Array | null {
  if (!/^whsec_[A-Za-z0-9+/]+={0,2}$/.test(secret)) return null;
  const key = Buffer.from(secret.slice(SECRET_PREFIX.length), "base64");
  return key.length >= LEAST_BYTES && key.length <= MOST_BYTES ? key : null;
}
