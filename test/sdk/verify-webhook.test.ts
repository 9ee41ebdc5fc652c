import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { Webhook } from "standardwebhooks";
import { verifyWebhook, WebhookRefused } from "../../sdk/src/verify-webhook.ts";
import { newSecret, webhookHeaders } from "../../src/notify/webhook-signature.ts";

const BODY = JSON.stringify({ type: "job.completed", data: { job_id: 1 } });
const SECRET = newSecret();

/** As the public package signs it. */
function signed(at: Date = new Date(), secret: string = SECRET): Record<string, string> {
  const signature = new Webhook(secret).sign("msg_1", at, BODY);
  return {
    "webhook-id": "msg_1",
    "webhook-timestamp": String(Math.floor(at.getTime() / 1_000)),
    "webhook-signature": signature,
  };
}

describe("verifyWebhook", () => {
  it("takes what the public package signed, and what the service signs", async () => {
    assert.deepEqual(await verifyWebhook(BODY, signed(), SECRET), JSON.parse(BODY));
    assert.deepEqual(await verifyWebhook(BODY, new Headers(signed()), SECRET), JSON.parse(BODY));
    const headers = webhookHeaders({ id: "whd_1", at: Date.now(), payload: BODY, secrets: [newSecret(), SECRET] });
    assert.deepEqual(await verifyWebhook(BODY, headers, SECRET), JSON.parse(BODY));
  });

  it("takes any of several secrets", async () => {
    assert.deepEqual(await verifyWebhook(BODY, signed(), [newSecret(), SECRET]), JSON.parse(BODY));
  });

  for (const { name, body, headers, secret } of [
    { name: "another secret", body: BODY, headers: signed(), secret: newSecret() },
    { name: "a changed body", body: `${BODY} `, headers: signed(), secret: SECRET },
    { name: "a changed id", body: BODY, headers: { ...signed(), "webhook-id": "msg_2" }, secret: SECRET },
    { name: "an old message", body: BODY, headers: signed(new Date(Date.now() - 301_000)), secret: SECRET },
    { name: "a message of the future", body: BODY, headers: signed(new Date(Date.now() + 302_000)), secret: SECRET },
    { name: "no time", body: BODY, headers: { ...signed(), "webhook-timestamp": "soon" }, secret: SECRET },
    { name: "no signature", body: BODY, headers: { "webhook-id": "1", "webhook-timestamp": "1" }, secret: SECRET },
    {
      name: "a signature that is none",
      body: BODY,
      headers: { ...signed(), "webhook-signature": "v1,%%" },
      secret: SECRET,
    },
    {
      name: "another version's signature",
      body: BODY,
      headers: { ...signed(), "webhook-signature": `v2,${signed()["webhook-signature"]?.slice(3)}` },
      secret: SECRET,
    },
  ]) {
    it(`refuses ${name}`, async () => {
      await assert.rejects(verifyWebhook(body, headers, secret), WebhookRefused);
    });
  }

  it("says what a secret looks like", async () => {
    await assert.rejects(verifyWebhook(BODY, signed(), "secret"), /begins with whsec_/);
  });
});
