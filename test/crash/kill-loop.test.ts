import assert from "node:assert/strict";
import { once } from "node:events";
import { createServer } from "node:net";
import { describe, it } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { createRandom } from "../../src/pipeline/gpu/random.ts";
import {
  assertFinishedRight,
  readStatus,
  STORE_MASTER,
  startNumberedHost,
  startPoller,
  submitNumbered,
} from "../numbered-job.ts";
import { aDataDir, runCommand, startService } from "../storewalk-process.ts";

const IMAGES = 10_000;
const KILLS = Number(process.env.CRASH_KILLS ?? 30);
const SEED = Number(process.env.CRASH_SEED ?? Date.now() % 1_000_000);
const GPU_MEAN_S = 0.25;
/** Running time between two kills on average; the GPU is sized so that the job lasts as long as all of them. */
const RUN_S = 0.6;
const GPU_STREAMS = Math.max(4, Math.round((IMAGES * GPU_MEAN_S) / (KILLS * RUN_S)));

async function freePort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const bound = server.address();
  server.close();
  await once(server, "close");
  return bound === null || typeof bound === "string" ? 0 : bound.port;
}

describe("a service killed again and again", () => {
  it(`finishes a job of ${IMAGES} images over ${KILLS} kills: none lost, none counted twice, progress never falls`, async (t) => {
    t.diagnostic(`seed ${SEED}; repeat with CRASH_SEED=${SEED}`);
    const random = createRandom(SEED);
    const host = await startNumberedHost(t);
    const port = await freePort();
    const address = `http://127.0.0.1:${port}`;
    const settings = {
      STOREWALK_PORT: String(port),
      STOREWALK_DATA_DIR: aDataDir(t),
      STOREWALK_ALLOW_HOSTS: new URL(host).host,
      STOREWALK_GPU_DEVICES: "1",
      STOREWALK_GPU_STREAMS: String(GPU_STREAMS),
    };
    assert.equal((await runCommand(["stores", "import", "-"], { settings, stdin: STORE_MASTER })).code, 0);
    let service = startService(t, settings);
    assert.equal(await service.ready, address);
    const jobId = await submitNumbered(address, host, IMAGES);
    const poller = startPoller([address], jobId);
    t.after(() => poller.stop());

    for (let kill = 0; kill < KILLS; kill++) {
      // Some kills meet the service while it starts; most while it works.
      const starting = kill % 7 === 3;
      await sleep(starting ? random() * 400 : random() * 2 * RUN_S * 1_000);
      service.process.kill("SIGKILL");
      await once(service.process, "exit");
      service = startService(t, settings);
      if ((kill + 1) % 7 !== 3) assert.equal(await service.ready, address);
    }
    const killedAt = (await readStatus(address, jobId)).counts.done;
    await assertFinishedRight(address, jobId, IMAGES);
    t.diagnostic(`${KILLS} kills, the last at ${killedAt} of ${IMAGES} images`);
    assert.deepEqual(await poller.stop(), []);
  });
});
