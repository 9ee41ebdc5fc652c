/** The fuzz must see what it is there for: answers of a service that does one thing wrong each, on a real socket. */
import assert from "node:assert/strict";
import { once } from "node:events";
import { createServer } from "node:net";
import { describe, it, type TestContext } from "node:test";
import type { ApiDocument } from "../../../src/testing/api-document.ts";
import { createOracle } from "./oracle.ts";
import { outgoingOf } from "./outgoing.ts";
import type { FuzzRequest } from "./requests.ts";
import { createConnection } from "./wire.ts";

const problem = {
  type: "object",
  required: ["status", "request_id", "detail"],
  properties: { status: { type: "integer" }, request_id: { type: "string" }, detail: { type: "string" } },
};
const DOCUMENT: ApiDocument = {
  openapi: "3.1.0",
  paths: {
    "/api/v1/jobs/{id}": {
      get: {
        responses: {
          200: {
            content: {
              "application/json": {
                schema: { type: "object", required: ["job_id"], properties: { job_id: { type: "integer" } } },
              },
            },
          },
          204: {},
          400: {
            content: {
              "application/problem+json": { schema: problem },
              // As other paths have it.
              "application/json": { schema: { type: "object", required: ["error"] } },
            },
          },
          404: { content: { "application/problem+json": { schema: problem } } },
        },
      },
    },
  },
};
const REQUEST: FuzzRequest = {
  service: "open",
  caller: "none",
  operation: "GET /api/v1/jobs/{id}",
  method: "GET",
  target: "/api/v1/jobs/1",
  headers: [],
  body: null,
  framing: { kind: "length" },
  cuts: [],
};

function answer(
  status: number,
  body: unknown,
  { type = "application/json", more = "", id = "x-request-id: 7\r\n" } = {},
) {
  const text = typeof body === "string" ? body : JSON.stringify(body);
  const length = Buffer.byteLength(text);
  return `HTTP/1.1 ${status} X\r\ncontent-type: ${type}\r\ncontent-length: ${length}\r\n${id}${more}\r\n${text}`;
}
const refusal = (status: number, more = {}) =>
  answer(status, { status, request_id: "7", detail: "", ...more }, { type: "application/problem+json" });

/** What the fuzz says of a service that answers so. */
async function faultsOf(t: TestContext, bytes: string, request = REQUEST): Promise<readonly string[]> {
  const server = createServer((socket) => {
    socket.on("error", () => {});
    socket.once("data", () => socket.end(bytes));
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  t.after(() => server.close());
  const address = server.address();
  assert.ok(typeof address === "object" && address !== null);
  const connection = createConnection(address.port);
  const exchange = await connection.exchange(outgoingOf(request, new Map()));
  connection.close();
  return createOracle(DOCUMENT).judge(request, exchange).faults;
}

describe("the fuzz's judgement", () => {
  for (const [name, bytes] of [
    ["what was asked for", answer(200, { job_id: 1 })],
    ["a documented refusal", refusal(404)],
    ["a request that was not understood, of no path", answer(400, { error: "" }, { more: "connection: close\r\n" })],
  ] as const) {
    it(`has nothing against ${name}`, async (t) => {
      assert.deepEqual(await faultsOf(t, bytes), []);
    });
  }

  for (const [name, bytes, sentence] of [
    ["a fault of ours", refusal(500), /500 is a fault of ours/],
    ["a status that is not documented", answer(201, { job_id: 1 }), /201 is not documented/],
    ["a body of another shape", answer(200, { job_id: "1" }), /not as the document says.*integer/],
    ["a body of another type", answer(200, "1", { type: "text/html" }), /200 as text\/html/],
    ["half a JSON", answer(200, '{"job_id":'), /no JSON/],
    ["no request id", answer(200, { job_id: 1 }, { id: "" }), /no x-request-id/],
    ["a problem that says another status", refusal(404, { status: 400 }), /another status/],
    ["a problem that says another request", refusal(404, { request_id: "8" }), /another request_id/],
    ["a 405 without what is allowed", refusal(405), /without Allow/],
    ["a stack", refusal(404, { detail: "Error: x\n    at read (file:///srv/app/a.ts:1:2)" }), /must not/],
    ["a path", refusal(404, { detail: "in /home/app/data" }), /must not/],
    ["a message of JavaScript", refusal(400, { detail: "Cannot read properties of null" }), /must not/],
    ["a message of the database", refusal(400, { detail: "SQLITE_CONSTRAINT: jobs.id" }), /must not/],
    ["a statement", refusal(400, { detail: "near: insert into jobs values (1)" }), /must not/],
    ["a value that was put into a sentence as it is", refusal(400, { detail: "got [object Object]" }), /must not/],
    ["a key", answer(200, { job_id: 1, k: `swk_live_${"a".repeat(12)}_${"b".repeat(49)}` }), /must not/],
    ["a leak in a header", answer(200, { job_id: 1 }, { more: "x-powered-by: node_modules\r\n" }), /must not/],
    ["a header that the request wrote", answer(200, { job_id: 1 }, { more: "x: a\nset-cookie: b\r\n" }), /header line/],
    ["two answers to one request", answer(200, { job_id: 1 }).repeat(2), /bytes follow/],
    ["less than it promised", answer(200, { job_id: 1 }).slice(0, -2), /connection ended/],
    ["nothing", "", /connection ended/],
  ] as const) {
    it(`sees ${name}`, async (t) => {
      const faults = await faultsOf(t, bytes);
      assert.ok(
        faults.some((fault) => sentence.test(fault)),
        JSON.stringify(faults),
      );
    });
  }

  it("sees a body behind the answer to HEAD", async (t) => {
    assert.match(
      (await faultsOf(t, answer(200, { job_id: 1 }), { ...REQUEST, method: "HEAD" })).join(),
      /bytes follow/,
    );
  });
});
