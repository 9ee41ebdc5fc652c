/** People's orders to give a host up, on their way from the ledger to the runs of a process. */
import assert from "node:assert/strict";
import { describe, it, type TestContext } from "node:test";
import type { ImageTask } from "../domain/job.ts";
import type { GivenUpHost } from "../ledger/port/host-ledger.ts";
import { createFakeClock } from "../testing/fake-clock.ts";
import { startGivenUpHosts } from "./given-up-hosts.ts";
import type { RunResult } from "./judge.ts";
import type { ImageRun, RunEnd } from "./worker.ts";

const SENTENCE = "somebody gave up waiting for a.example";
const ORDER: GivenUpHost = { jobId: 7, host: "a.example", sentence: SENTENCE };
const anImage = (no: number, host: string): ImageTask => ({
  no,
  url: `http://${host}/${no}.jpg`,
  storeId: "S1",
  storeKnown: true,
  visit: 0,
  visitTime: "2026-01-05",
});
const aRun = (images: readonly ImageTask[], lane = "7"): ImageRun => ({
  lane,
  integrity: "complete",
  inspect: "off",
  tenant: "",
  access: [],
  images,
});

function setup(t: TestContext) {
  const clock = createFakeClock();
  let orders: readonly GivenUpHost[] = [];
  const asked: (readonly number[])[] = [];
  const told: string[] = [];
  /** The runs that the threads have, and how each ends. */
  const begun: { readonly run: ImageRun; readonly end: (end: RunEnd) => void }[] = [];
  const given = startGivenUpHosts({
    ledger: {
      async readGivenUpHosts(jobs) {
        asked.push(jobs);
        return orders.filter(({ jobId }) => jobs.includes(jobId));
      },
    },
    clock,
    runImages: (run) => {
      const { promise, resolve: end } = Promise.withResolvers<RunEnd>();
      begun.push({ run, end });
      return promise;
    },
    giveUp: ({ lane, host, sentence }) => told.push(`${lane} ${host}: ${sentence}`),
    onError: (error) => assert.fail(String(error)),
  });
  t.after(() => given.stop());
  const results: RunResult[] = [];
  const start = (run: ImageRun) =>
    given.runImages(
      run,
      (some) => void results.push(...some),
      new AbortController().signal,
      () => {},
    );
  function order(...some: readonly GivenUpHost[]): void {
    orders = some;
  }
  return { clock, start, begun, told, asked, results, order };
}

describe("hosts that somebody gave up", () => {
  it("are told of once to the threads, for the job that runs", async (t) => {
    const { clock, start, begun, told, order } = setup(t);
    const over = start(aRun([anImage(0, "a.example")]));
    order(ORDER, { ...ORDER, jobId: 8 });
    await clock.pass(3_000);
    assert.deepEqual(told, [`7 a.example: ${SENTENCE}`]);
    begun[0]?.end("finished");
    assert.equal(await over, "finished");
  });

  it("are not asked by a later chunk of the job: its images fail with the sentence, the others run", async (t) => {
    const { clock, start, begun, results, order } = setup(t);
    const first = start(aRun([anImage(0, "a.example")]));
    order(ORDER);
    await clock.pass(1_000);
    const second = start(aRun([anImage(1, "a.example"), anImage(2, "b.example")]));
    assert.deepEqual(
      begun[1]?.run.images.map(({ no }) => no),
      [2],
    );
    assert.deepEqual(
      results.map(({ no, outcome, attempts }) => [no, outcome.kind === "failed" && outcome.code, attempts]),
      [[1, "host_unavailable", 0]],
    );
    assert.equal(await start(aRun([anImage(3, "a.example")])), "finished");
    assert.equal(begun.length, 2);
    for (const { end } of begun) end("finished");
    await Promise.all([first, second]);
  });

  it("are no matter to another job", async (t) => {
    const { clock, start, begun, order } = setup(t);
    const mine = start(aRun([anImage(0, "a.example")]));
    order(ORDER);
    await clock.pass(1_000);
    const other = start(aRun([anImage(0, "a.example")], "8"));
    assert.equal(begun[1]?.run.images.length, 1);
    for (const { end } of begun) end("finished");
    await Promise.all([mine, other]);
  });

  it("are forgotten with the job's last run, so that its retry asks the host again", async (t) => {
    const { clock, start, begun, order } = setup(t);
    const first = start(aRun([anImage(0, "a.example")]));
    order(ORDER);
    await clock.pass(1_000);
    begun[0]?.end("finished");
    await first;
    order();
    const retried = start(aRun([anImage(0, "a.example")]));
    assert.equal(begun[1]?.run.images.length, 1);
    begun[1]?.end("finished");
    await retried;
  });

  it("are asked for only while something runs", async (t) => {
    const { clock, start, begun, asked } = setup(t);
    await clock.pass(5_000);
    assert.deepEqual(asked, []);
    const over = start(aRun([anImage(0, "a.example")]));
    await clock.pass(1_000);
    assert.deepEqual(asked, [[7]]);
    begun[0]?.end("finished");
    await over;
    await clock.pass(5_000);
    assert.equal(asked.length, 1);
  });
});
