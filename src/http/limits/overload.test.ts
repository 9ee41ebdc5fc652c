/** What is refused when there is too much to do, and what is not, on a real port. */
import assert from "node:assert/strict";
import { describe, it, type TestContext } from "node:test";
import { startHttpService } from "../../testing/http-service.ts";
import { LIGHT_ROUTES, LONG_ROUTES, WORK_ROUTES } from "./route-weights.ts";

const SUBMISSION = {
  count: 1,
  visits: [
    {
      store_id: "S1",
      visit_time: "2026-01-05",
      image_url: ["http://photos.example/1.jpg", "http://photos.example/2.jpg"],
    },
  ],
};

describe("a submission above the mark", () => {
  for (const path of ["/api/submit", "/api/v1/jobs"]) {
    it(`is refused at ${path} with 503 and the wait; reads go on, and so it is accepted when the backlog is done`, async (t) => {
      const { call, ledger } = await startHttpService(t, { headroom: { backlogImages: 1 } });
      assert.equal((await call("POST", path, SUBMISSION)).status, 201);
      const { status, headers, body } = await call("POST", path, SUBMISSION);
      assert.equal(status, 503);
      assert.equal(headers.get("retry-after"), "30");
      assert.match(String(body.error ?? body.detail), /2 images wait.*more than the 1/);
      assert.equal((await call("GET", "/api/v1/jobs/1")).body.status, "ongoing");
      await ledger.cancelJob(1);
      await accepted(() => call("POST", path, SUBMISSION));
    });
  }

  it("is refused for lack of disk or memory, and of its photos nothing is read", async (t) => {
    const machine = { free: 10, memory: 10 };
    const { call } = await startHttpService(t, {
      headroom: { freeBytes: 100, memoryBytes: 100 },
      machine: { freeBytes: () => machine.free, memoryBytes: () => machine.memory },
    });
    const refusal = async () => {
      const { body } = await call("POST", "/api/v1/jobs", "--x\r\n", {
        "content-type": "multipart/form-data; boundary=x",
      });
      return [body.code, body.detail];
    };
    assert.match((await refusal()).join(), /^overloaded,the disk has 10 bytes left/);
    machine.memory = 101;
    assert.match((await refusal()).join(), /^overloaded,the process has 101 bytes/);
  });

  it("is refused at its end, too, when others that began with it filled the backlog", async (t) => {
    const { address, ledger, call } = await startHttpService(t, { headroom: { backlogImages: 1 } });
    const line = `${JSON.stringify(SUBMISSION.visits[0])}\n`;
    const gate = Promise.withResolvers<void>();
    const body = new ReadableStream({
      async start(stream) {
        stream.enqueue(Buffer.from(line));
        await gate.promise;
        stream.close();
      },
    });
    const headers = { "content-type": "application/x-ndjson" };
    const slow = fetch(`${address}/api/submit`, { method: "POST", headers, body, ...({ duplex: "half" } as const) });
    assert.equal((await call("POST", "/api/submit", SUBMISSION)).status, 201);
    gate.resolve();
    const answer = await slow;
    await answer.text();
    assert.equal(answer.status, 503);
    assert.equal((await ledger.readBacklog(null)).images, 2);
  });
});

/** Asks until the reading of the second before is forgotten; the test's own limit ends it otherwise. */
async function accepted(submit: () => Promise<{ readonly status: number }>): Promise<void> {
  while ((await submit()).status !== 201);
}

/** So much that a machine that is busy with something else does not reach it. */
const LAG_MS = 150;

/** Keeps the event loop busy, turn after turn. */
function keepBusy(t: TestContext): () => void {
  const timer = setInterval(() => {
    const until = performance.now() + 3 * LAG_MS;
    while (performance.now() < until);
  }, 1);
  t.after(() => clearInterval(timer));
  return () => clearInterval(timer);
}

describe("a process whose event loop runs late", () => {
  it("answers how it stands and lets jobs be cancelled, refuses the rest, and recovers", async (t) => {
    const { call } = await startHttpService(t, { limits: { lagMs: LAG_MS } });
    await accepted(() => call("POST", "/api/v1/jobs", SUBMISSION));
    const relax = keepBusy(t);
    while ((await call("GET", "/api/v1/jobs")).status === 200);
    for (const path of ["/api/status?jobid=1", "/api/v1/jobs/1", "/healthz", "/readyz"]) {
      assert.equal((await call("GET", path)).status, 200, path);
    }
    const { status, headers, body } = await call("POST", "/api/v1/jobs", SUBMISSION);
    assert.deepEqual([status, body.code, headers.get("retry-after")], [503, "overloaded", "2"]);
    assert.equal((await call("POST", "/api/v1/jobs/1/cancel")).status, 200);
    relax();
    await accepted(() => call("POST", "/api/v1/jobs", SUBMISSION));
  });
});

describe("streams of events", () => {
  it("have a number of places, and one is free again when a stream ends", async (t) => {
    const { address, call } = await startHttpService(t);
    const streams: AbortController[] = [];
    const open = async () => {
      const controller = new AbortController();
      streams.push(controller);
      t.after(() => controller.abort());
      const { status, body } = await fetch(`${address}/api/v1/events`, { signal: controller.signal });
      if (status !== 200) await body?.cancel();
      return status;
    };
    const statuses = await Promise.all(Array.from({ length: 513 }, open));
    assert.equal(statuses.filter((status) => status === 200).length, 512);
    assert.equal(statuses.filter((status) => status === 503).length, 1);
    assert.equal((await call("GET", "/api/v1/jobs")).status, 200);
    for (const stream of streams) stream.abort();
    while ((await open()) !== 200);
  });
});

describe("the weights of routes", () => {
  it("name routes that there are", async (t) => {
    const { body } = await (await startHttpService(t)).call("GET", "/openapi.json");
    const paths = body.paths as Record<string, Record<string, unknown>>;
    for (const name of [...LIGHT_ROUTES, ...WORK_ROUTES, ...Object.keys(LONG_ROUTES)]) {
      const [method = "", url = ""] = name.split(" ");
      const path = url.replace(/:([a-z]+)/g, "{$1}");
      assert.ok(paths[path]?.[method.toLowerCase()], `${name} is no route`);
    }
  });
});
