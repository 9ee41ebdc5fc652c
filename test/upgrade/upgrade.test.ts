/**
 * An upgrade as operators do it, with the real programs of both versions: in a fleet they run side by side over one database, on one machine the new one takes the folder
 * over in the middle of a job. Nothing is lost, nothing counted twice, and what the old one did not know is read as before.
 */
import assert from "node:assert/strict";
import { describe, it, type TestContext } from "node:test";
import { Type } from "typebox";
import { Value } from "typebox/value";
import { SubmitReply } from "../../src/http/schemas.ts";
import { aPng } from "../../src/testing/image-bytes.ts";
import { createTestDatabase } from "../../src/testing/postgres-database.ts";
import { findService, POSTGRESQL } from "../../src/testing/test-services.ts";
import { assertTablesAgree, end } from "../faults/fleet.ts";
import {
  assertFinishedRight,
  awaitEnd,
  missingAmong,
  startNumberedHost,
  startPoller,
  submitNumbered,
} from "../numbered-job.ts";
import { aDataDir, aLedgerOf, type Environment, type Service, startService } from "../storewalk-process.ts";
import { OLD_VERSION, unpackOldVersion } from "./old-version.ts";

const postgres = await findService(POSTGRESQL);
const IMAGES = 2_000;
/** Some five seconds of work for one worker. */
const SLOW: Environment = {
  STOREWALK_GPU_LATENCY_MS: "200-300",
  STOREWALK_GPU_DEVICES: "1",
  STOREWALK_GPU_STREAMS: "100",
  STOREWALK_LEASE_MS: "4000",
};
const Images = Type.Object({ data: Type.Array(Type.Object({ image_url: Type.String() })) });

async function submitPhoto(address: string, urls: readonly string[], photo: Blob | null): Promise<number> {
  const form = new FormData();
  form.append(
    "job",
    JSON.stringify({ count: 1, visits: [{ store_id: "S1", image_url: urls, visit_time: "2026-01-05" }] }),
  );
  if (photo) form.append("photos", photo, "1.png");
  const answer = await fetch(`${address}/api/submit`, { method: "POST", body: form });
  assert.equal(answer.status, 201, await answer.clone().text());
  return Value.Parse(SubmitReply, await answer.json()).job_id;
}

async function addressOf({ ready }: Service): Promise<string> {
  return (await ready) ?? assert.fail("the service must start");
}

async function summaryOf(address: string, jobId: number): Promise<string> {
  const answer = await fetch(`${address}/api/v1/jobs/${jobId}/summary`);
  const page = await answer.text();
  assert.equal(answer.status, 200, page);
  return page;
}

/** A database whose tables an old process makes, and processes of both versions over it. */
async function aMixedFleet(t: TestContext) {
  const host = await startNumberedHost(t);
  const database = await createTestDatabase(postgres.url);
  await database.query("drop schema public cascade; create schema public");
  const old = unpackOldVersion(t);
  const common: Environment = {
    ...SLOW,
    DATABASE_URL: database.url,
    STOREWALK_PORT: "0",
    STOREWALK_UPLOAD_DIR: aDataDir(t),
    STOREWALK_ALLOW_HOSTS: new URL(host).host,
    STOREWALK_LOG_LEVEL: "silent",
  };
  const services: Service[] = [];
  // Before the database goes, which hooks of this test take in their order.
  t.after(() => Promise.all(services.map(end)));
  t.after(() => database.drop());
  return {
    host,
    row: async (sql: string, ...values: readonly unknown[]) => (await database.query(sql, values))[0] ?? {},
    start(version: "old" | "new", role: "api" | "worker"): Service {
      const settings = { ...common, ...aLedgerOf(t), STOREWALK_ROLE: role };
      const service = version === "old" ? startService(t, settings, old) : startService(t, settings);
      services.push(service);
      return service;
    },
  };
}

describe("a fleet in the middle of an upgrade", { skip: postgres.skip || OLD_VERSION.skip }, () => {
  it("ends every job exactly, whichever version took it in, ran it, or died over it", async (t) => {
    const fleet = await aMixedFleet(t);
    const oldApi = await addressOf(fleet.start("old", "api"));
    const oldWorker = fleet.start("old", "worker");
    await addressOf(oldWorker);
    const before = await fleet.row("select max(version)::int as tables from schema_versions");
    const photoOfOld = await submitPhoto(oldApi, ["file:1.png"], new Blob([aPng({ width: 30, height: 20 })]));
    assert.equal((await awaitEnd(oldApi, photoOfOld)).status, "completed");

    const first = await submitNumbered(oldApi, fleet.host, IMAGES);
    const poller = startPoller(t, [oldApi], first);
    await poller.reached(IMAGES / 8);
    const newWorker = fleet.start("new", "worker");
    await addressOf(newWorker);
    const after = await fleet.row("select max(version)::int as tables from schema_versions");
    assert.ok(Number(after.tables) > Number(before.tables), "the old version must have older tables");
    const second = await submitNumbered(oldApi, fleet.host, IMAGES);
    const newApi = await addressOf(fleet.start("new", "api"));
    const third = await submitNumbered(newApi, fleet.host, IMAGES);
    const ofThird = startPoller(t, [oldApi, newApi], third);
    await ofThird.reached(IMAGES / 8);
    await end(oldWorker);

    for (const jobId of [first, second, third]) {
      await assertFinishedRight(newApi, jobId, IMAGES);
      await assertTablesAgree(fleet, jobId);
    }
    assert.deepEqual([await poller.stop(), await ofThird.stop()], [[], []]);

    // What the old version recorded is in none of the sums that it does not know, and all the same in the summary.
    for (const jobId of [first, third]) {
      const page = await summaryOf(newApi, jobId);
      const measured = IMAGES - missingAmong(IMAGES);
      assert.ok(page.includes(`<td>png</td><td class="n">${measured.toLocaleString("en")}</td>`), page);
    }

    const answer = await fetch(`${newApi}/api/v1/jobs/${photoOfOld}/images`);
    const [image] = Value.Parse(Images, await answer.json()).data;
    assert.ok(image);
    assert.equal((await awaitEnd(newApi, await submitPhoto(newApi, [image.image_url], null))).status, "completed");
    const fresh = new Blob([aPng({ width: 31, height: 20 })]);
    assert.equal((await awaitEnd(newApi, await submitPhoto(oldApi, ["file:1.png"], fresh))).status, "completed");
  });
});

describe("a service that is upgraded in the middle of a job", { skip: OLD_VERSION.skip }, () => {
  it("goes on with the folder of the version before, killed as it was", async (t) => {
    const host = await startNumberedHost(t);
    const settings = { ...SLOW, ...aLedgerOf(t), STOREWALK_PORT: "0", STOREWALK_ALLOW_HOSTS: new URL(host).host };
    const old = startService(t, settings, unpackOldVersion(t));
    const address = await addressOf(old);
    const jobId = await submitNumbered(address, host, IMAGES);
    await startPoller(t, [address], jobId).reached(IMAGES / 4);
    await end(old);
    const upgraded = await addressOf(startService(t, settings));
    await assertFinishedRight(upgraded, jobId, IMAGES);
  });
});
