import assert from "node:assert/strict";
import { once } from "node:events";
import { describe, it } from "node:test";
import { setTimeout as pause } from "node:timers/promises";
import { aPng } from "../src/testing/image-bytes.ts";
import { startImageHost } from "../src/testing/image-host.ts";
import { seriesOf } from "../src/testing/metrics-text.ts";
import { aLedgerOf, startService } from "./storewalk-process.ts";

const IMAGES = 300;
const MISSING = 20;

/** Asks again and again until the answer is the one that is waited for; the test's own limit ends it otherwise. */
async function until<T>(ask: () => Promise<T>, isIt: (answer: T) => boolean): Promise<T> {
  for (;;) {
    const answer = await ask();
    if (isIt(answer)) return answer;
    await pause(20);
  }
}

describe("a service that runs", () => {
  it("counts what it did in every part, and is not ready from the first moment of its stop", async (t) => {
    const host = await startImageHost({});
    t.after(() => host.close());
    for (let image = MISSING; image < IMAGES; image++) {
      host.route(`/${image}.png`, { kind: "file", bytes: aPng({ width: 3, height: 4 }) });
    }
    const settings = {
      STOREWALK_PORT: "0",
      ...aLedgerOf(t),
      STOREWALK_ALLOW_HOSTS: host.host,
      STOREWALK_GPU_LATENCY_MS: "10-20",
      STOREWALK_WORKER_THREADS: "2",
      STOREWALK_DRAIN_MS: "5000",
    };
    const service = startService(t, settings);
    const address = await service.ready;
    const image_url = Array.from({ length: IMAGES }, (_, image) => host.url(`/${image}.png`));
    const body = JSON.stringify({ count: 1, visits: [{ store_id: "S1", visit_time: "2024-05-01", image_url }] });
    await fetch(`${address}/api/submit`, { method: "POST", headers: { "content-type": "application/json" }, body });
    const scrape = async () => seriesOf(await (await fetch(`${address}/metrics`)).text());

    const series = await until(scrape, (now) => now.get('storewalk_jobs_ended_total{status="failed"}') === 1);
    const of = (name: string) => series.get(`storewalk_${name}`) ?? Number.NaN;
    const measured = IMAGES - MISSING;
    assert.deepEqual(
      [
        of("jobs_accepted_total"),
        of('images_total{outcome="measured"}'),
        of('images_total{outcome="failed",code="not_found"}'),
        of('image_stage_seconds_count{stage="fetch"}'),
        of('image_stage_seconds_count{stage="measure"}'),
        of('image_stage_seconds_count{stage="gpu"}'),
        of('image_stage_seconds_count{stage="total"}'),
        of('images_in_flight{stage="gpu"}'),
        of("gpu_places"),
        of("gpu_busy_places"),
        of("thread_deaths_total"),
        of("ledger_up"),
      ],
      [1, measured, MISSING, IMAGES, measured, measured, IMAGES, 0, 256, 0, 0, 1],
    );
    assert.ok(of("gpu_busy_seconds_total") >= 0.01 * measured && of("gpu_busy_seconds_total") < 0.021 * measured);
    assert.ok(of('ledger_call_seconds_count{method="record"}') > 0);

    const readiness = async () => {
      const answer = await fetch(`${address}/readyz`);
      return { status: answer.status, body: await answer.json() };
    };
    assert.equal((await readiness()).status, 200);
    service.process.kill("SIGTERM");
    const { body: reason } = await until(readiness, ({ status }) => status === 503);
    assert.deepEqual(reason, { status: "draining", reasons: ["the process is about to end"] });
    service.process.kill("SIGKILL");
    await once(service.process, "exit");
  });
});
