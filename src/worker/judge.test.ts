/** What inspections mean beside each other, on the real ledger. */
import assert from "node:assert/strict";
import { describe, it, type TestContext } from "node:test";
import { LedgerUnavailable } from "../ledger/port/ledger-unavailable.ts";
import { openDatabase } from "../ledger/sqlite/database.ts";
import { createSqliteLedger } from "../ledger/sqlite/sqlite-ledger.ts";
import { aShelf, cropped, lit } from "../testing/grey-pictures.ts";
import { aStore, aVisit, claimNext, failed, measured, submitJob } from "../testing/ledger-builders.ts";
import { NO_EXIF } from "../truth/exif.ts";
import type { GreyPicture } from "../truth/grey-picture.ts";
import { inspectionOf } from "../truth/inspection.ts";
import { type ComparePhotos, comparePhotos } from "../truth/match.ts";
import { exifTime } from "../truth/wall-time.ts";
import { createJudge, type RunResult } from "./judge.ts";

const compare: ComparePhotos = async (later, photos) => comparePhotos(later, photos);
const NOON = "2026-03-06T12:00:00+05:30";

function seen(
  no: number,
  picture: GreyPicture | null,
  exif: Partial<typeof NO_EXIF> = {},
  digest: string | null = null,
  unseen: string | null = null,
): RunResult {
  const inspection = inspectionOf({ exif: { ...NO_EXIF, ...exif }, picture, thumbnail: null, unseen });
  return { ...measured(no, { width: 3000, height: 2000 }), inspected: { kind: "inspected", digest, inspection } };
}

function setup(t: TestContext) {
  const ledger = createSqliteLedger({ db: openDatabase(":memory:"), now: Date.now });
  t.after(() => ledger.close());
  const judge = createJudge({ ledger, compare, onError: assert.ifError });
  /** One job with a visit of one image for each store, judged; its results as readers see them. */
  async function judged(stores: readonly string[], results: readonly RunResult[], times = 1) {
    await submitJob(
      ledger,
      stores.map((storeId) => aVisit({ storeId, visitTime: NOON })),
      { inspect: "full" },
    );
    const { lease, images, rules } = await claimNext(ledger);
    for (let time = 1; time < times; time++) await judge({ jobId: lease.jobId, rules }, images, results);
    await ledger.record(lease, await judge({ jobId: lease.jobId, rules }, images, results), 1_000);
    return (await ledger.readResults(lease.jobId, { after: -1, limit: 10, onlyFailed: false })).rows;
  }
  return { ledger, judged, faults: [] as unknown[] };
}

describe("the judge", () => {
  it("names the earlier photo of another store, in this job and in those before", async (t) => {
    const { judged } = setup(t);
    const [first, second] = await judged(["S1", "S2"], [seen(0, aShelf(1)), seen(1, cropped(aShelf(1), 0.95))]);
    assert.deepEqual(first?.reuseOf, []);
    assert.partialDeepStrictEqual(second?.reuseOf, [
      {
        jobId: first?.jobId,
        image: 0,
        storeId: "S1",
        kind: "same_picture",
        why: "the same picture in another store (S1)",
      },
    ]);
    const [third] = await judged(["S3"], [seen(0, lit(aShelf(1), 0.8, 5))]);
    assert.deepEqual(third?.reuseOf.map(({ image }) => image).toSorted(), [0, 1]);
  });

  it("names the same file in two stores, as in the contract's sample", async (t) => {
    const [, second] = await setup(t).judged(["S1", "S2"], [seen(0, null, {}, "aa"), seen(1, null, {}, "aa")]);
    assert.partialDeepStrictEqual(second?.reuseOf, [
      { kind: "same_bytes", score: 1, why: "the same file in another store (S1)" },
    ]);
  });

  it("says the same when a chunk runs again: no image matches itself, no pair is there twice", async (t) => {
    const rows = await setup(t).judged(["S1", "S2"], [seen(0, aShelf(1), {}, "aa"), seen(1, aShelf(1), {}, "aa")], 3);
    assert.deepEqual(
      rows.map(({ reuseOf }) => reuseOf.length),
      [0, 1],
    );
  });

  it("flags what is wrong with a photo by itself", async (t) => {
    const { ledger, judged } = setup(t);
    await ledger.importStores([{ ...aStore(), latitude: 21, longitude: 79 }]);
    const exif = {
      taken: exifTime("2026:03:01 12:00:00", "+05:30"),
      place: { latitude: 21, longitude: 79.1 },
      software: "Snapseed 2.0",
    };
    const [row] = await judged(["S1"], [seen(0, lit(aShelf(1), 0.2, 0), exif)]);
    assert.deepEqual(
      row?.findings?.flags.map(({ flag }) => flag),
      ["dark", "wrong_time", "wrong_place", "edited"],
    );
    assert.equal(row?.findings?.flags[2]?.why, "taken 10 km from the store");
    assert.equal(row?.outcome, "measured");
  });

  it("says that pixels were not looked at, and flags what is known without them", async (t) => {
    const exif = { taken: exifTime("2026:03:01 12:00:00", "+05:30") };
    const [row] = await setup(t).judged(["S1"], [seen(0, null, exif, "aa", "no decoder here reads BMP")]);
    assert.equal(row?.findings?.notInspected, "its pixels were not looked at: no decoder here reads BMP");
    assert.deepEqual(
      row?.findings?.flags.map(({ flag }) => flag),
      ["wrong_time"],
    );
  });

  it("records a photo whose judging fails without findings, says so, and judges the others", async (t) => {
    const { ledger, faults } = setup(t);
    const keepPrints = ledger.keepPrints;
    ledger.keepPrints = async (jobId, prints) => {
      if (prints.some(({ image }) => image === 1)) throw new Error("no such bytes can be kept");
      await keepPrints(jobId, prints);
    };
    const judge = createJudge({ ledger, compare, onError: (error) => faults.push(error) });
    await submitJob(ledger, [aVisit({ images: 3 })], { inspect: "full" });
    const { lease, images, rules } = await claimNext(ledger);
    const dark = lit(aShelf(2), 0.2, 0);
    const results = await judge(
      { jobId: lease.jobId, rules },
      images,
      [0, 1, 2].map((no) => seen(no, dark)),
    );
    assert.deepEqual(
      results.map(({ findings }) => [findings?.flags.map(({ flag }) => flag), findings?.notInspected]),
      [
        [["dark"], null],
        [[], "a fault in Storewalk while it was judged; its log has the cause"],
        [["dark"], null],
      ],
    );
    assert.equal(faults.length, 1);
  });

  it("rejects when the ledger is away, so that the same call is made again", async (t) => {
    const { ledger } = setup(t);
    const judge = createJudge({ ledger, compare, onError: assert.ifError });
    await submitJob(ledger, [aVisit()], { inspect: "full" });
    const { lease, images, rules } = await claimNext(ledger);
    ledger.findAlike = async () => {
      throw new LedgerUnavailable("the disk is full");
    };
    const judged = judge({ jobId: lease.jobId, rules }, images, [seen(0, aShelf(1))]);
    await assert.rejects(judged, LedgerUnavailable);
  });

  it("leaves results alone that were not inspected, and says why one could not be", async (t) => {
    const broken: RunResult = {
      ...measured(1),
      inspected: { kind: "not-inspected", why: "decoding took more than 30 s" },
    };
    const rows = await setup(t).judged(["S1", "S1", "S1"], [failed(0), broken, { ...measured(2), inspected: null }]);
    assert.deepEqual(
      rows.map(({ findings }) => findings),
      [null, { flags: [], figures: {}, notInspected: "decoding took more than 30 s" }, null],
    );
  });
});
