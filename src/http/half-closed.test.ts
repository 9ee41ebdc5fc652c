/** Clients that say all they have to say and then only listen. */
import assert from "node:assert/strict";
import { once } from "node:events";
import { connect } from "node:net";
import { text } from "node:stream/consumers";
import { describe, it, type TestContext } from "node:test";
import Fastify from "fastify";
import { answerHalfClosed, onHalfClosed } from "./half-closed.ts";

async function setup(t: TestContext) {
  const app = Fastify();
  answerHalfClosed(app);
  t.after(() => app.close());
  return app;
}

/** Sends this and closes the sending side; resolves with all that came. */
async function answerTo(address: string, request: string): Promise<string> {
  const client = connect({ port: Number(new URL(address).port), host: "127.0.0.1", allowHalfOpen: true });
  client.end(request);
  return await text(client);
}

describe("a client that closes its sending side", () => {
  it("gets its answer, also one that is begun later, and then the connection ends", async (t) => {
    const app = await setup(t);
    app.get("/late", async ({ raw }) => {
      if (!raw.socket.readableEnded) await once(raw.socket, "end");
      return "here it is";
    });
    const address = await app.listen({ host: "127.0.0.1", port: 0 });
    assert.match(
      await answerTo(address, "GET /late HTTP/1.1\r\nhost: a\r\n\r\n"),
      /^HTTP\/1\.1 200 [\s\S]*here it is$/,
    );
  });

  it("gets no answer to a request that breaks off", async (t) => {
    const app = await setup(t);
    app.post("/", async () => "done");
    const address = await app.listen({ host: "127.0.0.1", port: 0 });
    const answer = await answerTo(address, "POST / HTTP/1.1\r\nhost: a\r\ncontent-length: 9\r\n\r\nhalf");
    assert.doesNotMatch(answer, /done/);
  });

  it("is noticed by whoever answers without end", async (t) => {
    const app = await setup(t);
    const noticed = Promise.withResolvers<void>();
    app.get("/events", ({ raw }, reply) => {
      reply.hijack();
      reply.raw.write("once");
      onHalfClosed(raw, () => {
        noticed.resolve();
        reply.raw.end();
      });
    });
    const address = await app.listen({ host: "127.0.0.1", port: 0 });
    await answerTo(address, "GET /events HTTP/1.1\r\nhost: a\r\n\r\n");
    await noticed.promise;
  });
});
