import assert from "node:assert/strict";
import { describe, it } from "node:test";
import type { Backlog } from "../ledger/port/job-reader.ts";
import { createStageCells, readStageCells } from "../pipeline/stage-cells.ts";
import { createStageTimes } from "../pipeline/stage-times.ts";
import { seriesOf } from "../testing/metrics-text.ts";
import { createMetrics } from "./create-metrics.ts";

const BACKLOG: Backlog = { jobs: 2, images: 30, chunks: { pending: 3, queued: 2, running: 1 }, oldestQueuedMs: 1_500 };

/** Metrics on a clock that the test moves, over one thread's cells and a ledger that answers as the test says. */
function setup(readBacklog: () => Promise<Backlog> = async () => BACKLOG) {
  let at = 0;
  const cells = createStageCells(8);
  const metrics = createMetrics({ readBacklog, readPipeline: () => readStageCells([cells]), now: () => at });
  return {
    metrics,
    cells,
    pass: (ms: number) => {
      at += ms;
    },
    series: async () => seriesOf(await metrics.text()),
  };
}

describe("the metrics", () => {
  it("are a registry of their own in each process part", async () => {
    const [first, second] = [setup(), setup()];
    first.metrics.jobAccepted();
    assert.equal((await first.series()).get("storewalk_jobs_accepted_total"), 1);
    assert.equal((await second.series()).get("storewalk_jobs_accepted_total"), 0);
  });

  it("count what the ledger took for new: measured images, failures by code, ends of jobs", async () => {
    const { metrics, series } = setup();
    metrics.recorded({ inserted: 10, failures: { timeout: 2, not_found: 1 }, jobStatus: "failed" });
    metrics.recorded({ inserted: 0, failures: {}, jobStatus: null });
    metrics.jobCancelled();
    const values = await series();
    assert.deepEqual(
      [
        'storewalk_images_total{outcome="measured"}',
        'storewalk_images_total{outcome="failed",code="timeout"}',
        'storewalk_images_total{outcome="failed",code="not_found"}',
        'storewalk_images_total{outcome="failed",code="corrupt"}',
        'storewalk_jobs_ended_total{status="failed"}',
        'storewalk_jobs_ended_total{status="cancelled"}',
        'storewalk_jobs_ended_total{status="completed"}',
      ].map((name) => values.get(name)),
      [7, 2, 1, 0, 1, 1, 0],
    );
  });

  it("count what went wrong on the way", async () => {
    const { metrics, series } = setup();
    metrics.fenced();
    metrics.threadDied();
    metrics.rescued({ rescued: 3, split: 2 });
    const values = await series();
    assert.deepEqual(
      ["fenced", "thread_deaths", "rescued_chunks", "split_chunks"].map((name) =>
        values.get(`storewalk_${name}_total`),
      ),
      [1, 1, 3, 2],
    );
  });

  it("show a thread's stages as a histogram, and its GPU", async () => {
    const { cells, series } = setup();
    let at = 0;
    const times = createStageTimes({ cells, now: () => at });
    for (const ms of [62.5, 187.5]) {
      const passage = times.begin();
      passage.enter("fetch");
      at += ms;
      passage.end();
    }
    times.begin().enter("gpu");
    times.useGpu(5, 250);
    const values = await series();
    const fetched = (suffix: string) => values.get(`storewalk_image_stage_seconds_${suffix}`);
    assert.deepEqual(
      [
        fetched('bucket{stage="fetch",le="0.05"}'),
        fetched('bucket{stage="fetch",le="0.1"}'),
        fetched('bucket{stage="fetch",le="0.25"}'),
        fetched('bucket{stage="fetch",le="+Inf"}'),
        fetched('count{stage="fetch"}'),
        fetched('sum{stage="total"}'),
        fetched('count{stage="gpu"}'),
      ],
      [0, 1, 2, 2, 2, 0.25, 0],
    );
    assert.deepEqual(
      ['images_in_flight{stage="gpu"}', "gpu_places", "gpu_busy_places", "gpu_busy_seconds_total"].map((name) =>
        values.get(`storewalk_${name}`),
      ),
      [1, 8, 5, 0.25],
    );
  });

  it("show the ledger's backlog, read once a scrape", async () => {
    let reads = 0;
    const { series, pass } = setup(async () => {
      reads += 1;
      return BACKLOG;
    });
    await series();
    const values = await series();
    assert.deepEqual(
      [
        "ledger_up",
        "backlog_jobs",
        "backlog_images",
        'backlog_chunks{state="pending"}',
        'backlog_chunks{state="queued"}',
        'backlog_chunks{state="running"}',
        "backlog_oldest_queued_seconds",
      ].map((name) => values.get(`storewalk_${name}`)),
      [1, 2, 30, 3, 2, 1, 1.5],
    );
    assert.equal(reads, 1);
    pass(2_000);
    await series();
    assert.equal(reads, 2);
  });

  it("show no backlog while the ledger is away, and the rest all the same", async () => {
    let away = false;
    const { metrics, series, pass } = setup(async () => (away ? Promise.reject(new Error("away")) : BACKLOG));
    await series();
    away = true;
    pass(2_000);
    metrics.jobAccepted();
    const values = await series();
    assert.deepEqual(
      [...values.keys()].filter((name) => name.startsWith("storewalk_backlog")),
      [],
    );
    assert.deepEqual([values.get("storewalk_ledger_up"), values.get("storewalk_jobs_accepted_total")], [0, 1]);
    away = false;
    assert.equal((await series()).get("storewalk_backlog_images"), 30);
  });

  it("do not wait for a ledger that hangs", async () => {
    const { series } = setup(() => new Promise(() => {}));
    assert.equal((await series()).get("storewalk_ledger_up"), 0);
  });

  it("count requests by route, never by what a client may choose freely", async () => {
    const { metrics, series } = setup();
    metrics.requestOver({ route: "/api/v1/jobs/:id/results", method: "GET", status: 200, ms: 30 });
    metrics.requestOver({ route: null, method: "PROPFIND", status: 404, ms: 1 });
    metrics.requestOver({ route: "/api/status", method: "GET", status: null, ms: 1 });
    const counts = [...(await series()).keys()].filter((name) =>
      name.startsWith("storewalk_http_request_seconds_count"),
    );
    assert.deepEqual(counts, [
      'storewalk_http_request_seconds_count{route="/api/v1/jobs/:id/results",method="GET",status="200"}',
      'storewalk_http_request_seconds_count{route="none",method="other",status="404"}',
      'storewalk_http_request_seconds_count{route="/api/status",method="GET",status="none"}',
    ]);
  });

  it("show how late the event loop ran since the scrape before", async () => {
    const { series } = setup();
    const greatest = async () => (await series()).get('storewalk_event_loop_lag_seconds{quantile="1"}') ?? 0;
    const turns = async () => {
      for (let turn = 0; turn < 3; turn++) await new Promise((resolve) => setTimeout(resolve, 15));
    };
    await turns();
    const until = performance.now() + 500;
    while (performance.now() < until);
    await turns();
    const late = await greatest();
    assert.ok(late > 0.45 && late < 60, String(late));
    await turns();
    assert.ok((await greatest()) < late);
  });
});
