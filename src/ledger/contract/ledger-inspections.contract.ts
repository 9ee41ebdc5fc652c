/** The ledger's promises about inspected photos: each is kept once, sees all others of its tenant, and is gone with its job. */
import assert from "node:assert/strict";
import { it } from "node:test";
import { aShelf, cropped, mirrored } from "../../testing/grey-pictures.ts";
import {
  aFinding,
  aStore,
  aVisit,
  claimNext,
  failed,
  jobOptions,
  measured,
  submitJob,
} from "../../testing/ledger-builders.ts";
import { fingerprintOf, NO_PROBES } from "../../truth/fingerprint.ts";
import type { GreyPicture } from "../../truth/grey-picture.ts";
import { sketchOf } from "../../truth/sketch.ts";
import type { Print, ReusedPhoto } from "../port/inspection-ledger.ts";
import type { Ledger } from "../port/ledger.ts";
import { LEASE_MS, type WithLedger } from "./ledger-under-test.ts";

const SHELF = fingerprintOf(sketchOf(aShelf(1)));
const TAKEN = { clockSeconds: 1_772_791_920, offsetMinutes: 330 };

function aPrint(image: number, picture: GreyPicture | null, print: Partial<Print> = {}): Print {
  const seen = picture && fingerprintOf(sketchOf(picture));
  return {
    image,
    digest: null,
    sketch: seen?.sketch ?? null,
    entries: seen?.entries ?? [],
    restsOn: seen && "picture",
    taken: null,
    ...print,
  };
}

const probesOf = (picture: GreyPicture) => fingerprintOf(sketchOf(picture)).probes;

/** The images that a photo is like, as `job/image`. */
async function alike(
  ledger: Ledger,
  jobId: number,
  image: number,
  digest: string | null = null,
  probes = SHELF.probes,
) {
  const [found = []] = await ledger.findAlike(jobId, [{ image, digest, probes }]);
  return found.map((photo) => `${photo.jobId}/${photo.image}`);
}

const aReuse = (jobId: number, image: number, earlier: ReusedPhoto["earlier"]): ReusedPhoto => ({
  jobId,
  image,
  earlier,
  kind: "mirrored",
  score: 0.99,
  weight: "strong",
  why: "the same picture, mirrored in another store (S1)",
  threshold: 0.95,
  layOver: [-1, 0, 1, 0, 1, 0, 0, 0, 1],
});

export function describeInspections(withLedger: WithLedger): void {
  it("finds a photo again by its look, with what is needed to judge it", () =>
    withLedger(async ({ ledger }) => {
      const first = await submitJob(ledger, [aVisit({ storeId: "S7", visitTime: "2026-03-01T10:00:00Z" })]);
      const second = await submitJob(ledger, [aVisit()]);
      await ledger.keepPrints(first, [aPrint(0, aShelf(1), { taken: TAKEN })]);
      const later = cropped(aShelf(1), 0.95);
      await ledger.keepPrints(second, [aPrint(0, later)]);
      const [[photo, ...others] = [], ...forOthers] = await ledger.findAlike(second, [
        { image: 0, digest: null, probes: probesOf(later) },
      ]);
      assert.deepEqual([others, forOthers], [[], []]);
      assert.partialDeepStrictEqual(photo, {
        jobId: first,
        image: 0,
        visit: 0,
        storeId: "S7",
        visitTime: "2026-03-01T10:00:00Z",
        taken: TAKEN,
        isEarlier: true,
        hasSameBytes: false,
        sketch: SHELF.sketch,
        restsOn: "picture",
      });
      assert.ok(photo && photo.guesses.length > 0 && photo.guesses.every(({ view }) => view === "as it is"));
      const [[back] = []] = await ledger.findAlike(first, [{ image: 0, digest: null, probes: SHELF.probes }]);
      assert.partialDeepStrictEqual(back, { jobId: second, isEarlier: false });
    }));

  it("finds it mirrored, and leaves out what is not like it", () =>
    withLedger(async ({ ledger }) => {
      const job = await submitJob(ledger, [aVisit({ images: 4 })]);
      await ledger.keepPrints(job, [aPrint(0, aShelf(2)), aPrint(1, aShelf(1)), aPrint(2, aShelf(3))]);
      await ledger.keepPrints(job, [aPrint(3, mirrored(aShelf(1)))]);
      assert.deepEqual(await alike(ledger, job, 3, null, probesOf(mirrored(aShelf(1)))), [`${job}/1`]);
    }));

  it("finds the earlier photos of one tenant for a photo of which nothing is kept", () =>
    withLedger(async ({ ledger }) => {
      const [theirs, ours] = [
        await submitJob(ledger, [aVisit()], { tenant: "b" }),
        await submitJob(ledger, [aVisit()], { tenant: "a" }),
      ];
      for (const job of [theirs, ours]) await ledger.keepPrints(job, [aPrint(0, aShelf(1), { digest: "aa" })]);
      const found = await ledger.findAlikeTo("a", "aa", probesOf(mirrored(aShelf(1))));
      assert.deepEqual(
        found.map(({ jobId, isEarlier, hasSameBytes }) => ({ jobId, isEarlier, hasSameBytes })),
        [{ jobId: ours, isEarlier: true, hasSameBytes: true }],
      );
      assert.deepEqual(await ledger.findAlikeTo("c", "aa", SHELF.probes), []);
    }));

  it("finds a file by its bytes though it shows nothing", () =>
    withLedger(async ({ ledger }) => {
      const job = await submitJob(ledger, [aVisit({ images: 3 })]);
      await ledger.keepPrints(job, [
        aPrint(0, null, { digest: "aa" }),
        aPrint(1, null, { digest: "bb" }),
        aPrint(2, null, { digest: "aa" }),
      ]);
      const [found = []] = await ledger.findAlike(job, [{ image: 2, digest: "aa", probes: NO_PROBES }]);
      assert.deepEqual(
        found.map(({ image, hasSameBytes, sketch }) => ({ image, hasSameBytes, sketch })),
        [{ image: 0, hasSameBytes: true, sketch: null }],
      );
    }));

  it("answers for each of several photos by itself", () =>
    withLedger(async ({ ledger }) => {
      const job = await submitJob(ledger, [aVisit({ images: 5 })]);
      const shelves = [1, 2, 1, 3, 2];
      await ledger.keepPrints(
        job,
        shelves.slice(0, 4).map((shelf, image) => aPrint(image, aShelf(shelf), { digest: image < 2 ? "aa" : null })),
      );
      const found = await ledger.findAlike(
        job,
        shelves.map((shelf, image) => ({
          image,
          digest: image < 2 ? "aa" : null,
          probes: image === 3 ? NO_PROBES : probesOf(aShelf(shelf)),
        })),
      );
      assert.deepEqual(
        found.map((photos) => photos.map(({ image, hasSameBytes }) => [image, hasSameBytes])),
        [
          [
            [1, true],
            [2, false],
          ],
          [[0, true]],
          [[0, false]],
          [],
          [],
        ],
      );
      assert.deepEqual(await ledger.findAlike(job, []), []);
    }));

  it("finds a photo behind many that were deleted, by its bytes and by its look", () =>
    withLedger(async ({ ledger }) => {
      const copies = Array.from({ length: 9 }, (_, image) => aPrint(image, aShelf(1), { digest: "aa" }));
      const deleted = await submitJob(ledger, [aVisit({ images: 9 })]);
      await ledger.keepPrints(deleted, copies);
      const job = await submitJob(ledger, [aVisit({ images: 2 })]);
      await ledger.keepPrints(job, copies.slice(0, 2));
      assert.equal((await alike(ledger, job, 1, "aa")).length, 8);
      await ledger.cancelJob(deleted);
      await ledger.deleteJob(deleted, 60_000);
      assert.deepEqual(await alike(ledger, job, 1, "aa", NO_PROBES), [`${job}/0`]);
      assert.deepEqual(await alike(ledger, job, 1), [`${job}/0`]);
    }));

  it("keeps an image's first print: one that runs again is no second photo and never its own match", () =>
    withLedger(async ({ ledger }) => {
      const job = await submitJob(ledger, [aVisit({ images: 2 })]);
      for (let run = 0; run < 3; run++) await ledger.keepPrints(job, [aPrint(0, aShelf(1), { digest: "aa" })]);
      await Promise.all([1, 2, 3].map(() => ledger.keepPrints(job, [aPrint(0, aShelf(1), { digest: "aa" })])));
      assert.deepEqual(await alike(ledger, job, 0, "aa"), []);
      await ledger.keepPrints(job, [aPrint(1, aShelf(1))]);
      assert.deepEqual(await alike(ledger, job, 1, "aa"), [`${job}/0`]);
    }));

  it("lets at least one of two photos that are kept at the same time see the other", () =>
    withLedger(async ({ ledger }) => {
      for (let round = 0; round < 8; round++) {
        const shelf = aShelf(100 + round);
        const job = await submitJob(ledger, [aVisit({ images: 2 })]);
        const seen = await Promise.all(
          [0, 1].map(async (image) => {
            await ledger.keepPrints(job, [aPrint(image, shelf)]);
            return await alike(ledger, job, image, null, probesOf(shelf));
          }),
        );
        assert.ok(seen.some((found) => found.length === 1));
      }
    }));

  it("looks at photos of the same tenant only", () =>
    withLedger(async ({ ledger }) => {
      const theirs = await submitJob(ledger, [aVisit()], { tenant: "north" });
      const ours = await submitJob(ledger, [aVisit()], { tenant: "south" });
      for (const job of [theirs, ours]) await ledger.keepPrints(job, [aPrint(0, aShelf(1), { digest: "aa" })]);
      assert.deepEqual(await alike(ledger, ours, 0, "aa"), []);
    }));

  it("shows re-use and findings beside results, once each", () =>
    withLedger(async ({ ledger }) => {
      const job = await submitJob(ledger, [aVisit({ images: 3 })], { inspect: "full" });
      const { lease, inspect, images } = await claimNext(ledger);
      assert.equal(inspect, "full");
      assert.partialDeepStrictEqual(images[0], { visit: 0, visitTime: "2024-05-01T10:00:00Z" });
      const findings = aFinding("dark");
      await ledger.record(lease, [{ ...measured(0), findings }, { ...measured(1), findings }, failed(2)], LEASE_MS);
      const reuse = aReuse(job, 1, { jobId: job, image: 0 });
      await Promise.all([ledger.addReuses([reuse]), ledger.addReuses([reuse]), ledger.addReuses([])]);
      await ledger.addReuses([{ ...reuse, score: 0.5 }]);
      const expected = {
        imageUrl: "http://photos.example/0.jpg",
        jobId: job,
        image: 0,
        storeId: "S1",
        visitTime: "2024-05-01T10:00:00Z",
        kind: "mirrored",
        score: 0.99,
        why: reuse.why,
      } as const;
      const { rows } = await ledger.readResults(job, { after: -1, limit: 10, onlyFailed: false });
      assert.deepEqual(
        rows.map((row) => row.findings),
        [findings, findings, null],
      );
      assert.deepEqual(
        rows.map((row) => row.reuseOf),
        [[], [expected], []],
      );
      const all = { outcome: null, code: null, storeId: null, visit: null };
      const page = await ledger.readImages(job, all, { after: 0, limit: 10 });
      assert.deepEqual(
        page.rows.map(({ result }) => result?.reuseOf),
        [[expected], []],
      );
      const later = { ...expected, imageUrl: "http://photos.example/1.jpg", image: 1 };
      assert.deepEqual(await ledger.readLaterReuses({ jobId: job, image: 0 }), [later]);
      assert.deepEqual(await ledger.readLaterReuses({ jobId: job, image: 1 }), []);
    }));

  it("names no later photo of a job that is deleted", () =>
    withLedger(async ({ ledger }) => {
      const old = await submitJob(ledger, [aVisit()]);
      const job = await submitJob(ledger, [aVisit()], { inspect: "full" });
      await ledger.addReuses([aReuse(job, 0, { jobId: old, image: 0 })]);
      assert.equal((await ledger.readLaterReuses({ jobId: old, image: 0 })).length, 1);
      await ledger.cancelJob(job);
      await ledger.deleteJob(job, 60_000);
      assert.deepEqual(await ledger.readLaterReuses({ jobId: old, image: 0 }), []);
    }));

  it("forgets prints and re-use with their jobs, whichever of the two goes", () =>
    withLedger(async ({ ledger, passTime }) => {
      const old = await submitJob(ledger, [aVisit()]);
      await ledger.keepPrints(old, [aPrint(0, aShelf(1), { digest: "aa" })]);
      await ledger.cancelJob(old);
      await passTime(1_000);
      const job = await submitJob(ledger, [aVisit()], { inspect: "full" });
      await ledger.keepPrints(job, [aPrint(0, aShelf(1), { digest: "aa" })]);
      assert.deepEqual(await alike(ledger, job, 0, "aa"), [`${old}/0`]);
      await ledger.addReuses([aReuse(job, 0, { jobId: old, image: 0 })]);
      while ((await ledger.prune(1_000)).more);
      assert.deepEqual(await alike(ledger, job, 0, "aa"), []);
      const { lease } = await claimNext(ledger);
      const findings = { flags: [], figures: {}, notInspected: null };
      await ledger.record(lease, [{ ...measured(0), findings }], LEASE_MS);
      const { rows } = await ledger.readResults(job, { after: -1, limit: 10, onlyFailed: false });
      assert.deepEqual(
        rows.map((row) => row.reuseOf),
        [[]],
      );
    }));

  it("gives the index's room back with the job, and leaves what other jobs have in it", () =>
    withLedger(async ({ ledger, passTime, indexedBytes }) => {
      const old = await submitJob(ledger, [aVisit({ images: 2 })]);
      await ledger.keepPrints(old, [aPrint(0, aShelf(1)), aPrint(1, aShelf(2))]);
      const ofOne = (await indexedBytes()) / 2;
      assert.ok(ofOne > 0);
      await ledger.cancelJob(old);
      await passTime(1_000);
      const job = await submitJob(ledger, [aVisit({ images: 2 })]);
      await ledger.keepPrints(job, [aPrint(0, aShelf(1))]);
      while ((await ledger.prune(1_000)).more);
      assert.equal(await indexedBytes(), ofOne);
      await ledger.keepPrints(job, [aPrint(1, aShelf(1))]);
      assert.deepEqual(await alike(ledger, job, 1), [`${job}/0`]);
      await ledger.cancelJob(job);
      await passTime(1_000);
      while ((await ledger.prune(1_000)).more);
      assert.equal(await indexedBytes(), 0);
    }));

  it("finds photos that a version before inspected beside new ones, and gives their room back too", () =>
    withLedger(async ({ ledger, passTime, indexedBytes, asVersionBefore }) => {
      const old = await submitJob(ledger, [aVisit({ images: 2 })]);
      await ledger.keepPrints(old, [aPrint(0, aShelf(1), { digest: "aa" }), aPrint(1, aShelf(2))]);
      await asVersionBefore();
      await ledger.cancelJob(old);
      await passTime(1_000);
      const job = await submitJob(ledger, [aVisit({ images: 2 })]);
      await ledger.keepPrints(job, [aPrint(0, aShelf(1))]);
      await ledger.keepPrints(job, [aPrint(1, aShelf(1))]);
      assert.deepEqual(await alike(ledger, job, 1), [`${old}/0`, `${job}/0`]);
      while ((await ledger.prune(1_000)).more);
      assert.deepEqual(await alike(ledger, job, 1), [`${job}/0`]);
      await ledger.cancelJob(job);
      await passTime(1_000);
      while ((await ledger.prune(1_000)).more);
      assert.equal(await indexedBytes(), 0);
    }));

  it("finds nothing for an image without a print", () =>
    withLedger(async ({ ledger }) => {
      const job = await ledger.openJob(jobOptions());
      assert.deepEqual(await alike(ledger, job, 0, "aa"), []);
      assert.deepEqual(await alike(ledger, job + 1, 0, "aa"), []);
      await ledger.keepPrints(job + 1, [aPrint(0, aShelf(1))]);
      await ledger.keepPrints(job, []);
    }));

  it("knows places of stores, and replaces them", () =>
    withLedger(async ({ ledger }) => {
      await ledger.importStores([aStore(), aStore({ id: "S2" })]);
      await ledger.importStores([{ ...aStore(), latitude: 1, longitude: 2 }]);
      await ledger.importStores([{ ...aStore(), latitude: -27.125, longitude: 83.5 }]);
      assert.deepEqual(
        await ledger.readStorePlaces(["S1", "S2", "S\u00003"]),
        new Map([["S1", { latitude: -27.125, longitude: 83.5 }]]),
      );
    }));
}
