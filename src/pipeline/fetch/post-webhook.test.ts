/** What an endpoint may do to the sender of webhooks, on real sockets. */
import assert from "node:assert/strict";
import { describe, it, type TestContext } from "node:test";
import { pour, type RawHost, startRawHost } from "../../testing/raw-host.ts";
import { createGuard } from "./guard.ts";
import { createWebhookPost } from "./post-webhook.ts";

async function setup(t: TestContext, answer: Extract<RawHost, { kind: "answer" }>["answer"]) {
  const raw = await startRawHost({ kind: "answer", answer });
  const webhooks = createWebhookPost(createGuard({ allowHosts: ["127.0.0.1"], maxWireBytes: 200_000 }));
  t.after(async () => {
    await webhooks.close();
    await raw.close();
  });
  return { raw, post: () => webhooks.post(`http://127.0.0.1:${raw.port}/hook`, {}, "") };
}

describe("a webhook's endpoint", () => {
  it("is left when its interim answers have no end", async (t) => {
    const { post } = await setup(t, (socket) => pour(socket, "HTTP/1.1 103 Early Hints\r\n\r\n".repeat(50)));
    const reply = await post();
    assert.match(reply.kind === "failed" ? reply.error : "", /^body_too_large: .*more than 200000 bytes/);
  });
});
