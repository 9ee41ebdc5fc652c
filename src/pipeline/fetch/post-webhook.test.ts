/** What an endpoint may do to the sender of webhooks, on real sockets. */
import assert from "node:assert/strict";
import type { Socket } from "node:net";
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
  it("cannot answer the next webhook before it is sent", async (t) => {
    const sockets: Socket[] = [];
    const { raw, post } = await setup(t, (socket) => {
      sockets.push(socket);
      socket.write("HTTP/1.1 204 No Content\r\n\r\n");
    });
    const statusOf = async () => {
      const reply = await post();
      return reply.kind === "answered" ? reply.status : reply.error;
    };
    assert.equal(await statusOf(), 204);
    // In the same turn: it is with our own kernel before the next request is written.
    sockets[0]?.write("HTTP/1.1 500 Internal Server Error\r\ncontent-length: 0\r\n\r\n");
    assert.equal(await statusOf(), 204);
    assert.equal(raw.connections().made, 2);
  });

  it("is left when its interim answers have no end", async (t) => {
    const { post } = await setup(t, (socket) => pour(socket, "HTTP/1.1 103 Early Hints\r\n\r\n".repeat(50)));
    const reply = await post();
    assert.match(reply.kind === "failed" ? reply.error : "", /^body_too_large: .*more than 200000 bytes/);
  });
});
