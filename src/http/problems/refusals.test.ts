import assert from "node:assert/strict";
import { once } from "node:events";
import { connect } from "node:net";
import { describe, it, type TestContext } from "node:test";
import { startHttpService } from "../../testing/http-service.ts";

/** Sends bytes as they are and reads until the server closes, or for as long as `forMs`. */
async function exchange(t: TestContext, request: string, forMs = 60_000): Promise<string> {
  const { address } = await startHttpService(t, { maxBodyBytes: 2_000 });
  const socket = connect(Number(new URL(address).port), "127.0.0.1");
  const timer = setTimeout(() => socket.destroy(), forMs);
  let answer = "";
  socket.on("data", (data) => {
    answer += String(data);
  });
  socket.on("error", () => {});
  socket.write(request);
  await once(socket, "close");
  clearTimeout(timer);
  return answer;
}

function errorOf(answer: string): string {
  const [head = "", body = ""] = answer.split("\r\n\r\n");
  assert.match(head, /content-type: application\/(?:problem\+)?json/i);
  const parsed = JSON.parse(body);
  if (/problem\+json/.test(head)) {
    assert.deepEqual(Object.keys(parsed), ["type", "title", "status", "code", "detail", "request_id"]);
    return parsed.detail;
  }
  assert.deepEqual(Object.keys(parsed), ["error"]);
  return parsed.error;
}

const END = "host: localhost\r\nconnection: close\r\n\r\n";
const POST = "POST /api/submit HTTP/1.1\r\nhost: localhost\r\n";

describe("an answer to a request that is not in order", () => {
  for (const [name, request, status, sentence] of [
    ["a path that cannot be decoded", `GET /api/%zz HTTP/1.1\r\n${END}`, 400, /path.*decoded.*%zz/],
    ["a parameter that cannot be decoded", `GET /api/v1/jobs/%ff/results HTTP/1.1\r\n${END}`, 400, /path.*decoded/],
    ["an id that is too long", `GET /api/v1/jobs/${"1".repeat(300)}/results HTTP/1.1\r\n${END}`, 414, /^.{1,200}$/],
    ["a malformed request", `GET /api/status\r\nhost x\r\n\r\n`, 400, /not HTTP/],
    ["a bad chunk", `${POST}transfer-encoding: chunked\r\n\r\nzz\r\n`, 400, /not HTTP/],
    ["headers that are too long", `GET / HTTP/1.1\r\nx: ${"x".repeat(20_000)}\r\n\r\n`, 431, /headers/],
    ["a request without Host", "GET /api/visits HTTP/1.1\r\nconnection: close\r\n\r\n", 400, /Host/],
    ["an unknown Expect", `GET /api/visits HTTP/1.1\r\nexpect: 200-ok\r\n${END}`, 417, /Expect.*200-ok/],
    ["an empty Content-Type", `${POST}content-type:\r\nconnection: close\r\n\r\n`, 415, /json.*ndjson.*csv/],
    [
      "a junk Content-Type",
      `${POST}content-type: junk\r\nconnection: close\r\n\r\n`,
      415,
      /json.*ndjson.*csv.*multipart.*, got "junk"/,
    ],
  ] as const) {
    it(`is ${status} with one sentence in JSON for ${name}`, async (t) => {
      const answer = await exchange(t, request);
      assert.match(answer, new RegExp(`^HTTP/1.1 ${status} `));
      assert.match(errorOf(answer), sentence);
    });
  }

  for (const [name, target] of [
    ["with letters in their long form", "/%61pi/v1/jobs/7"],
    ["with a proxy's origin in front", "http://localhost/api/v1/jobs/7"],
  ] as const) {
    it(`is problem details for a path of the API ${name}`, async (t) => {
      const answer = await exchange(t, `GET ${target} HTTP/1.1\r\n${END}`);
      assert.match(answer, /^HTTP\/1.1 404 /);
      assert.match(answer, /content-type: application\/problem\+json/);
      assert.match(errorOf(answer), /no job 7/);
    });
  }

  for (const [status, headers] of [
    [415, "content-type: text/html\r\ncontent-length: 2\r\n"],
    [413, "content-length: 99999\r\n"],
  ] as const) {
    it(`comes as ${status} without 100 Continue before it`, async (t) => {
      const answer = await exchange(t, `${POST}expect: 100-continue\r\n${headers}\r\n`);
      assert.match(answer, new RegExp(`^HTTP/1.1 ${status} `));
      errorOf(answer);
    });
  }

  it("comes after 100 Continue when the body is wanted", async (t) => {
    const body = '{"count": 1, "visits": []}';
    const head = `${POST}expect: 100-continue\r\nconnection: close\r\ncontent-length: ${body.length}\r\n\r\n`;
    const answer = await exchange(t, head + body);
    assert.match(answer, /^HTTP\/1.1 100 Continue\r\n\r\nHTTP\/1.1 400 /);
  });
});

describe("a header or parameter", () => {
  it("may say Identity in any case", async (t) => {
    const { call } = await startHttpService(t);
    const body = { count: 1, visits: [{ store_id: "S1", image_url: ["http://x"], visit_time: "2024" }] };
    assert.equal((await call("POST", "/api/submit", body, { "content-encoding": "Identity" })).status, 201);
  });

  it("of no use to a cancel does not matter", async (t) => {
    const { call } = await startHttpService(t);
    for (const type of ["junk", "", "text/plain", "a/b/c"]) {
      assert.equal((await call("POST", "/api/v1/jobs/1/cancel", "x", { "content-type": type })).status, 404, type);
    }
  });

  it("is cut when it is long, and otherwise told as it came", async (t) => {
    const { call } = await startHttpService(t);
    for (const query of ["storeid", "area"]) {
      const { body } = await call("GET", `/api/visits?${query}=${"x".repeat(5_000)}`);
      assert.ok(String(body.error).length < 200);
      assert.match(String(body.error), /"x{40}"/);
    }
  });

  it("that is a job's id beyond what a number holds is told as it came", async (t) => {
    const { call } = await startHttpService(t);
    for (const id of ["9999999999999999", "9007199254740993"]) {
      assert.match(String((await call("GET", `/api/status?jobid=${id}`)).body.error), new RegExp(`got "${id}"$`));
    }
  });
});
