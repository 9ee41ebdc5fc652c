/** What runs of schedules submit, over a clock that the test moves: photos of a bucket once each, files as they are kept. */
import assert from "node:assert/strict";
import { describe, it, type TestContext } from "node:test";
import { ImageFault } from "../domain/error-codes.ts";
import { LedgerUnavailable } from "../ledger/port/ledger-unavailable.ts";
import { aStore } from "../testing/ledger-builders.ts";
import { bytesOf, DAY, HOUR, MANIFEST, MINUTE, setupSchedules } from "../testing/running-schedules.ts";

const BUCKET = {
  kind: "bucket",
  from: "s3://photos/in/",
  visits: "{store}/{date}/{name}.jpg",
  take: "new",
} as const;

/** Schedules beside a bucket whose keys the test changes; one that is `in/refused` is no key. */
async function setupBucket(
  t: TestContext,
  {
    processes = 1,
    keys = ["in/S1/2026-11-26/a.jpg", "in/S1/2026-11-27/a.jpg", "in/notes.txt"],
  }: { processes?: number; keys?: string[] } = {},
) {
  const asked: string[] = [];
  const schedules = await setupSchedules(t, {
    processes,
    async *listBucket(_, { bucket, key }) {
      asked.push(`${bucket} ${key}`);
      if (keys.includes("in/refused")) throw new ImageFault("not_found", "there is no such bucket");
      for (const found of keys) yield [{ key: found }];
    },
  });
  return { ...schedules, keys, asked };
}

describe("runs of schedules", () => {
  it("take the photos of a bucket that are new since the runs before, and note where none is", async (t) => {
    const { add, jobs, pass, runs, keys, urlsOf } = await setupBucket(t);
    await add({ source: BUCKET });
    await pass(HOUR);
    assert.deepEqual(await urlsOf(1), ["s3://photos/in/S1/2026-11-26/a.jpg", "s3://photos/in/S1/2026-11-27/a.jpg"]);
    await pass(DAY);
    assert.equal((await jobs()).length, 1);
    assert.partialDeepStrictEqual(await runs(), [{ jobId: null, error: null }, { jobId: 1 }]);
    keys.push("in/S2/2026-11-28/b.jpg");
    await pass(DAY);
    assert.deepEqual(await urlsOf(2), ["s3://photos/in/S2/2026-11-28/b.jpg"]);
    assert.deepEqual(await jobs(), ["schedule-1-2026-11-28", "schedule-1-2026-11-30"]);
  });

  it("take whatever is in a bucket at each run where that is asked for", async (t) => {
    const { add, jobs, pass, urlsOf } = await setupBucket(t);
    await add({ source: { ...BUCKET, take: "all" } });
    await pass(HOUR + DAY);
    assert.equal((await jobs()).length, 2);
    assert.deepEqual(await urlsOf(2), await urlsOf(1));
  });

  it("lose no photo of a bucket, and take none twice, where the process dies on either side of the seal", async (t) => {
    const { add, jobs, pass, loops, start, keys, urlsOf, ledger, runs } = await setupBucket(t, { processes: 0 });
    const killed = async (): Promise<never> => {
      throw new LedgerUnavailable("killed");
    };
    await add({ source: BUCKET });
    const before = start({ sealJob: killed });
    await pass(30 * MINUTE);
    await before.stop();
    const behind = start({ sealJob: async (...args) => (await ledger.sealJob(...args)) && (await killed()) });
    await pass(2 * MINUTE);
    await behind.stop();
    assert.equal((await urlsOf(1)).length, 2);
    loops.push(start());
    keys.push("in/S2/2026-11-28/b.jpg");
    await pass(DAY);
    assert.deepEqual(await urlsOf(2), ["s3://photos/in/S2/2026-11-28/b.jpg"]);
    assert.equal((await jobs()).length, 2);
    assert.deepEqual(
      (await runs()).map(({ error }) => error),
      [null, null],
    );
  });

  it("list a prefix of the run's day, and find nothing new where nothing is", async (t) => {
    const { add, jobs, pass, asked, runs } = await setupBucket(t, { keys: [] });
    await add({ source: { ...BUCKET, from: "az://photos/{date}/" } });
    await pass(HOUR);
    assert.deepEqual(asked, ["photos 2026-11-28/"]);
    assert.deepEqual(await jobs(), []);
    assert.partialDeepStrictEqual(await runs(), [{ jobId: null, error: null }]);
  });

  it("say what is wrong with a pattern that fits no key, and what the bucket refuses", async (t) => {
    const { add, pass, runs, keys } = await setupBucket(t, { keys: ["in/notes.txt"] });
    await add({ source: BUCKET });
    await pass(HOUR);
    assert.match((await runs())[0]?.error ?? "", /no key below s3:\/\/photos\/in\/ is a photo of the pattern/);
    keys.push("in/refused");
    await pass(DAY);
    assert.equal((await runs())[0]?.error, "there is no such bucket");
  });

  it("leave the photos of a run that was refused to the next", async (t) => {
    const { add, jobs, pass, urlsOf, keys, ledger } = await setupBucket(t);
    keys.push("in/S9/2026-11-27/a.jpg");
    await add({ source: BUCKET, options: { unknown_stores: "reject" } });
    await pass(HOUR);
    assert.deepEqual(await jobs(), []);
    await ledger.importStores([aStore({ id: "S9" })]);
    await pass(DAY);
    assert.equal((await urlsOf(1)).length, 3);
  });

  it("read a kept file at each run, in whatever format, with the day of the run in it", async (t) => {
    const files: string[] = [];
    const { add, pass, urlsOf } = await setupSchedules(t, {
      async readFile(file) {
        files.push(file);
        return bytesOf(MANIFEST);
      },
    });
    await add({ source: { kind: "file", file: "the file", name: "week.csv" } });
    await pass(HOUR + DAY);
    assert.deepEqual(files, ["the file", "the file"]);
    assert.deepEqual(await urlsOf(2), ["https://photos.example/2026-11-29.jpg"]);
  });
});
