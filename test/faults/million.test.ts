/** One large job in a fleet over PostgreSQL alone, to its end and exact: `npm run test:million` with a million images. */
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { createTestDatabase } from "../../src/testing/postgres-database.ts";
import { findService, POSTGRESQL } from "../../src/testing/test-services.ts";
import { sizeOf } from "../campaigns.ts";
import { assertFinishedRight, assertSummedRight, missingAmong, startPoller, submitNumbered } from "../numbered-job.ts";
import { assertTablesAgree, startFleet } from "./fleet.ts";

const IMAGES = sizeOf("million");
const postgres = await findService(POSTGRESQL);

describe("a large job in a fleet", { skip: postgres.skip }, () => {
  it(`ends with every one of its ${IMAGES} images exactly once, in results, counters, sums and summary`, async (t) => {
    const database = await createTestDatabase(postgres.url);
    const fleet = await startFleet(t, {
      databaseUrl: database.url,
      apis: 1,
      workers: 2,
      settings: { STOREWALK_GPU_LATENCY_MS: "0" },
    });
    t.after(() => database.drop());
    const [address = ""] = fleet.addresses;
    const begun = performance.now();
    const jobId = await submitNumbered(address, fleet.host, IMAGES);
    t.diagnostic(`accepted after ${seconds(begun)} s`);
    const poller = startPoller(t, [address], jobId);
    await poller.reached(IMAGES);
    t.diagnostic(`over after ${seconds(begun)} s`);
    await assertFinishedRight(address, jobId, IMAGES);
    await assertTablesAgree(fleet, jobId);
    assert.deepEqual(await poller.stop(), [], "progress never falls");
    await assertSummedRight(address, IMAGES);
    const summed = await fleet.row("select sum(images)::int as images from measured_sums where job = $1", jobId);
    assert.equal(summed.images, IMAGES - missingAmong(IMAGES));
    t.diagnostic(`all of it looked at after ${seconds(begun)} s`);
  });
});

const seconds = (from: number) => Math.round((performance.now() - from) / 1_000);
