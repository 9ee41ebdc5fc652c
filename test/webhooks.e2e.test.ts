/** Webhooks of the real program, received by a real server and verified by the public package. */
import assert from "node:assert/strict";
import { once } from "node:events";
import { describe, it, type TestContext } from "node:test";
import { Webhook } from "standardwebhooks";
import { isObject } from "../src/intake/text-rules.ts";
import { readApiDocument } from "../src/testing/api-document.ts";
import { createSchemaJudge } from "../src/testing/schema-judge.ts";
import { startSmtpServer } from "../src/testing/smtp-server.ts";
import { callAt } from "./call-service.ts";
import { type Answer, type Message, startReceiver } from "./message-receiver.ts";
import { aDataDir, startService } from "./storewalk-process.ts";

const CALLBACK_SECRET = `whsec_${Buffer.alloc(32, 7).toString("base64")}`;

async function setup(
  t: TestContext,
  answers: readonly Answer[] = [{ status: 204 }],
  settings: Record<string, string> = {},
) {
  const receiver = await startReceiver(t, {
    message: (_path, before) => answers[Math.min(before, answers.length - 1)] ?? { status: 204 },
  });
  const dataDir = aDataDir(t);
  const start = () =>
    startService(t, {
      STOREWALK_PORT: "0",
      STOREWALK_DATA_DIR: dataDir,
      STOREWALK_ALLOW_HOSTS: receiver.host,
      STOREWALK_GPU_LATENCY_MS: "1",
      ...settings,
    });
  const service = start();
  const url = await service.ready;
  assert.ok(url);
  const call = (method: string, path: string, body?: unknown) => callAt(url, method, path, body);
  const submit = async (more: object = {}) => {
    const visits = [{ store_id: "S1", image_url: [receiver.url("/photo.png")], visit_time: "2026-01-05" }];
    return await call("POST", "/api/v1/jobs", { count: 1, visits, ...more });
  };
  const deliveries = async (query = "") => {
    const { body } = await call("GET", `/api/v1/webhook-deliveries${query}`);
    return Array.isArray(body.data) ? body.data.filter(isObject) : [];
  };
  /** Looks until the newest delivery is as it should be. */
  const untilDelivery = async (wanted: (delivery: Readonly<Record<string, unknown>>) => boolean) => {
    for (;;) {
      const [newest] = await deliveries();
      if (newest && wanted(newest)) return newest;
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  };
  return { receiver, service, address: url, start, call, submit, deliveries, untilDelivery };
}

function verified(message: Message | undefined, secret: unknown): Readonly<Record<string, unknown>> {
  assert.ok(message);
  const headers = Object.fromEntries(Object.entries(message.headers).map(([name, value]) => [name, String(value)]));
  const payload: unknown = new Webhook(String(secret)).verify(message.body, headers);
  assert.ok(isObject(payload));
  return payload;
}

describe("webhooks", () => {
  it("tell the end of a job, signed so that the public package verifies it, as the OpenAPI document says", async (t) => {
    const { receiver, address, call, submit, untilDelivery } = await setup(t);
    const { body: webhook } = await call("POST", "/api/v1/webhooks", { url: receiver.url("/hook") });
    const { body: job } = await submit({ external_id: "week-7" });
    const [message] = await receiver.messages(1);
    const payload = verified(message, webhook.secret);
    assert.equal(payload.type, "job.failed");
    assert.partialDeepStrictEqual(payload.data, { job_id: job.job_id, status: "failed", external_id: "week-7" });
    assert.throws(() => verified(message, CALLBACK_SECRET), /signature/i);
    const told = (await readApiDocument({ address })).webhooks?.["job.failed"]?.post;
    const schema = told?.requestBody?.content["application/json"]?.schema;
    assert.ok(schema);
    assert.equal(createSchemaJudge()(schema, payload), null);
    for (const { name } of told?.parameters ?? []) assert.ok(message?.headers[name], name);
    const delivery = await untilDelivery(({ status }) => status === "delivered");
    assert.partialDeepStrictEqual(delivery, { webhook_id: webhook.id, last_status: 204, attempts: 1 });
    assert.equal(Object.hasOwn((await call("GET", `/api/v1/webhooks/${webhook.id}`)).body, "secret"), false);
  });

  it("tell a chat and a mailbox in words, with a link to the job", async (t) => {
    const smtp = await startSmtpServer(t);
    const { receiver, call, submit } = await setup(t, undefined, {
      STOREWALK_SMTP_URL: smtp.url,
      STOREWALK_PUBLIC_URL: "https://storewalk.example",
    });
    const refused = await call("POST", "/api/v1/webhooks", {
      url: "mailto:a@b.example?bcc=c@d.example",
      format: "email",
    });
    assert.equal(refused.status, 400);
    await call("POST", "/api/v1/webhooks", { url: receiver.url("/slack"), format: "slack" });
    await call("POST", "/api/v1/webhooks", { url: receiver.url("/teams"), format: "teams" });
    await call("POST", "/api/v1/webhooks", { url: "mailto:team@company.example", format: "email" });
    const { body: job } = await submit({ external_id: "week-7" });
    const title = `Job ${job.job_id} (week-7) ended with 100% of its images failed (1)`;
    const chats = Object.fromEntries((await receiver.messages(2)).map(({ path, body }) => [path, body]));
    assert.equal(JSON.parse(chats["/slack"] ?? "").text, title);
    assert.match(chats["/teams"] ?? "", /AdaptiveCard.*unknown\\\\_store.*storewalk\.example\/jobs\//);
    const [mail] = await smtp.received(1);
    assert.deepEqual(mail?.to, ["<team@company.example>"]);
    assert.ok(mail?.text.includes(`Subject: ${title}`), mail?.text);
    assert.match(mail?.text ?? "", /https:\/\/storewalk\.example\/jobs\/\d+/);
  });

  it("tell a job's own callback, signed with the secret of the setting", async (t) => {
    const { receiver, submit } = await setup(t, undefined, { STOREWALK_CALLBACK_SECRET: CALLBACK_SECRET });
    const { body: job } = await submit({ callback_url: receiver.url("/callback") });
    assert.equal(job.callback_url, receiver.url("/callback"));
    const [message] = await receiver.messages(1);
    assert.equal(message?.path, "/callback");
    assert.equal(verified(message, CALLBACK_SECRET).type, "job.failed");
  });

  it("are no callback without a secret to sign it with, nor to what is no URL", async (t) => {
    const { submit } = await setup(t);
    const { status, body } = await submit({ callback_url: "https://a.example/" });
    assert.equal(status, 400);
    assert.match(JSON.stringify(body.problems), /STOREWALK_CALLBACK_SECRET/);
    assert.match(JSON.stringify((await submit({ callback_url: "ftp://x" })).body.problems), /http or https URL/);
  });

  it("are sent again under the same id after an error, as late as the receiver asks", async (t) => {
    const { receiver, call, untilDelivery } = await setup(t, [{ status: 503, headers: { "retry-after": "7200" } }]);
    const { body: webhook } = await call("POST", "/api/v1/webhooks", { url: receiver.url("/hook") });
    await call("POST", `/api/v1/webhooks/${webhook.id}/ping`);
    await receiver.messages(1);
    const delivery = await untilDelivery(({ last_status: status }) => status === 503);
    assert.equal(delivery.status, "pending");
    assert.equal(delivery.last_body, "thank you");
    const waitMs = Date.parse(String(delivery.next_attempt_at)) - Date.now();
    assert.ok(waitMs > 7_000_000 && waitMs <= 7_200_000, `${waitMs} ms`);
    const { body: told } = await call("GET", `/api/v1/webhook-deliveries/${delivery.no}`);
    assert.equal(told.message, (await receiver.messages(1))[0]?.body);
    const [made, ...others] = Array.isArray(told.attempts_made) ? told.attempts_made : [];
    assert.partialDeepStrictEqual(made, { attempt: 1, status: 503, error: null, body: "thank you" });
    assert.ok(made.took_ms >= 0 && others.length === 0);
  });

  it("are not sent to an endpoint that answers 410 any more, until it is switched on", async (t) => {
    const { receiver, call, untilDelivery } = await setup(t, [{ status: 410 }, { status: 204 }]);
    const { body: webhook } = await call("POST", "/api/v1/webhooks", { url: receiver.url("/hook") });
    const path = `/api/v1/webhooks/${webhook.id}`;
    await call("POST", `${path}/ping`);
    await untilDelivery(({ status }) => status === "failed");
    assert.match(String((await call("GET", path)).body.disabled_reason), /410/);
    await call("POST", `${path}/ping`);
    await call("PATCH", path, { enabled: true });
    await untilDelivery(({ status }) => status === "delivered");
    assert.equal(receiver.received.length, 2);
  });

  it("follow no redirect and reach no private address", async (t) => {
    const { receiver, call, untilDelivery } = await setup(t, [{ status: 302, headers: { location: "/elsewhere" } }]);
    const { body: first } = await call("POST", "/api/v1/webhooks", { url: receiver.url("/hook") });
    await call("POST", `/api/v1/webhooks/${first.id}/ping`);
    await untilDelivery(({ last_status: status }) => status === 302);
    assert.equal(first.warning, null);
    const { body: second } = await call("POST", "/api/v1/webhooks", { url: "http://127.0.0.2/hook" });
    assert.match(String(second.warning), /127\.0\.0\.2 is not a host on the public internet.*STOREWALK_ALLOW_HOSTS/);
    await call("POST", `/api/v1/webhooks/${second.id}/ping`);
    const blocked = await untilDelivery(({ webhook_id: id, last_error: error }) => id === second.id && error !== null);
    assert.match(String(blocked.last_error), /^blocked_address/);
    assert.deepEqual(
      receiver.received.map(({ path }) => path),
      ["/hook"],
    );
  });

  it("sign with the old and the new secret after a rotation", async (t) => {
    const { receiver, call } = await setup(t);
    const { body: webhook } = await call("POST", "/api/v1/webhooks", { url: receiver.url("/hook") });
    const { body: rotated } = await call("POST", `/api/v1/webhooks/${webhook.id}/rotate`);
    assert.notEqual(rotated.secret, webhook.secret);
    await call("POST", `/api/v1/webhooks/${webhook.id}/ping`);
    const [message] = await receiver.messages(1);
    assert.equal(verified(message, webhook.secret).type, "ping");
    assert.equal(verified(message, rotated.secret).type, "ping");
  });

  it("are told after a kill -9 between a job's end and its delivery, and once more on demand", async (t) => {
    const { receiver, service, start, call, submit, untilDelivery } = await setup(t, [
      { status: 500 },
      { status: 204 },
    ]);
    const { body: webhook } = await call("POST", "/api/v1/webhooks", { url: receiver.url("/hook") });
    await submit();
    // The next attempt is in seconds then; one that died in hand would be made again when its lease is over, in a minute.
    await untilDelivery(({ last_status: status }) => status === 500);
    service.process.kill("SIGKILL");
    await once(service.process, "exit");
    const again = await start().ready;
    assert.ok(again);
    const [first, second] = await receiver.messages(2);
    assert.equal(first?.headers["webhook-id"], second?.headers["webhook-id"]);
    verified(second, webhook.secret);
    const replayed = await fetch(`${again}/api/v1/webhook-deliveries/1/replay`, { method: "POST" });
    assert.equal(replayed.status, 202);
    const messages = await receiver.messages(3);
    assert.notEqual(messages[2]?.headers["webhook-id"], first?.headers["webhook-id"]);
    assert.equal(messages[2]?.body, first?.body);
  });

  it("are refused with all that is wrong, and with 404 where there is none", async (t) => {
    const { call } = await setup(t);
    const { status, body } = await call("POST", "/api/v1/webhooks", { url: "gopher://x", events: ["job.begun"] });
    assert.deepEqual([status, Array.isArray(body.problems) && body.problems.length], [400, 2]);
    for (const [method, path] of [
      ["GET", "/api/v1/webhooks/9"],
      ["DELETE", "/api/v1/webhooks/9"],
      ["POST", "/api/v1/webhooks/9/rotate"],
      ["POST", "/api/v1/webhooks/9/ping"],
    ] as const) {
      assert.equal((await call(method, path)).body.code, "webhook_not_found");
    }
    assert.equal((await call("POST", "/api/v1/webhook-deliveries/9/replay")).body.code, "delivery_not_found");
  });
});
