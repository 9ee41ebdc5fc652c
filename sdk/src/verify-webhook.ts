/** Verifies a webhook after Standard Webhooks 1.0, with the runtime's own cryptography, which compares in constant time. */

export class WebhookRefused extends Error {
  override readonly name = "WebhookRefused";
}

const PREFIX = "whsec_";
const TOLERANCE_SECONDS = 300;

type HeaderSource = Headers | Readonly<Record<string, string | readonly string[] | undefined>>;

/**
 * Resolves with the payload as parsed JSON. `body` is the request's body as it came, before anything parsed it. Rejects with WebhookRefused when the
 * message is not signed with one of the secrets, or is older or younger than the tolerance.
 */
export async function verifyWebhook(
  body: string,
  headers: HeaderSource,
  secrets: string | readonly string[],
  { toleranceSeconds = TOLERANCE_SECONDS }: { readonly toleranceSeconds?: number } = {},
): Promise<unknown> {
  const id = headerOf(headers, "webhook-id");
  const timestamp = headerOf(headers, "webhook-timestamp");
  const at = /^\d{1,12}$/.test(timestamp) ? Number(timestamp) : Number.NaN;
  if (!(Math.abs(Date.now() / 1_000 - at) <= toleranceSeconds)) {
    throw new WebhookRefused("the message is too old or too young, or says no time");
  }
  const signed = new TextEncoder().encode(`${id}.${timestamp}.${body}`);
  const signatures = headerOf(headers, "webhook-signature")
    .split(" ")
    .flatMap((signature) => (signature.startsWith("v1,") ? [bytesOf(signature.slice(3))] : []));
  for (const secret of [secrets].flat()) {
    const key = await keyOf(secret);
    for (const signature of signatures) {
      if (signature && (await crypto.subtle.verify("HMAC", key, signature, signed))) return JSON.parse(body);
    }
  }
  throw new WebhookRefused("no signature of the message was made with this secret");
}

function headerOf(headers: HeaderSource, name: string): string {
  const value =
    headers instanceof Headers
      ? headers.get(name)
      : Object.entries(headers).find(([given]) => given.toLowerCase() === name)?.[1];
  if (typeof value === "string") return value;
  throw new WebhookRefused(`the message has no header ${name}`);
}

async function keyOf(secret: string) {
  const bytes = secret.startsWith(PREFIX) ? bytesOf(secret.slice(PREFIX.length)) : null;
  if (!bytes) throw new TypeError("a webhook's secret begins with whsec_, then comes base64");
  return await crypto.subtle.importKey("raw", bytes, { name: "HMAC", hash: "SHA-256" }, false, ["verify"]);
}

function bytesOf(base64: string): Uint8Array<ArrayBuffer> | null {
  try {
    return Uint8Array.from(atob(base64), (character) => character.charCodeAt(0));
  } catch {
    return null;
  }
}
