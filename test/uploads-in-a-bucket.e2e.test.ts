/** Photos that come with their submission, kept in a bucket by processes that share nothing but it and their engines. */
import assert from "node:assert/strict";
import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { describe, it } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { Value } from "typebox/value";
import { SubmitReply } from "../src/http/schemas.ts";
import { XLSX_TYPE } from "../src/http/submission/submission-format.ts";
import { aPng } from "../src/testing/image-bytes.ts";
import { createTestDatabase } from "../src/testing/postgres-database.ts";
import { S3_EMULATOR, startS3Emulator } from "../src/testing/s3-emulator.ts";
import { findService, POSTGRESQL } from "../src/testing/test-services.ts";
import { textRows, workbook } from "../src/testing/workbook.ts";
import { callAt } from "./call-service.ts";
import { startFleet } from "./faults/fleet.ts";
import { readStatus } from "./numbered-job.ts";
import { aDataDir, type Environment, runCommand } from "./storewalk-process.ts";

const postgres = await findService(POSTGRESQL);
const skip = postgres.skip || S3_EMULATOR.skip;

function aForm(photos: readonly string[]): FormData {
  const form = new FormData();
  const urls = photos.map((name) => `file:${name}`);
  form.append(
    "job",
    JSON.stringify({ count: 1, visits: [{ store_id: "S1", image_url: urls, visit_time: "2026-11-27" }] }),
  );
  for (const [at, name] of photos.entries())
    form.append("photos", new Blob([aPng({ width: at + 2, height: 3 })]), name);
  return form;
}

describe("a fleet that keeps uploaded photos in a bucket", { skip }, () => {
  it("measures on one process what came to another, with no folder between them", async (t) => {
    const emulator = await startS3Emulator();
    t.after(() => emulator.close());
    const database = await createTestDatabase(postgres.url);
    const { endpoint, accessKeyId, secretAccessKey } = emulator.access;
    const settings: Environment = {
      STOREWALK_UPLOAD_URL: `s3://${emulator.bucket}/uploads`,
      AWS_ENDPOINT_URL: endpoint ?? "",
      AWS_ACCESS_KEY_ID: accessKeyId,
      AWS_SECRET_ACCESS_KEY: secretAccessKey,
      AWS_REGION: "",
      AWS_SESSION_TOKEN: "",
    };
    const ofApi = aDataDir(t);
    const fleet = await startFleet(t, {
      databaseUrl: database.url,
      apis: 1,
      workers: 0,
      settings: { ...settings, STOREWALK_DATA_DIR: ofApi },
    });
    t.after(() => database.drop());
    await fleet.startWorker({ STOREWALK_DATA_DIR: aDataDir(t) });
    const [address = ""] = fleet.addresses;

    const answer = await fetch(`${address}/api/submit`, { method: "POST", body: aForm(["a.png", "shelf 2 ü.png"]) });
    assert.equal(answer.status, 201, await answer.clone().text());
    const { job_id: jobId } = Value.Parse(SubmitReply, await answer.json());
    while ((await readStatus(address, jobId)).status === "ongoing") await sleep(50);

    const report = await fetch(`${address}/api/v1/jobs/${jobId}/results?format=csv`);
    const rows = await report.text();
    assert.equal((await readStatus(address, jobId)).status, "completed", rows);
    const thumbnail = await fetch(`${address}/api/v1/jobs/${jobId}/images/1/thumbnail`);
    assert.equal(thumbnail.status, 200, await thumbnail.clone().text());

    // A workbook that a schedule keeps lies there too.
    const cells = [
      ["store_id", "image_url", "visit_time"],
      ["S1", "http://127.0.0.1:9/1.jpg", "2026-11-27"],
    ];
    const kept = await fetch(`${address}/api/v1/schedules/files`, {
      method: "POST",
      headers: { "content-type": XLSX_TYPE },
      body: new Blob([await workbook({ rows: textRows(cells) })]),
    });
    assert.equal(kept.status, 201, await kept.clone().text());
    const { file, format } = (await kept.json()) as { readonly file: string; readonly format: string };
    const schedule = { name: "weekly", cron: "0 6 * * 1", source: { file, name: "week.xlsx" }, format };
    const made = await callAt(address, "POST", "/api/v1/schedules", schedule);
    assert.equal(made.status, 201, JSON.stringify(made.body));
    await callAt(address, "POST", "/api/v1/schedules/1/run");
    const runs = async () => (await callAt(address, "GET", "/api/v1/schedules/1")).body.runs as readonly unknown[];
    while ((await runs()).length === 0);
    assert.partialDeepStrictEqual(await runs(), [{ outcome: "made", job_id: jobId + 1 }]);

    assert.ok(!existsSync(join(ofApi, "uploads")), "no folder of photos");
    assert.deepEqual(readdirSync(join(ofApi, "incoming-uploads")), []);
  });
});

describe("storewalk doctor", { skip: S3_EMULATOR.skip }, () => {
  it("says whether the bucket of uploaded photos can be listed, and what to do where it cannot", async (t) => {
    const emulator = await startS3Emulator();
    t.after(() => emulator.close());
    const look = (secret: string) =>
      runCommand(["doctor"], {
        settings: {
          STOREWALK_PORT: "0",
          STOREWALK_DATA_DIR: aDataDir(t),
          STOREWALK_UPLOAD_URL: `s3://${emulator.bucket}/uploads`,
          AWS_ENDPOINT_URL: emulator.access.endpoint ?? "",
          AWS_ACCESS_KEY_ID: emulator.access.accessKeyId,
          AWS_SECRET_ACCESS_KEY: secret,
        },
      });
    assert.match(
      (await look(emulator.access.secretAccessKey)).stdout,
      /✓ uploaded photos are kept in s3:\/\/photos\/uploads\//,
    );
    const { code, stdout } = await look("wrong");
    assert.match(stdout, /✗ the bucket of uploaded photos cannot be listed: .*the secret does not belong to the key/);
    assert.equal(code, 78);
  });
});
