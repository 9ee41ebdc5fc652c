import assert from "node:assert/strict";
import { get, type IncomingMessage } from "node:http";
import { Readable } from "node:stream";
import { describe, it, type TestContext } from "node:test";
import { brotliDecompressSync, gunzipSync } from "node:zlib";
import Fastify from "fastify";
import { startHttpService } from "../testing/http-service.ts";
import { compressAnswers } from "./compression.ts";

const TEXT = JSON.stringify(Array.from({ length: 2_000 }, (_, image) => ({ image, outcome: "measured" })));
const PIECES = 200;

/** Of a core second, which compresses 60 MB: how much may be compressed. Time stands still unless the test moves it. */
async function setup(t: TestContext, share = 1) {
  const clock = { now: 0 };
  const app = Fastify();
  compressAnswers(app, { share, now: () => clock.now });
  app.get("/text", (_request, reply) => reply.type("application/json").header("etag", '"one"').send(TEXT));
  app.get("/secret", (_request, reply) =>
    reply.type("application/json").header("cache-control", "no-store").send(TEXT),
  );
  app.get("/short", (_request, reply) => reply.type("application/json").send("{}"));
  app.get("/picture", (_request, reply) => reply.type("image/webp").send(Buffer.alloc(10_000)));
  app.get("/events", (_request, reply) => reply.type("text/event-stream").send(Readable.from([TEXT])));
  app.get("/report", (_request, reply) =>
    reply.type("application/x-ndjson").send(Readable.from(Array(PIECES).fill(TEXT))),
  );
  const address = await app.listen({ port: 0 });
  t.after(() => app.close());
  return { address, clock };
}

/** As it came over the wire. */
async function ask(url: string, accepted?: string) {
  const headers = accepted === undefined ? {} : { "accept-encoding": accepted };
  const response = await new Promise<IncomingMessage>((answer) => get(url, { headers }, answer));
  const pieces: Buffer[] = [];
  for await (const piece of response) pieces.push(piece);
  return { headers: response.headers, bytes: Buffer.concat(pieces) };
}

describe("an answer of text", () => {
  it("is compressed for who takes it so, as they like it best", async (t) => {
    const { address } = await setup(t);
    const br = await ask(`${address}/text`, "gzip, br");
    assert.deepEqual(
      [br.headers["content-encoding"], br.headers.vary, br.headers.etag],
      ["br", "accept-encoding", 'W/"one"'],
    );
    assert.equal(brotliDecompressSync(br.bytes).toString(), TEXT);
    const gzip = await ask(`${address}/text`, "gzip");
    assert.equal(gunzipSync(gzip.bytes).toString(), TEXT);
    assert.ok(gzip.bytes.length < TEXT.length / 5);
  });

  it("goes out as it is where nobody asked, where it is short, secret, a picture, or a stream of events", async (t) => {
    const { address } = await setup(t);
    for (const [path, accepted] of [
      ["/text", undefined],
      ["/text", "identity"],
      ["/short", "br"],
      ["/secret", "br"],
      ["/picture", "br"],
      ["/events", "gzip"],
    ] as const) {
      assert.equal((await ask(address + path, accepted)).headers["content-encoding"], undefined, path);
    }
  });

  it("is a stream that is compressed as it goes, and only as far as the share allows", async (t) => {
    const { address } = await setup(t);
    const whole = await ask(`${address}/report`, "gzip, br");
    assert.equal(whole.headers["content-encoding"], "gzip");
    assert.equal(gunzipSync(whole.bytes).toString(), TEXT.repeat(PIECES));
    assert.ok(whole.bytes.length < (TEXT.length * PIECES) / 5);

    // A fifth of the report may be compressed.
    const small = await setup(t, (TEXT.length * PIECES) / 5 / 4 / 60_000_000);
    const partly = await ask(`${small.address}/report`, "gzip");
    assert.equal(gunzipSync(partly.bytes).toString(), TEXT.repeat(PIECES));
    assert.ok(partly.bytes.length > (TEXT.length * PIECES) / 2);
    assert.equal((await ask(`${small.address}/text`, "gzip")).headers["content-encoding"], undefined);
    small.clock.now += 4_000;
    assert.equal((await ask(`${small.address}/text`, "gzip")).headers["content-encoding"], "gzip");
  });

  it("is never compressed with a share of 0", async (t) => {
    const { address } = await setup(t, 0);
    assert.equal((await ask(`${address}/text`, "br")).headers["content-encoding"], undefined);
  });
});

describe("an answer that says nothing changed", () => {
  it("has no length, and no body", async (t) => {
    const service = await startHttpService(t);
    const visits = [{ store_id: "S1", image_url: ["http://photos.example/1.jpg"], visit_time: "2024-05-01" }];
    await service.call("POST", "/api/v1/jobs", { count: 1, visits });
    const { headers } = await service.call("GET", "/api/v1/jobs/1");
    const same = await service.call("GET", "/api/v1/jobs/1", undefined, { "if-none-match": headers.get("etag") ?? "" });
    assert.deepEqual([same.status, same.headers.get("content-length"), same.body], [304, null, {}]);
  });
});
