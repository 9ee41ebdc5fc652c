import assert from "node:assert/strict";
import { once } from "node:events";
import { connect } from "node:net";
import { describe, it } from "node:test";
import { NO_LABELS } from "../domain/labels.ts";
import type { ResultPage, ResultRow } from "../ledger/port/job-reader.ts";
import { openDatabase } from "../ledger/sqlite/database.ts";
import { createSqliteLedger } from "../ledger/sqlite/sqlite-ledger.ts";
import { startHttpService } from "../testing/http-service.ts";
import { aVisit, submitJob } from "../testing/ledger-builders.ts";
import type { LogLine } from "../testing/log-lines.ts";

const JOB = { count: 1, visits: [{ store_id: "S1", image_url: ["http://x/1"], visit_time: "2024-05-01" }] };
const [DEBUG, INFO, ERROR] = [20, 30, 50];
const A_RESULT: ResultRow = {
  jobId: 1,
  image: 0,
  visit: 0,
  storeId: "S1",
  visitTime: "2024",
  imageUrl: "http://x/1",
  imageLabels: NO_LABELS,
  visitLabels: NO_LABELS,
  outcome: "measured",
  width: 1,
  height: 1,
  perimeter: 4,
  format: "png",
  bytes: 10,
  code: null,
  detail: null,
  attempts: 1,
  fetchMs: 1,
  finishedAt: 0,
  integrity: null,
  notDecoded: null,
  findings: null,
  isReused: false,
  reuseOf: [],
  decision: null,
};
const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

const ofRequest = (requestId: string) => (line: LogLine) => line.msg === "request" && line.requestId === requestId;

/** Sends bytes as they are and reads until the server closes. */
async function exchange(address: string, bytes: string): Promise<string> {
  const socket = connect(Number(new URL(address).port), "127.0.0.1");
  let answer = "";
  socket.on("data", (data) => {
    answer += String(data);
  });
  socket.write(bytes);
  await once(socket, "close");
  return answer;
}

describe("a request's id", () => {
  it("is the client's own when it is short and plain", async (t) => {
    const { call } = await startHttpService(t);
    for (const id of ["a", "9f-3_x.7", "x".repeat(64)]) {
      const { headers } = await call("GET", "/healthz", undefined, { "x-request-id": id });
      assert.equal(headers.get("x-request-id"), id);
    }
  });

  it("is a new one when the client's is not", async (t) => {
    const { call } = await startHttpService(t);
    const given = new Set<string | null>();
    for (const id of ["x".repeat(65), 'a"b', "a b", "ä", ""]) {
      const { headers } = await call("GET", "/healthz", undefined, { "x-request-id": id });
      assert.match(headers.get("x-request-id") ?? "", UUID);
      given.add(headers.get("x-request-id"));
    }
    assert.equal(given.size, 5);
  });

  for (const [name, bytes] of [
    ["an unknown path", "GET /nowhere HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n\r\n"],
    ["a method that is not possible", "PUT /api/status HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n\r\n"],
    ["a request without Host", "GET /healthz HTTP/1.1\r\nconnection: close\r\n\r\n"],
    ["a path that cannot be decoded", "GET /api/%zz HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n\r\n"],
    ["an unknown Expect", "GET /healthz HTTP/1.1\r\nhost: localhost\r\nexpect: 200-ok\r\n\r\n"],
    ["what is not HTTP", "GET /healthz\r\n\r\n"],
  ] as const) {
    it(`stands on the answer and in the log for ${name}`, async (t) => {
      const { address, log } = await startHttpService(t);
      const [head = ""] = (await exchange(address, bytes)).split("\r\n\r\n");
      const [, id = ""] = /^x-request-id: (.+)$/im.exec(head) ?? [];
      assert.match(id, UUID);
      const line = await log.find(ofRequest(id));
      assert.equal(line.status, Number(/^HTTP\/1.1 (\d+)/.exec(head)?.[1]));
      assert.equal(log.lines.filter(ofRequest(id)).length, 1);
    });
  }
});

describe("a request's line", () => {
  it("tells method, path, status, time and job, and no value of the query", async (t) => {
    const { call, log } = await startHttpService(t);
    await call("POST", "/api/submit?priority=7", JOB, { "x-request-id": "first" });
    const { time, ms, ...line } = await log.find(ofRequest("first"));
    assert.deepEqual(line, {
      level: INFO,
      requestId: "first",
      method: "POST",
      path: "/api/submit?priority=*",
      status: 201,
      jobId: 1,
      msg: "request",
    });
    assert.ok(Number.isInteger(ms) && typeof time === "string");
  });

  it("names the job of every route that has one", async (t) => {
    const { call, log } = await startHttpService(t);
    await call("POST", "/api/submit", JOB);
    for (const [method, path] of [
      ["GET", "/api/status?jobid=1"],
      ["GET", "/api/v1/jobs/1"],
      ["POST", "/api/v1/jobs/1/cancel"],
      ["GET", "/api/v1/jobs/1/results"],
    ] as const) {
      const { headers } = await call(method, path);
      assert.equal((await log.find(ofRequest(headers.get("x-request-id") ?? ""))).jobId, 1, path);
    }
  });

  it("is for debugging only when a route that is polled answers in order", async (t) => {
    let draining = false;
    const { call, log } = await startHttpService(t, { isDraining: () => draining });
    await call("POST", "/api/submit", JOB);
    const levelOf = async (path: string) => {
      const { headers } = await call("GET", path);
      return (await log.find(ofRequest(headers.get("x-request-id") ?? ""))).level;
    };
    assert.deepEqual(
      [await levelOf("/api/status?jobid=1"), await levelOf("/healthz"), await levelOf("/readyz")],
      [DEBUG, DEBUG, DEBUG],
    );
    draining = true;
    assert.deepEqual(
      [await levelOf("/readyz"), await levelOf("/api/status?jobid=2"), await levelOf("/api/visits")],
      [INFO, INFO, INFO],
    );
  });

  it("tells when the client was gone before its answer", async (t) => {
    const asked = Promise.withResolvers<void>();
    const answer = Promise.withResolvers<null>();
    const readJob = () => {
      asked.resolve();
      return answer.promise;
    };
    const { address, log, metrics } = await startHttpService(t, { ledger: { readJob } });
    const socket = connect(Number(new URL(address).port), "127.0.0.1");
    socket.write("GET /api/status?jobid=1 HTTP/1.1\r\nhost: localhost\r\nx-request-id: gone\r\n\r\n");
    await asked.promise;
    // A calm end would say only that nothing more is sent: it may still listen (half-closed.ts).
    socket.resetAndDestroy();
    const { status, brokenOff } = await log.find(ofRequest("gone"));
    assert.deepEqual([status, brokenOff], [null, true]);
    answer.resolve(null);
    assert.match(await metrics.text(), /request_seconds_count\{route="\/api\/status",method="GET",status="none"\} 1/);
  });

  it("is followed by the cause when an answer breaks off in its middle for a fault of ours", async (t) => {
    const disk = Promise.withResolvers<never>();
    // The next page may not have been asked for when it fails.
    disk.promise.catch(() => {});
    const { address, call, log } = await startHttpService(t, {
      ledger: { readResults: async (_jobId, { after }) => (after < 0 ? { rows: [A_RESULT], next: 0 } : disk.promise) },
    });
    await call("POST", "/api/submit", JOB);
    const response = await fetch(`${address}/api/v1/jobs/1/results`, { headers: { "x-request-id": "broken" } });
    assert.equal(response.status, 200);
    disk.reject(new Error("disk gone"));
    await assert.rejects(response.text());
    const line = await log.find(({ requestId, level }) => requestId === "broken" && level === ERROR);
    assert.match(JSON.stringify(line.err), /disk gone/);
  });

  it("is all when the client breaks a long answer off", async (t) => {
    const page = Promise.withResolvers<ResultPage>();
    const { address, call, log } = await startHttpService(t, {
      ledger: { readResults: async (_jobId, { after }) => (after < 0 ? { rows: [A_RESULT], next: 0 } : page.promise) },
    });
    await call("POST", "/api/submit", JOB);
    const aborting = new AbortController();
    const headers = { "x-request-id": "left" };
    await fetch(`${address}/api/v1/jobs/1/results`, { headers, signal: aborting.signal });
    aborting.abort();
    const { status, brokenOff } = await log.find(ofRequest("left"));
    assert.deepEqual([status, brokenOff], [200, true]);
    page.resolve({ rows: [], next: null });
    assert.deepEqual(
      log.lines.filter(({ level }) => Number(level) > INFO),
      [],
    );
  });

  it("is all when a client that can only listen asks for what has no end", async (t) => {
    const asked = Promise.withResolvers<void>();
    const looked = Promise.withResolvers<void>();
    const real = createSqliteLedger({ db: openDatabase(":memory:"), now: Date.now });
    const readJob = async (jobId: number) => {
      asked.resolve();
      await looked.promise;
      return await real.readJob(jobId);
    };
    const { address, call, log } = await startHttpService(t, { ledger: { ...real, readJob } });
    await submitJob(real, [aVisit()]);
    const socket = connect(Number(new URL(address).port), "127.0.0.1");
    const told = (async () => (await socket.setEncoding("utf8").toArray()).join(""))();
    socket.end("GET /api/v1/jobs/1/events HTTP/1.1\r\nhost: localhost\r\nx-request-id: listens\r\n\r\n");
    await asked.promise;
    // By then the service has seen that nothing more comes.
    await call("GET", "/healthz");
    looked.resolve();
    assert.match(await told, /^HTTP\/1\.1 200 /);
    await log.find(ofRequest("listens"));
    assert.deepEqual(
      log.lines.filter(({ level }) => Number(level) > INFO),
      [],
    );
  });
});
