/** What a person does with a bucket on the page, in a real browser over the real program and an emulator. */
import assert from "node:assert/strict";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { after, before, describe, it } from "node:test";
import type { Browser } from "playwright-core";
import { openBucket } from "../src/buckets/bucket.ts";
import { createBucketMemory } from "../src/buckets/bucket-memory.ts";
import { createBucketRequests } from "../src/pipeline/fetch/bucket-requests.ts";
import { createGuard } from "../src/pipeline/fetch/guard.ts";
import { systemClock } from "../src/process/clock.ts";
import { aPng } from "../src/testing/image-bytes.ts";
import { S3_EMULATOR, startS3Emulator } from "../src/testing/s3-emulator.ts";
import { CHROMIUM, findProgram } from "../src/testing/test-services.ts";
import { launchChromium } from "./launch-chromium.ts";
import { aDataDir, aLedgerOf, startService } from "./storewalk-process.ts";

const skip = findProgram(CHROMIUM.path, CHROMIUM.get).skip || S3_EMULATOR.skip;

describe("a bucket on the dashboard", { skip }, () => {
  let browser: Browser;
  before(async () => {
    browser = await launchChromium();
  });
  after(() => browser?.close());

  it("is looked into, says what is left out, becomes a job, and is taken from night by night", async (t) => {
    const emulator = await startS3Emulator();
    t.after(() => emulator.close());
    const requests = createBucketRequests(createGuard({ allowHosts: [emulator.host] }), { keptConnections: true });
    t.after(() => requests.close());
    const bucket = openBucket({
      access: emulator.access,
      bucket: { scheme: "s3", bucket: emulator.bucket },
      memory: createBucketMemory(),
      send: requests.send,
      clock: systemClock,
      random: Math.random,
    });
    const photo = aPng({ width: 30, height: 20 });
    const path = join(aDataDir(t), "photo.png");
    writeFileSync(path, photo);
    for (const key of ["in/S1/2026-11-27/1.png", "in/S1/2026-11-27/2.png", "in/notes.txt"]) {
      await bucket.put(key, { path, bytes: photo.length });
    }
    const settings = { STOREWALK_PORT: "0", ...aLedgerOf(t), STOREWALK_ALLOW_HOSTS: emulator.host };
    const url = await startService(t, settings).ready;
    assert.ok(url);
    const { accessKeyId, secretAccessKey, endpoint } = emulator.access;
    const s3 = { access_key_id: accessKeyId, secret_access_key: secretAccessKey, endpoint, over_http: true };
    const page = await browser.newPage();
    t.after(() => page.close());
    page.setDefaultTimeout(CHROMIUM.patienceMs);

    await page.goto(`${url}/submit`);
    await page.getByLabel("All photos below").fill("s3://photos/in/");
    await page.getByLabel("Which parts of a name are what").fill("{store}/{date}/{name}.png");
    await page.getByRole("button", { name: "Preview" }).click();
    await page.getByText("there are no credentials for s3://photos").waitFor();

    const kept = await fetch(`${url}/api/v1/hosts/access`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({ pattern: "s3://photos", s3 }),
    });
    assert.equal(kept.status, 201, await kept.clone().text());
    await page.getByRole("button", { name: "Preview" }).click();
    await page.getByText("1 visit with 2 images can be submitted").waitFor();
    await page.getByText("1 key of 3 is left out:").waitFor();
    await page.getByText("in/notes.txt").waitFor();
    await page.getByRole("button", { name: "Submit 2 images of the bucket" }).click();
    await page.waitForURL(/\/jobs\/1$/);
    await page.getByText("completed").first().waitFor();

    await page.getByRole("link", { name: "Schedules" }).click();
    await page.getByLabel("Name").fill("Nightly photos");
    await page.getByLabel("Where the visits come from").selectOption("bucket");
    await page.getByLabel("All photos below").fill("s3://photos/in/");
    await page.getByLabel("Which parts of a name are what").fill("{store}/{date}/{name}.png");
    await page.getByRole("button", { name: "Add schedule" }).click();
    await page.getByText("new photos in s3://photos/in/").waitFor();
    await page.getByRole("button", { name: "Run now" }).click();
    await page.getByRole("link", { name: "Job 2" }).waitFor();
    await page.getByRole("button", { name: "Run now" }).click();
    await page.getByText("nothing new").waitFor();
  });
});
