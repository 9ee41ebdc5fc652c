import assert from "node:assert/strict";
import { describe, it, type TestContext } from "node:test";
import { createKeyRing } from "../../keys/key-ring.ts";
import type { Ledger } from "../../ledger/port/ledger.ts";
import { LedgerUnavailable } from "../../ledger/port/ledger-unavailable.ts";
import { AUTH_SECRET, type HttpService, startHttpService } from "../../testing/http-service.ts";
import { claimNext, failed, measured } from "../../testing/ledger-builders.ts";

const VISIT = {
  store_id: "S1",
  image_url: ["http://photos.example/1.jpg", "http://photos.example/2.jpg"],
  visit_time: "2024",
};
const SUBMISSION = { count: 1, visits: [VISIT] };

type Told = { readonly event: string; readonly id: string; readonly data: Record<string, unknown> };
type Stream = {
  next(): Promise<Told>;
  until(event: string): Promise<Told>;
  readonly ended: Promise<void>;
  close(): void;
};

/** Reads a stream of events as a browser does. */
async function follow(t: TestContext, { address }: HttpService, path: string, headers = {}): Promise<Stream> {
  const leaving = new AbortController();
  t.after(() => leaving.abort());
  const response = await fetch(address + path, { headers, signal: leaving.signal });
  assert.equal(response.status, 200);
  assert.equal(response.headers.get("content-type"), "text/event-stream");
  const queue: Told[] = [];
  let wake = () => {};
  const ended = (async () => {
    let text = "";
    for await (const part of response.body ?? []) {
      text += Buffer.from(part).toString();
      const blocks = text.split("\n\n");
      text = blocks.pop() ?? "";
      for (const block of blocks) {
        const fields = Object.fromEntries(block.split("\n").map((line) => line.split(/: (.*)/s)));
        if (fields.event) queue.push({ event: fields.event, id: fields.id, data: JSON.parse(fields.data) });
      }
      wake();
    }
  })().catch(() => {});
  async function next(): Promise<Told> {
    for (;;) {
      const told = queue.shift();
      if (told) return told;
      await new Promise<void>((resolve) => {
        wake = resolve;
      });
    }
  }
  return {
    next,
    async until(event) {
      for (;;) {
        const told = await next();
        if (told.event === event) return told;
      }
    },
    ended,
    close: () => leaving.abort(),
  };
}

async function finish(ledger: Ledger): Promise<void> {
  const { lease } = await claimNext(ledger);
  await ledger.record(lease, [measured(0), failed(1)], 1_000);
}

describe("GET /api/v1/jobs/{id}/events", () => {
  it("tells where the job is, then its progress, then its end", async (t) => {
    const service = await startHttpService(t);
    await service.call("POST", "/api/v1/jobs", SUBMISSION);
    const stream = await follow(t, service, "/api/v1/jobs/1/events");
    const first = await stream.next();
    assert.deepEqual([first.event, first.data.job_id, first.data.progress], ["snapshot", 1, 0]);
    const { lease } = await claimNext(service.ledger);
    await service.ledger.record(lease, [measured(0)], 1_000);
    while ((await stream.until("progress")).data.progress !== 0.5);
    await service.ledger.record(lease, [failed(1)], 1_000);
    const end = await stream.until("ended");
    assert.deepEqual([end.data.status, end.data.progress, end.id], ["failed", 1, "1"]);
  });

  it("tells a pause and a resumption", async (t) => {
    const service = await startHttpService(t);
    await service.call("POST", "/api/v1/jobs", SUBMISSION);
    const stream = await follow(t, service, "/api/v1/jobs/1/events");
    await service.call("POST", "/api/v1/jobs/1/pause");
    while ((await stream.until("progress")).data.status !== "paused");
    await service.call("POST", "/api/v1/jobs/1/resume");
    while ((await stream.until("progress")).data.status !== "ongoing");
  });

  it("tells the end of a job that is over already", async (t) => {
    const service = await startHttpService(t);
    await service.call("POST", "/api/v1/jobs", SUBMISSION);
    await finish(service.ledger);
    const stream = await follow(t, service, "/api/v1/jobs/1/events");
    assert.deepEqual([(await stream.next()).event, (await stream.next()).event], ["snapshot", "ended"]);
  });

  it("is a problem for a job that there is not", async (t) => {
    const { call } = await startHttpService(t);
    assert.equal((await call("GET", "/api/v1/jobs/1/events")).body.code, "job_not_found");
  });
});

describe("GET /api/v1/events", () => {
  it("tells the jobs that are not over, new ones, and ends", async (t) => {
    const service = await startHttpService(t);
    await service.call("POST", "/api/v1/jobs", SUBMISSION);
    const stream = await follow(t, service, "/api/v1/events");
    const first = await stream.next();
    assert.equal(first.event, "snapshot");
    assert.deepEqual(
      (first.data.jobs as { job_id: number }[]).map(({ job_id }) => job_id),
      [1],
    );
    await service.call("POST", "/api/v1/jobs", SUBMISSION);
    while ((await stream.until("progress")).data.job_id !== 2);
    await finish(service.ledger);
    assert.equal((await stream.until("ended")).data.job_id, 1);
    assert.equal(((await stream.until("backlog")).data as { jobs: number }).jobs, 1);
  });

  it("tells every end that a client missed, by the number that it heard last", async (t) => {
    const service = await startHttpService(t);
    for (let job = 0; job < 3; job += 1) {
      await service.call("POST", "/api/v1/jobs", SUBMISSION);
      await finish(service.ledger);
    }
    const stream = await follow(t, service, "/api/v1/events", { "last-event-id": "1" });
    const told = [await stream.next(), await stream.next(), await stream.next()];
    assert.deepEqual(
      told.map(({ event, id, data }) => [event, id, data.job_id]),
      [
        ["ended", "2", 2],
        ["ended", "3", 3],
        ["snapshot", "3", undefined],
      ],
    );
  });

  it("goes on after the ledger was away", async (t) => {
    let away = false;
    let read: Ledger["readEnds"] = async () => [];
    const service = await startHttpService(t, {
      ledger: {
        readEnds: async (...args) => {
          if (away) throw new LedgerUnavailable("gone");
          return await read(...args);
        },
      },
    });
    read = service.plainLedger.readEnds;
    const stream = await follow(t, service, "/api/v1/events");
    away = true;
    await stream.until("away");
    away = false;
    await service.call("POST", "/api/v1/jobs", SUBMISSION);
    assert.equal((await stream.until("progress")).data.job_id, 1);
  });

  it("does not read the ledger when nobody listens, and no more for many than for one", async (t) => {
    let reads = 0;
    let read: Ledger["readEnds"] = async () => [];
    const service = await startHttpService(t, {
      ledger: {
        readEnds: async (...args) => {
          reads += 1;
          return await read(...args);
        },
      },
    });
    read = service.plainLedger.readEnds;
    const streams = await Promise.all(Array.from({ length: 100 }, () => follow(t, service, "/api/v1/events")));
    await service.call("POST", "/api/v1/jobs", SUBMISSION);
    reads = 0;
    await Promise.all(streams.map((stream) => stream.until("progress")));
    assert.ok(reads <= 10, `${reads} reads for one change`);
    for (const stream of streams) stream.close();
    await Promise.all(streams.map(({ ended }) => ended));
  });

  it("has nobody who listens after a HEAD", async (t) => {
    let reads = 0;
    const service = await startHttpService(t, {
      ledger: {
        readLastEnd: async () => {
          reads += 1;
          return 0;
        },
      },
    });
    const response = await fetch(`${service.address}/api/v1/events`, { method: "HEAD" });
    assert.deepEqual([response.status, response.headers.get("content-type")], [200, "text/event-stream"]);
    assert.equal(reads, 0);
  });

  it("says every 15 s that it is still there", async (t) => {
    const service = await startHttpService(t);
    t.mock.timers.enable({ apis: ["setInterval"] });
    const response = await fetch(`${service.address}/api/v1/events`);
    const reader = response.body?.pipeThrough(new TextDecoderStream()).getReader();
    t.after(() => reader?.cancel());
    let text = "";
    const until = async (wanted: string) => {
      while (!text.includes(wanted)) text += (await reader?.read())?.value ?? assert.fail(`ended: ${text}`);
    };
    await until("event: snapshot");
    t.mock.timers.tick(14_999);
    assert.doesNotMatch(text, /still here/);
    t.mock.timers.tick(1);
    await until(": still here\n\n");
  });

  it("ends at the next heartbeat when its key was revoked", async (t) => {
    const service = await startHttpService(t, { auth: "required" });
    const ring = createKeyRing({ ledger: service.ledger, authSecret: AUTH_SECRET, now: Date.now });
    const { key, text } = await ring.make({ tenant: "a", name: "", scopes: ["jobs:read"], expiresInMs: null });
    t.mock.timers.enable({ apis: ["setInterval", "Date"] });
    const stream = await follow(t, service, "/api/v1/events", { "x-api-key": text });
    await stream.until("snapshot");
    await ring.revoke(key.id);
    t.mock.timers.tick(15_000);
    await stream.ended;
  });

  it("ends when the service stops", async (t) => {
    const service = await startHttpService(t);
    const stream = await follow(t, service, "/api/v1/events");
    await stream.next();
    await service.stop();
    await stream.ended;
  });
});
