/**
 * The whole service over a decoder that crashes and hangs: of a thousand images one aborts the process that decodes it, one hangs in it. The
 * app is the real one; the test hands it pipeline threads whose decoding processes do as an image's mark says.
 */
import assert from "node:assert/strict";
import { describe, it, type TestContext } from "node:test";
import { setTimeout as pause } from "node:timers/promises";
import { Type } from "typebox";
import { Value } from "typebox/value";
import { startApp } from "../src/app/app.ts";
import { createLog } from "../src/process/log.ts";
import { loadConfig } from "../src/settings/config.ts";
import { aPng } from "../src/testing/image-bytes.ts";
import { bytesThatMakeIt } from "../src/testing/sick-decode-child.ts";
import { sizeOf } from "./campaigns.ts";
import { startLoopbackServer } from "./loopback-server.ts";
import { readStatus } from "./numbered-job.ts";
import { aDataDir, NEVER_BEHIND } from "./storewalk-process.ts";

const IMAGES = sizeOf("sickImages");
const SICK = IMAGES / 500;
const THREAD = new URL("../src/testing/sick-decode-thread.ts", import.meta.url);
/** Generous: the good ones keep to it on a busy machine too. */
const DECODE_MS = 10_000;
/** Images 250, 750, 1250 and so on: every second one aborts, every other one hangs. */
const deedOf = (image: number) => (image % 500 !== 250 ? null : image % 1_000 === 250 ? "abort" : "hang");
const widthOf = (image: number) => 1 + (image % 997);

const Result = Type.Object({
  image: Type.Integer(),
  outcome: Type.String(),
  width: Type.Union([Type.Integer(), Type.Null()]),
  code: Type.Union([Type.String(), Type.Null()]),
  detail: Type.Union([Type.String(), Type.Null()]),
});

async function startHost(t: TestContext): Promise<string> {
  const host = await startLoopbackServer(t, (request, response) => {
    const image = Number(request.url?.slice(1));
    const deed = deedOf(image);
    const trailing = deed === null ? new Uint8Array(0) : bytesThatMakeIt(deed);
    response.end(aPng({ width: widthOf(image), height: 1, trailing }));
  });
  return `http://${host}`;
}

async function startService(t: TestContext) {
  const environment = {
    STOREWALK_PORT: "0",
    ...NEVER_BEHIND,
    STOREWALK_DATA_DIR: aDataDir(t),
    STOREWALK_ALLOW_HOSTS: "127.0.0.1",
    STOREWALK_GPU_LATENCY_MS: "0",
    STOREWALK_WORKER_THREADS: "2",
    STOREWALK_INTEGRITY: "decode",
    STOREWALK_DECODE_MS: String(DECODE_MS),
  };
  const app = await startApp(loadConfig({}, environment), createLog("error"), { threadEntry: THREAD });
  t.after(() => app.stop());
  await app.ledger.importStores([{ id: "S1", name: "Corner shop", area: "1" }]);
  return app.address;
}

async function submit(address: string, host: string): Promise<number> {
  const image_url = Array.from({ length: IMAGES }, (_, image) => `${host}/${image}`);
  const body = JSON.stringify({ count: 1, visits: [{ store_id: "S1", visit_time: "2024-05-01", image_url }] });
  const headers = { "content-type": "application/json" };
  const response = await fetch(`${address}/api/submit`, { method: "POST", headers, body });
  return Value.Parse(Type.Object({ job_id: Type.Integer() }), await response.json()).job_id;
}

async function readResults(address: string, jobId: number) {
  const text = await (await fetch(`${address}/api/v1/jobs/${jobId}/results`)).text();
  return text
    .trimEnd()
    .split("\n")
    .map((line) => Value.Parse(Result, JSON.parse(line)));
}

describe(`${IMAGES} images, ${SICK / 2} of which abort their decoder and ${SICK / 2} of which hang in it`, () => {
  it(`end as ${IMAGES - SICK} right sizes and ${SICK} failures that name their cause`, async (t) => {
    const address = await startService(t);
    const jobId = await submit(address, await startHost(t));
    let status = await readStatus(address, jobId);
    // The service answers all the while; a poll that waits for a decoder would show here.
    for (; status.status === "ongoing"; status = await readStatus(address, jobId)) await pause(50);
    assert.deepEqual(
      [status.counts.done, status.counts.succeeded, status.counts.failed, status.failures_by_code],
      [IMAGES, IMAGES - SICK, SICK, { corrupt: SICK }],
    );

    const results = await readResults(address, jobId);
    assert.deepEqual(
      results.map(({ image }) => image),
      Array.from({ length: IMAGES }, (_, image) => image),
    );
    const details = { abort: "the decoder broke down over it", hang: `decoding took more than ${DECODE_MS} ms` };
    for (const { image, outcome, width, code, detail } of results) {
      const deed = deedOf(image);
      const wanted = deed === null ? ["measured", null, null] : ["failed", "corrupt", details[deed]];
      assert.deepEqual([outcome, code, detail, width], [...wanted, widthOf(image)], `image ${image}`);
    }
  });
});
