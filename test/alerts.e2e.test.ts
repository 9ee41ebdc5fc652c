/** Alerts of the real program, told to real receivers: a chat, a mailbox, a program. */
import assert from "node:assert/strict";
import { once } from "node:events";
import { describe, it, type TestContext } from "node:test";
import { readApiDocument } from "../src/testing/api-document.ts";
import { createEmptyDatabase } from "../src/testing/postgres-database.ts";
import { createSchemaJudge } from "../src/testing/schema-judge.ts";
import { startSmtpServer } from "../src/testing/smtp-server.ts";
import { findService, POSTGRESQL } from "../src/testing/test-services.ts";
import { callAt } from "./call-service.ts";
import { startReceiver } from "./message-receiver.ts";
import { aDataDir, aLedgerOf, runCommand, startService } from "./storewalk-process.ts";

const ANSWERS = {
  message: (path: string) => ({ status: path === "/gone" ? 500 : 204 }),
  refusal: (path: string) => (path.startsWith("/busy") ? { status: 503, headers: { "retry-after": "60" } } : null),
};

async function setup(t: TestContext, more: Readonly<Record<string, string>> = {}) {
  const receiver = await startReceiver(t, ANSWERS);
  const settings = {
    STOREWALK_PORT: "0",
    ...aLedgerOf(t),
    STOREWALK_ALLOW_HOSTS: receiver.host,
    STOREWALK_GPU_LATENCY_MS: "1",
    STOREWALK_PUBLIC_URL: "https://storewalk.example",
    ...more,
  };
  const service = startService(t, settings);
  const url = await service.ready;
  assert.ok(url);
  const call = (method: string, path: string, body?: unknown) => callAt(url, method, path, body);
  const webhook = async (path: string, format = "slack") => {
    const address = format === "email" ? path : `http://${receiver.host}${path}`;
    const { status, body } = await call("POST", "/api/v1/webhooks", {
      url: address,
      format,
      events: ["job.cancelled"],
    });
    assert.equal(status, 201, JSON.stringify(body));
    return Number(body.id);
  };
  const submit = async (...paths: readonly string[]) => {
    const image_url = paths.map((path) => (path.startsWith("/") ? `http://${receiver.host}${path}` : path));
    const visits = [{ store_id: "S1", image_url, visit_time: "2026-01-05" }];
    return Number((await call("POST", "/api/v1/jobs", { count: 1, visits })).body.job_id);
  };
  return { receiver, settings, url, service, call, webhook, submit };
}

/** What is not as the API's document says of a message of its type; null when all is. */
async function faultOf(address: string, body: string): Promise<string | null> {
  const message = JSON.parse(body);
  const described = (await readApiDocument({ address })).webhooks?.[message.type]?.post;
  const schema = described?.requestBody?.content["application/json"]?.schema;
  if (!schema) return `the document does not know messages of type ${message.type}`;
  return createSchemaJudge()(schema, message);
}

const postgres = await findService(POSTGRESQL);
const PRIVATE = "http://10.0.0.1/photo.png";

describe("alerts", () => {
  it("tell a chat and a mailbox once of a job that failed above its share, and of none below it", async (t) => {
    const smtp = await startSmtpServer(t);
    const { receiver, call, webhook, submit } = await setup(t, { STOREWALK_SMTP_URL: smtp.url });
    const webhooks = [await webhook("/slack"), await webhook("mailto:team@company.example", "email")];
    const made = await call("POST", "/api/v1/alerts", { name: "Jobs", kind: "job_failed", threshold: 40, webhooks });
    assert.deepEqual([made.status, made.body.state], [201, "calm"]);
    await submit("/a.png", "/b.png", PRIVATE);
    const failed = await submit("/a.png", PRIVATE);
    const [mail] = await smtp.received(1);
    const title = `Job ${failed} ended with 50% of its images failed (1)`;
    assert.ok(mail?.text.includes(`Subject: ${title}`), mail?.text);
    assert.ok(mail?.text.includes(`https://storewalk.example/jobs/${failed}`), mail?.text);
    assert.equal(JSON.parse((await receiver.messages(1))[0]?.body ?? "").text, title);
    const second = await submit(PRIVATE);
    assert.match((await smtp.received(2))[1]?.text ?? "", new RegExp(`Subject: Job ${second} ended`));
    assert.equal((await receiver.messages(2)).length, 2);
  });

  it("tell once of a host in trouble, also after a kill, as signed JSON", async (t) => {
    const { receiver, settings, url: address, service, call, webhook, submit } = await setup(t);
    const webhooks = [await webhook("/hook", "json")];
    const alert = { name: "Hosts", kind: "host_trouble", threshold: 0, webhooks };
    assert.equal((await call("POST", "/api/v1/alerts", alert)).status, 201);
    await submit("/busy/1.png", "/busy/2.png");
    const [message] = await receiver.messages(1);
    const { type, data } = JSON.parse(message?.body ?? "");
    assert.equal(type, "alert.firing");
    assert.equal(await faultOf(address, message?.body ?? ""), null);
    assert.partialDeepStrictEqual(data, { name: "Hosts", kind: "host_trouble", count: 1, place: "/hosts" });
    assert.match(data.headline, new RegExp(`^Host ${receiver.host} is in trouble, \\d images wait for it`));
    const ended = once(service.process, "exit");
    service.process.kill("SIGKILL");
    await ended;
    const again = startService(t, settings);
    const url = await again.ready;
    assert.ok(url);
    // Looked at again by the new process, with the host still in trouble.
    const until = async (wanted: (alert: Readonly<Record<string, unknown>>) => boolean) => {
      for (;;) {
        const { body } = await callAt(url, "GET", "/api/v1/alerts/1");
        if (wanted(body)) return body;
        await new Promise((resolve) => setTimeout(resolve, 50));
      }
    };
    const { checked_at: before } = (await callAt(url, "GET", "/api/v1/alerts/1")).body;
    const state = await until(({ checked_at: checked }) => checked !== before);
    assert.deepEqual([state.state, state.firing], ["firing", 1]);
    assert.equal(receiver.received.length, 1);
  });

  it("are tried from the command line, which says of each webhook how it went", async (t) => {
    const { url, webhook } = await setup(t);
    const [good, gone] = [await webhook("/hook"), await webhook("/gone", "teams")];
    const run = (...args: readonly string[]) => runCommand([...args, "--url", url], { settings: {} });
    const add = [
      "alerts",
      "add",
      "Backlog",
      "backlog",
      "--threshold",
      "5",
      "--quiet",
      "22:00-07:00",
      "--zone",
      "Asia/Kolkata",
    ];
    assert.match((await run(...add)).stdout, /^quiet from +22:00$/m);
    const tried = await run("alerts", "test", "1");
    assert.equal(tried.code, 78);
    assert.match(tried.stderr, new RegExp(`is delivered to webhook ${good}: it answered 204`));
    assert.match(tried.stderr, new RegExp(`did not arrive at webhook ${gone}: it answered 500; it is sent again at`));
    assert.equal((await run("alerts", "off", "1")).code, 0);
    const odd = await run("alerts", "add", "Odd", "backlog", "--threshold", "x");
    assert.deepEqual([odd.code, /--threshold.*cannot be "x": it must be a number/.test(odd.stderr)], [64, true]);
    assert.match((await run("alerts", "list")).stdout, /^1 +Backlog +backlog +5 +off/m);
    assert.equal((await run("alerts", "remove", "1")).code, 0);
    assert.match(
      (await run("alerts", "add", "x", "backlog", "--quiet", "late")).stderr,
      /two times such as 22:00-07:00/,
    );
  });

  it("are told as the API's document says, and so are ends of jobs and pings", async (t) => {
    const { receiver, url: address, call, submit } = await setup(t);
    const hook = { url: receiver.url("/hook"), events: ["job.failed"] };
    assert.equal((await call("POST", "/api/v1/webhooks", hook)).status, 201);
    assert.equal((await call("POST", "/api/v1/webhooks/1/ping")).status, 202);
    await receiver.messages(1);
    for (const kind of ["store_not_visited", "job_failed"])
      assert.equal((await call("POST", "/api/v1/alerts", { name: kind, kind, threshold: 1 })).status, 201);
    await receiver.messages(2);
    assert.equal((await call("POST", "/api/v1/alerts/1/test")).status, 202);
    await receiver.messages(3);
    await submit(PRIVATE);
    const messages = await receiver.messages(5);
    const types = messages.map(({ body }) => JSON.parse(body).type);
    assert.deepEqual(types.toSorted(), ["alert.firing", "alert.firing", "alert.test", "job.failed", "ping"]);
    for (const { body } of messages) assert.equal(await faultOf(address, body), null, body);
  });

  it("tell once in a fleet of two API processes", { skip: postgres.skip }, async (t) => {
    const { url: database, drop } = await createEmptyDatabase(postgres.url);
    const { receiver, settings, webhook, submit, call } = await setup(t, {
      DATABASE_URL: database,
    });
    t.after(drop);
    const other = startService(t, { ...settings, STOREWALK_DATA_DIR: aDataDir(t) });
    assert.ok(await other.ready);
    const webhooks = [await webhook("/hook", "json")];
    const alert = { name: "Jobs", kind: "job_failed", threshold: 0, webhooks };
    for (const name of ["one", "two", "three"]) await call("POST", "/api/v1/alerts", { ...alert, name });
    for (let job = 0; job < 5; job++) await submit(PRIVATE);
    const told = new Map<string, number>();
    for (let count = 1; told.size < 15; count++) {
      for (const { body } of (await receiver.messages(count)).slice(count - 1, count)) {
        const { data } = JSON.parse(body);
        for (const { job_id } of data.causes) {
          const key = `${data.name} ${job_id}`;
          assert.ok(!told.has(key), `${key} is told twice`);
          told.set(key, 1);
        }
      }
    }
  });
});
