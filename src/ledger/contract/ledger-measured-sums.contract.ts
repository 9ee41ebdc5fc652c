/** The ledger's promises about what the measured images of a job come to: exactly their results, whatever happened on the way. */
import assert from "node:assert/strict";
import { it } from "node:test";
import { MEGAPIXEL_LABELS, megapixelClass } from "../../domain/megapixels.ts";
import { aVisit, claimNext, failed, measured, submitJob } from "../../testing/ledger-builders.ts";
import type { MeasuredSum } from "../port/job-reader.ts";
import type { Ledger } from "../port/ledger.ts";
import { LEASE_MS, type WithLedger } from "./ledger-under-test.ts";

const SMALL = { width: 300, height: 300 };
const LARGE = { width: 4_000, height: 3_000 };

/** Image 4 fails in its first run; the hosts are two. */
const resultOf = (no: number, isRetry = false) =>
  no % 7 === 4 && !isRetry
    ? failed(no)
    : { ...measured(no, { ...(no % 3 === 0 ? LARGE : SMALL), host: `${no % 2}.example` }), fetchMs: no };

function counted(images: readonly number[]): readonly MeasuredSum[] {
  const sums = new Map<string, MeasuredSum>();
  for (const no of images) {
    const [host, size] = [`${no % 2}.example`, megapixelClass(no % 3 === 0 ? LARGE : SMALL)];
    const known = sums.get(`${host} ${size}`) ?? { images: 0, timed: 0, totalMs: 0, worstMs: 0 };
    sums.set(`${host} ${size}`, {
      host,
      format: "jpeg",
      size,
      images: known.images + 1,
      timed: known.timed + 1,
      totalMs: known.totalMs + no,
      worstMs: Math.max(known.worstMs, no),
    });
  }
  return inOrder([...sums.values()]);
}

const inOrder = (sums: readonly MeasuredSum[] | null) =>
  (sums ?? []).toSorted((a, b) => a.host.localeCompare(b.host) || a.size - b.size);

/** All of one chunk, some of it twice: in one call, and by a call whose answer was lost. */
async function recordNext(ledger: Ledger, isRetry = false): Promise<readonly number[]> {
  const { lease, images } = await claimNext(ledger);
  const results = images.map(({ no }) => resultOf(no, isRetry));
  const [first] = results;
  assert.ok(first);
  const [early, late] = [results.slice(0, -1), results.slice(-1)];
  await ledger.record(lease, [...early, first, { ...first, ...failed(first.no, "timeout") }], LEASE_MS);
  await ledger.record(lease, [...early, ...late], LEASE_MS);
  return images.map(({ no }) => no);
}

export function describeMeasuredSums(withLedger: WithLedger): void {
  it("are none for a job without a result, and for one that there is not", () =>
    withLedger(async ({ ledger }) => {
      const jobId = await submitJob(ledger, [aVisit()]);
      assert.deepEqual(await ledger.readMeasuredSums(jobId), []);
      assert.deepEqual(await ledger.readMeasuredSums(jobId + 1), []);
    }));

  it("are those of all measured images by host, format and size, each once, also after a retry", () =>
    withLedger(async ({ ledger }) => {
      const other = await submitJob(ledger, [aVisit({ images: 3 })]);
      await recordNext(ledger);
      const jobId = await submitJob(ledger, [aVisit({ images: 250 })]);
      const run = [...(await recordNext(ledger)), ...(await recordNext(ledger)), ...(await recordNext(ledger))];
      const good = run.filter((no) => no % 7 !== 4);
      assert.ok(good.length < run.length && run.length === 250);
      assert.deepEqual(inOrder(await ledger.readMeasuredSums(jobId)), counted(good));
      assert.deepEqual(inOrder(await ledger.readMeasuredSums(other)), counted([0, 1, 2]));

      await ledger.retryImages(jobId, 1, [4, 11]);
      assert.deepEqual(inOrder(await ledger.readMeasuredSums(jobId)), counted(good));
      await recordNext(ledger, true);
      assert.deepEqual(inOrder(await ledger.readMeasuredSums(jobId)), counted([...good, 4, 11]));
    }));

  it("go with their job", () =>
    withLedger(async ({ ledger, passTime }) => {
      const jobId = await submitJob(ledger, [aVisit({ images: 2 })]);
      await recordNext(ledger);
      await passTime(10);
      while ((await ledger.prune(1)).more);
      assert.deepEqual(await ledger.readMeasuredSums(jobId), []);
      assert.equal(await ledger.readJob(jobId), null);
    }));

  it("know the classes of size by their bounds", () => {
    const classes = [0.1, 0.100_001, 50, 50.000_001].map((megapixels) =>
      megapixelClass({ width: 1_000, height: megapixels * 1_000 }),
    );
    assert.deepEqual(
      classes.map((at) => MEGAPIXEL_LABELS[at]),
      ["up to 0.1", "0.1 – 0.5", "20 – 50", "more than 50"],
    );
  });
}
