import assert from "node:assert/strict";
import { once } from "node:events";
import { describe, it } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { createRandom } from "../../src/pipeline/gpu/random.ts";
import { freePort } from "../../src/testing/free-port.ts";
import { sizeOf } from "../campaigns.ts";
import {
  assertFinishedRight,
  assertSummedRight,
  readStatus,
  startNumberedHost,
  startPoller,
  submitNumbered,
} from "../numbered-job.ts";
import { aLedgerOf, startService } from "../storewalk-process.ts";

const KILLS = sizeOf("kills");
const IMAGES = Math.min(10_000, KILLS * 500);
const SEED = Number(process.env.CRASH_SEED ?? Date.now() % 1_000_000);
const GPU_MEAN_S = 0.25;
/** Running time between two kills on average; the GPU is sized so that the job lasts as long as all of them. */
const RUN_S = 0.6;
const GPU_STREAMS = Math.max(4, Math.round((IMAGES * GPU_MEAN_S) / (KILLS * RUN_S)));

/** Some kills meet the service while it starts; most while it works. */
const isWhileStarting = (kill: number) => kill < KILLS && kill % 7 === 1;

describe("a service killed again and again", () => {
  it(`finishes a job of ${IMAGES} images over ${KILLS} kills: none lost, none counted twice, progress never falls`, async (t) => {
    t.diagnostic(`seed ${SEED}; repeat with CRASH_SEED=${SEED}`);
    const random = createRandom(SEED);
    const host = await startNumberedHost(t);
    const port = await freePort();
    const address = `http://127.0.0.1:${port}`;
    const settings = {
      STOREWALK_PORT: String(port),
      ...aLedgerOf(t),
      STOREWALK_ALLOW_HOSTS: new URL(host).host,
      STOREWALK_GPU_DEVICES: "1",
      STOREWALK_GPU_STREAMS: String(GPU_STREAMS),
    };
    let service = startService(t, settings);
    assert.equal(await service.ready, address);
    const jobId = await submitNumbered(address, host, IMAGES);
    const poller = startPoller(t, [address], jobId);

    for (let kill = 0; kill < KILLS; kill++) {
      const starting = isWhileStarting(kill);
      await sleep(starting ? random() * 400 : random() * 2 * RUN_S * 1_000);
      service.process.kill("SIGKILL");
      await once(service.process, "exit");
      service = startService(t, settings);
      if (!isWhileStarting(kill + 1)) assert.equal(await service.ready, address);
    }
    const killedAt = (await readStatus(address, jobId)).counts.done;
    await assertFinishedRight(address, jobId, IMAGES);
    await assertSummedRight(address, IMAGES);
    t.diagnostic(`${KILLS} kills, the last at ${killedAt} of ${IMAGES} images`);
    assert.deepEqual(await poller.stop(), []);
  });
});
