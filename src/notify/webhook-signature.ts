/** Signs a webhook after Standard Webhooks 1.0: HMAC-SHA256 over id, time and body, one signature for each secret that is valid now. */
import { createHmac, randomBytes } from "node:crypto";
import { SECRET_PREFIX, webhookKey } from "../domain/webhook-secret.ts";

const KEY_BYTES = 32;

export function newSecret(): string {
  return SECRET_PREFIX + randomBytes(KEY_BYTES).toString("base64");
}

export function webhookHeaders(message: {
  readonly id: string;
  /** Epoch milliseconds of this attempt. */
  readonly at: number;
  readonly payload: string;
  readonly secrets: readonly string[];
}): Readonly<Record<string, string>> {
  const timestamp = String(Math.floor(message.at / 1_000));
  const signatures = message.secrets.map((secret) => {
    const key = webhookKey(secret);
    if (!key) throw new Error("a webhook's secret must be one");
    const signed = `${message.id}.${timestamp}.${message.payload}`;
    return `v1,${createHmac("sha256", key).update(signed).digest("base64")}`;
  });
  return {
    "content-type": "application/json",
    "webhook-id": message.id,
    "webhook-timestamp": timestamp,
    "webhook-signature": signatures.join(" "),
  };
}
