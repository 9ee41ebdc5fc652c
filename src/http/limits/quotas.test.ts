/** What a key and an address may ask and send, on a real port. */
import assert from "node:assert/strict";
import { describe, it, type TestContext } from "node:test";
import { createKeyRing } from "../../keys/key-ring.ts";
import { LedgerUnavailable } from "../../ledger/port/ledger-unavailable.ts";
import { AUTH_SECRET, startHttpService } from "../../testing/http-service.ts";
import { seriesOf } from "../../testing/metrics-text.ts";
import type { ServerLimits } from "../server.ts";

const HEALTH = ["/healthz", "/readyz"] as const;

function submission(images: number) {
  const image_url = Array.from({ length: images }, (_, no) => `http://photos.example/${no}.jpg`);
  return { count: 1, visits: [{ store_id: "S1", visit_time: "2026-01-05", image_url }] };
}

async function setup(t: TestContext, limits: Partial<ServerLimits>) {
  let keyReads = 0;
  const service = await startHttpService(t, { auth: "required", limits });
  const { ledger } = service;
  const ring = createKeyRing({ ledger, authSecret: AUTH_SECRET, now: Date.now });
  const readKey = ledger.readKey;
  ledger.readKey = async (id) => {
    keyReads += 1;
    return await readKey(id);
  };

  async function aKey(): Promise<Record<string, string>> {
    const { text } = await ring.make({ tenant: "default", name: "test", scopes: ["admin"], expiresInMs: null });
    return { "x-api-key": text };
  }
  return {
    ...service,
    aKey,
    keyReads: () => keyReads,
    refused: async (reason: string) =>
      seriesOf(await service.metrics.text()).get(`storewalk_refused_total{reason="${reason}"}`),
  };
}

describe("a key's requests", () => {
  it("are refused beyond the quota with 429 and the wait, and those of another key are not", async (t) => {
    const { call, aKey, refused } = await setup(t, { requestsPerMinute: 3 });
    const [one, other] = [await aKey(), await aKey()];
    for (let request = 0; request < 3; request += 1)
      assert.equal((await call("GET", "/api/v1/jobs", undefined, one)).status, 200);
    const { status, headers, body } = await call("GET", "/api/v1/jobs", undefined, one);
    assert.deepEqual([status, body.code], [429, "too_many_requests"]);
    const wait = Number(headers.get("retry-after"));
    assert.ok(wait >= 1 && wait <= 20, `${wait}`);
    assert.equal((await call("GET", "/api/v1/jobs", undefined, other)).status, 200);
    assert.equal(await refused("requests"), 1);
  });

  it("are told with every answer what is left", async (t) => {
    const { call, aKey } = await setup(t, { requestsPerMinute: 100, imagesPerHour: 1_000 });
    const { headers } = await call("POST", "/api/submit", submission(7), await aKey());
    assert.equal(headers.get("ratelimit-policy"), '"requests";q=100;w=60, "images";q=1000;w=3600;qu="images"');
    assert.match(headers.get("ratelimit") ?? "", /^"requests";r=99;t=1, "images";r=993;t=2[56]$/);
  });

  it("do not count where they ask how the process does", async (t) => {
    const { call, aKey } = await setup(t, { requestsPerMinute: 1 });
    const key = await aKey();
    await call("GET", "/api/v1/jobs", undefined, key);
    for (const path of [...HEALTH, ...HEALTH]) assert.equal((await call("GET", path)).status, 200, path);
  });

  it("have no end where no keys are asked for", async (t) => {
    const { call } = await startHttpService(t, {
      limits: { requestsPerMinute: 1, imagesPerHour: 1, attemptsPerMinute: 1 },
    });
    for (let job = 1; job <= 3; job += 1) {
      const { status, headers } = await call("POST", "/api/submit", submission(5));
      assert.deepEqual([status, headers.get("ratelimit")], [201, null]);
    }
  });
});

describe("a key's images", () => {
  for (const path of ["/api/submit", "/api/v1/jobs"]) {
    it(`are refused at ${path} beyond the quota before there is a job; what fits is taken`, async (t) => {
      const { call, aKey, ledger } = await setup(t, { imagesPerHour: 100 });
      const key = await aKey();
      assert.equal((await call("POST", path, submission(60), key)).status, 201);
      const { status, headers, body } = await call("POST", path, submission(50), key);
      assert.equal(status, 429);
      assert.match(String(body.error ?? body.detail), /100 an hour/);
      // Ten images come back in six minutes.
      const wait = Number(headers.get("retry-after"));
      assert.ok(wait > 350 && wait <= 360, `${wait}`);
      assert.equal(await ledger.readJob(2), null);
      assert.equal((await call("POST", path, submission(40), key)).status, 201);
      assert.equal((await ledger.readBacklog(null)).images, 100);
    });
  }

  it("are refused while they are read, when they are too many already", async (t) => {
    const { address, aKey, ledger } = await setup(t, { imagesPerHour: 3_000 });
    const key = await aKey();
    const line = `${JSON.stringify(submission(1_000).visits[0])}\n`;
    const send = async (body: string | ReadableStream) =>
      (
        await fetch(`${address}/api/submit`, {
          method: "POST",
          headers: { ...key, "content-type": "application/x-ndjson" },
          body,
          ...({ duplex: "half" } as const),
        })
      ).status;
    assert.equal(await send(line.repeat(2)), 201);
    // Never ends by itself: only a refusal in the middle does.
    const endless = new ReadableStream({ pull: (body) => body.enqueue(Buffer.from(line)) });
    assert.equal(await send(endless).catch(() => 429), 429);
    assert.equal((await ledger.readBacklog(null)).images, 2_000);
  });

  it("do not count when the submission is refused for what it says, or only checked", async (t) => {
    const { call, aKey } = await setup(t, { imagesPerHour: 100 });
    const key = await aKey();
    assert.equal((await call("POST", "/api/submit", { ...submission(90), count: 2 }, key)).status, 400);
    assert.equal((await call("POST", "/api/v1/jobs?dry_run=true", submission(90), key)).status, 200);
    assert.equal((await call("POST", "/api/submit", submission(90), key)).status, 201);
  });

  it("do not count a second time when the submission is sent again under its key", async (t) => {
    const { call, aKey } = await setup(t, { imagesPerHour: 100 });
    const headers = { ...(await aKey()), "idempotency-key": "k1" };
    for (let time = 0; time < 3; time += 1) {
      const { status, body } = await call("POST", "/api/submit", submission(60), headers);
      assert.deepEqual([status, body], [201, { job_id: 1 }]);
    }
  });

  it("do not count when the job could not be made after all", async (t) => {
    const { call, aKey, ledger } = await setup(t, { imagesPerHour: 100 });
    const { sealJob } = ledger;
    ledger.sealJob = () => Promise.reject(new LedgerUnavailable("away"));
    const key = await aKey();
    assert.equal((await call("POST", "/api/submit", submission(90), key)).status, 503);
    ledger.sealJob = sealJob;
    assert.equal((await call("POST", "/api/submit", submission(90), key)).status, 201);
  });

  it("may be more than the quota at once when none was used, and are paid off before the next", async (t) => {
    const { call, aKey } = await setup(t, { imagesPerHour: 100 });
    const key = await aKey();
    assert.equal((await call("POST", "/api/submit", submission(150), key)).status, 201);
    const { status, headers } = await call("POST", "/api/submit", submission(1), key);
    assert.equal(status, 429);
    assert.ok(Number(headers.get("retry-after")) > 1_800);
  });
});

describe("an address without a key that is right", () => {
  it("is not listened to after a while, and the ledger is not asked any more", async (t) => {
    const { call, keyReads, refused, aKey } = await setup(t, { attemptsPerMinute: 5 });
    const { "x-api-key": right = "" } = await aKey();
    const last = right.at(-1) === "0" ? "1" : "0";
    const statuses: number[] = [];
    for (let guess = 0; guess < 20; guess += 1) {
      const key = guess % 2 === 0 ? { "x-api-key": right.slice(0, -1) + last } : {};
      statuses.push((await call("GET", "/api/v1/jobs", undefined, key)).status);
    }
    assert.deepEqual(statuses, [...Array.from({ length: 5 }, () => 401), ...Array.from({ length: 15 }, () => 429)]);
    const before = keyReads();
    assert.equal((await call("GET", "/api/v1/jobs", undefined, { "x-api-key": right })).status, 429);
    assert.equal(keyReads(), before);
    assert.equal(await refused("attempts"), 16);
  });

  it("may not guess by signing in either", async (t) => {
    const { call } = await setup(t, { attemptsPerMinute: 2 });
    const signIn = async () => (await call("POST", "/api/v1/session", { key: "swk_live_x" })).status;
    assert.deepEqual([await signIn(), await signIn(), await signIn()], [401, 401, 429]);
  });

  it("still sees how the process does, and the dashboard's files", async (t) => {
    const { call, address } = await setup(t, { attemptsPerMinute: 1 });
    await call("GET", "/api/v1/jobs");
    assert.equal((await call("GET", "/api/v1/jobs")).status, 429);
    for (const path of HEALTH) assert.equal((await call("GET", path)).status, 200, path);
    const page = await fetch(`${address}/docs/`);
    await page.text();
    assert.equal(page.status, 200);
  });

  it("is the client's behind a proxy that is trusted, and the proxy's behind one that is not", async (t) => {
    for (const [trustedProxies, statuses] of [
      [["127.0.0.1"], [401, 401, 429]],
      [null, [401, 429, 429]],
    ] as const) {
      const { call } = await setup(t, { attemptsPerMinute: 1, trustedProxies });
      const ask = async (client: string) =>
        (await call("GET", "/api/v1/jobs", undefined, { "x-forwarded-for": client })).status;
      assert.deepEqual([await ask("192.0.2.1"), await ask("192.0.2.2"), await ask("192.0.2.1")], statuses);
    }
  });
});
