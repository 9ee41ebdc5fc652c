/** A host that asks for patience without end, and a person who decides to wait no longer: in one process, and in a fleet over each of its engines. */
import assert from "node:assert/strict";
import { describe, it, type TestContext } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { Type } from "typebox";
import { Value } from "typebox/value";
import { SubmitReply } from "../src/http/schemas.ts";
import { aPng } from "../src/testing/image-bytes.ts";
import { type ImageHost, startImageHost } from "../src/testing/image-host.ts";
import { createTestDatabase } from "../src/testing/postgres-database.ts";
import { findService, POSTGRESQL, RABBITMQ } from "../src/testing/test-services.ts";
import { startFleet } from "./faults/fleet.ts";
import { readStatus } from "./numbered-job.ts";
import { aLedgerOf, runCommand, startService } from "./storewalk-process.ts";

const postgres = await findService(POSTGRESQL);
const rabbitmq = await findService(RABBITMQ);

const ILL = 200;
const WELL = 50;

const WaitingHosts = Type.Object({
  data: Type.Array(Type.Object({ host: Type.String(), images_waiting: Type.Integer(), refusals: Type.Integer() })),
});
const GivenUp = Type.Object({ host: Type.String(), jobs: Type.Array(Type.Integer()), detail: Type.String() });
const Result = Type.Object({
  image_url: Type.String(),
  code: Type.Union([Type.String(), Type.Null()]),
  detail: Type.Union([Type.String(), Type.Null()]),
  attempts: Type.Integer(),
});

/** One host asks to be left alone for a while, again and again; the other is well. */
async function twoHosts(t: TestContext) {
  const ill = await startImageHost({});
  const well = await startImageHost({});
  t.after(() => ill.close());
  t.after(() => well.close());
  const photo = { kind: "file", bytes: aPng({ width: 4, height: 3 }) } as const;
  const refusal = { kind: "status", status: 503, headers: { "retry-after": "3" } } as const;
  for (let no = 0; no < ILL; no += 1) ill.route(`/${no}.png`, refusal);
  for (let no = 0; no < WELL; no += 1) well.route(`/${no}.png`, photo);
  const recover = () => {
    for (let no = 0; no < ILL; no += 1) ill.route(`/${no}.png`, photo);
  };
  return { ill, well, recover };
}

type TwoHosts = Awaited<ReturnType<typeof twoHosts>>;
const settingsFor = ({ ill, well }: TwoHosts) => ({
  STOREWALK_ALLOW_HOSTS: `${ill.host},${well.host}`,
  STOREWALK_GPU_LATENCY_MS: "1",
  STOREWALK_LOG_LEVEL: "silent",
});

const urlsOf = (host: ImageHost, images: number) => Array.from({ length: images }, (_, no) => host.url(`/${no}.png`));

async function answerOf(address: string, path: string, init?: RequestInit): Promise<unknown> {
  for (;;) {
    const response = await fetch(address + path, init);
    const text = await response.text();
    if (response.ok) return JSON.parse(text);
    // A busy machine: to be tried again, as it says.
    assert.equal(response.status, 503, `${path}: ${text}`);
    await sleep(1_000 * Number(response.headers.get("retry-after")));
  }
}

async function submit(address: string, urls: readonly string[]): Promise<number> {
  const visits = [{ store_id: "S1", visit_time: "2026-01-05", image_url: urls }];
  const headers = { "content-type": "application/json" };
  const init = { method: "POST", headers, body: JSON.stringify({ count: 1, visits }) };
  return Value.Parse(SubmitReply, await answerOf(address, "/api/submit", init)).job_id;
}

async function untilOver(address: string, jobId: number) {
  for (;;) {
    const status = await readStatus(address, jobId);
    if (status.status !== "ongoing") return status;
    await sleep(100);
  }
}

async function waitingFor(address: string, host: string, isSo: (images: number) => boolean): Promise<void> {
  for (;;) {
    const { data } = Value.Parse(WaitingHosts, await answerOf(address, "/api/v1/hosts"));
    if (isSo(data.find((one) => one.host === host)?.images_waiting ?? 0)) return;
    await sleep(100);
  }
}

async function resultsOf(address: string, jobId: number) {
  const text = await (await fetch(`${address}/api/v1/jobs/${jobId}/results`)).text();
  return text
    .trimEnd()
    .split("\n")
    .map((line) => Value.Parse(Result, JSON.parse(line)));
}

/** What a person sees and does, from the trouble to the retry. */
async function story(address: string, { ill, well, recover }: TwoHosts): Promise<void> {
  const jobId = await submit(address, [...urlsOf(ill, ILL), ...urlsOf(well, WELL)]);
  await waitingFor(address, ill.host, (images) => images > ILL / 2);
  while ((await readStatus(address, jobId)).counts.succeeded < WELL) await sleep(100);

  const path = `/api/v1/hosts/${encodeURIComponent(ill.host)}/give-up`;
  const givenUp = Value.Parse(GivenUp, await answerOf(address, path, { method: "POST" }));
  assert.deepEqual(givenUp.jobs, [jobId]);
  const status = await untilOver(address, jobId);
  assert.equal(status.status, "failed");
  assert.deepEqual([status.counts.succeeded, status.counts.failed], [WELL, ILL]);
  const failures = (await resultsOf(address, jobId)).filter(({ code }) => code !== null);
  const never = failures.filter(({ code }) => code === "host_unavailable");
  assert.ok(never.length > ILL / 2, `${never.length} were never asked for`);
  for (const { detail, attempts } of never) {
    assert.deepEqual([detail, attempts], [`never asked for: ${givenUp.detail}`, 0]);
  }
  assert.match(givenUp.detail, /was given up by somebody without a key, its last failure: .*503/);
  for (const { code, detail } of failures) {
    if (code === "host_unavailable") continue;
    assert.match(detail ?? "", /503.*not asked again: .*was given up by somebody without a key/);
  }

  recover();
  const body = JSON.stringify({ host: ill.host });
  const headers = { "content-type": "application/json" };
  await answerOf(address, `/api/v1/jobs/${jobId}/retry`, { method: "POST", headers, body });
  const retried = await untilOver(address, jobId);
  assert.deepEqual([retried.status, retried.counts.failed], ["completed", 0]);
}

describe("a host that a person gives up", () => {
  it("fails its images at once in one process, and is asked again by a retry", async (t) => {
    const hosts = await twoHosts(t);
    const settings = { STOREWALK_PORT: "0", ...aLedgerOf(t), ...settingsFor(hosts) };
    const address = await startService(t, settings).ready;
    assert.ok(address);
    await story(address, hosts);
    const { code, stdout } = await runCommand(["hosts", "give-up", hosts.ill.host, "--json", "--url", address]);
    assert.equal(code, 0);
    assert.deepEqual(Value.Parse(GivenUp, JSON.parse(stdout)).jobs, []);
    // What is told of hosts is some seconds old.
    await waitingFor(address, hosts.ill.host, (images) => images === 0);
    assert.equal((await runCommand(["hosts", "waiting", "--json", "--url", address])).stdout.trim(), "[]");
    // An order without a job to hold for is held against no later one.
    const later = await submit(address, urlsOf(hosts.ill, 20));
    assert.equal((await untilOver(address, later)).status, "completed");
  });

  for (const [engine, amqpUrl, skip] of [
    ["RabbitMQ", rabbitmq.url, postgres.skip || rabbitmq.skip],
    ["PostgreSQL alone", undefined, postgres.skip],
  ] as const) {
    it(`fails its images at once in a fleet over ${engine}, and is asked again by a retry`, { skip }, async (t) => {
      const hosts = await twoHosts(t);
      const database = await createTestDatabase(postgres.url);
      const engines = amqpUrl === undefined ? {} : { amqpUrl };
      const options = { databaseUrl: database.url, ...engines, apis: 1, workers: 2, settings: settingsFor(hosts) };
      const fleet = await startFleet(t, options);
      t.after(() => database.drop());
      await story(fleet.addresses[0] ?? "", hosts);
    });
  }
});
