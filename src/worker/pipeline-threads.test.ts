import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { getPriority } from "node:os";
import { describe, it, type TestContext } from "node:test";
import { setTimeout } from "node:timers/promises";
import type { ImageResult, ImageTask } from "../domain/job.ts";
import { createStageCells, readStageCells } from "../pipeline/stage-cells.ts";
import { aWebAccess } from "../testing/guarded-host.ts";
import { startPipelineThreads } from "./pipeline-threads.ts";
import type { ThreadRun } from "./worker.ts";

const ENTRY = new URL("../testing/killer-thread.ts", import.meta.url);
const never = new AbortController().signal;
const untold = () => {};

function aRun(...urls: readonly string[]): ThreadRun {
  const images = urls.map(
    (url, no): ImageTask => ({ no, url, storeId: "S1", storeKnown: true, visit: 0, visitTime: "2024" }),
  );
  return { lane: "1", access: [], integrity: "complete", inspect: "off", images };
}

function setup(t: TestContext, threads = 1, restMs = 60_000) {
  const deaths: unknown[] = [];
  const cells = Array.from({ length: threads }, () => createStageCells(1));
  const pipeline = startPipelineThreads({
    settings: cells.map((each) => ({ cells: each })),
    entry: ENTRY,
    restMs,
    onBug: (message) => assert.fail(message),
    onHosts: () => {},
    onHostGivenUp: (message) => assert.fail(message),
    onThreadDied: (error) => deaths.push(error),
  });
  t.after(() => pipeline.stop());
  const results: ImageResult[] = [];
  const collect = (batch: readonly ImageResult[]) => void results.push(...batch);
  /** The number of the thread that took a run. */
  async function threadOfARun(): Promise<number | undefined> {
    const taken: ImageResult[] = [];
    assert.equal(await pipeline.runImages(aRun("a"), (batch) => void taken.push(...batch), never, untold), "finished");
    return taken[0]?.outcome.height;
  }
  return { ...pipeline, deaths, results, collect, threadOfARun, reading: () => readStageCells(cells) };
}

/** Of each thread of this process, as the system has it (proc_pid_stat(5), the 19th field). */
function niceness(): readonly number[] {
  return readdirSync("/proc/self/task").map((thread) => {
    const [, fields = ""] = readFileSync(`/proc/self/task/${thread}/stat`, "utf8").split(") ");
    return Number(fields.split(" ")[16]);
  });
}

describe("the pipeline's threads", () => {
  it("send what a run began with, and what it was told since, for its own lane alone", async (t) => {
    const { runImages, tellAccess } = setup(t);
    const widths: number[][] = [[], [], []];
    const run = (no: number, given: Partial<ThreadRun> = {}) =>
      runImages(
        { ...aRun("who:"), lane: String(no), ...given },
        (batch) => void widths[no]?.push(...batch.map(({ outcome }) => outcome.width ?? 0)),
        never,
        untold,
      );
    const row = (value: string) => [aWebAccess("photos.example", { headers: [["X-Key", value]] })];
    await run(0, { access: row("abc") });
    const [one, two] = [run(1), run(2)];
    tellAccess("1", row("abcdefg"));
    await one;
    assert.deepEqual(widths, [[3], [7], []]);
    tellAccess("2", row("abcdefghi"));
    await two;
    assert.deepEqual(widths, [[3], [7], [9]]);
  });

  it("deliver a result for each image before the run is over", async (t) => {
    const { runImages, results, collect } = setup(t);
    assert.equal(await runImages(aRun("a", "bb", "ccc"), collect, never, untold), "finished");
    assert.deepEqual(
      results.map(({ no, outcome }) => [no, outcome.width]),
      [
        [0, 1],
        [1, 2],
        [2, 3],
      ],
    );
  });

  it("end a run as crashed when its thread dies, and run the next one on a new thread", async (t) => {
    const { runImages, deaths, collect } = setup(t);
    assert.equal(await runImages(aRun("a", "kill:"), collect, never, untold), "crashed");
    assert.equal(deaths.length, 1);
    assert.equal(await runImages(aRun("a"), collect, never, untold), "finished");
  });

  it("start as they are needed: one is enough for one run after the other", async (t) => {
    const { threadOfARun } = setup(t, 3);
    const first = await threadOfARun();
    for (const _ of [1, 2, 3]) assert.equal(await threadOfARun(), first);
  });

  it("end after a rest, and start again for the next run", async (t) => {
    const { threadOfARun, deaths } = setup(t, 1, 0);
    const first = await threadOfARun();
    // A run that comes before the rest begins it anew.
    do await setTimeout(5);
    while ((await threadOfARun()) === first);
    assert.deepEqual(deaths, []);
  });

  it("give way to the threads that somebody waits for", { skip: process.platform !== "linux" }, async (t) => {
    const { threadOfARun } = setup(t);
    const behind = getPriority() + 5;
    assert.ok(!niceness().includes(behind));
    await threadOfARun();
    assert.ok(niceness().includes(behind));
  });

  it("leave the runs of other threads alone when one dies", async (t) => {
    const { runImages, collect, results } = setup(t, 2);
    const aborting = new AbortController();
    const hanging = runImages(aRun("hang:"), collect, aborting.signal, untold);
    assert.equal(await runImages(aRun("kill:", "kill:"), collect, never, untold), "crashed");
    aborting.abort();
    assert.equal(await hanging, "aborted");
    assert.deepEqual(results, []);
  });

  it("abort a run and keep the results that it had", async (t) => {
    const { runImages, results } = setup(t);
    const aborting = new AbortController();
    const first = Promise.withResolvers<void>();
    const run = runImages(
      aRun("a", "hang:"),
      (batch) => {
        results.push(...batch);
        first.resolve();
      },
      aborting.signal,
      untold,
    );
    await first.promise;
    aborting.abort();
    assert.equal(await run, "aborted");
    assert.deepEqual(
      results.map(({ no }) => no),
      [0],
    );
  });

  it("do not begin a run that was aborted before", async (t) => {
    const { runImages, collect } = setup(t);
    assert.equal(await runImages(aRun("kill:"), collect, AbortSignal.abort(), untold), "aborted");
  });

  it("keep the counts of one that dies, and go on from there without what it had in flight", async (t) => {
    const { runImages, collect, reading } = setup(t);
    const images = () => reading().times.total.buckets.reduce((sum, count) => sum + count, 0);
    assert.equal(await runImages(aRun("a", "b"), collect, never, untold), "finished");
    assert.equal(images(), 2);
    assert.equal(await runImages(aRun("kill:"), collect, never, untold), "crashed");
    assert.deepEqual([images(), reading().inFlight.fetch], [2, 1]);
    assert.equal(await runImages(aRun("c"), collect, never, untold), "finished");
    assert.deepEqual([images(), reading().inFlight.fetch], [3, 0]);
  });
});
