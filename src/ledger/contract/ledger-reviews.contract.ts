/** The ledger's promises about flagged images: each is listed and counted once, by whatever it is asked for. */
import assert from "node:assert/strict";
import { it } from "node:test";
import { PHOTO_FLAGS, type PhotoFlag } from "../../domain/findings.ts";
import { USUAL_SETTINGS } from "../../domain/truth-rules.ts";
import { ALL, aJobWithFlags, aReuse, BY_ANNA, flaggedIn, listed, placesOf } from "../../testing/flagged-images.ts";
import { aFinding, aStore, aVisit, claimNext, measured, submitJob } from "../../testing/ledger-builders.ts";
import type { ImageFilter } from "../port/job-reader.ts";
import type { Ledger } from "../port/ledger.ts";
import type { ImagePlace, ReviewFilter } from "../port/review-ledger.ts";
import { LEASE_MS, type WithLedger } from "./ledger-under-test.ts";

export function describeReviews(withLedger: WithLedger): void {
  it("lists flagged images with everything that is needed to look at them, newest first", () =>
    withLedger(async ({ ledger }) => {
      await ledger.importStores([aStore({ id: "S1", name: "Main", area: "A1" }), aStore({ id: "S2", area: "A2" })]);
      const jobId = await aJobWithFlags(ledger);
      const { reviews, next } = await ledger.listReviews(ALL, { before: null, limit: 50 });
      assert.equal(next, null);
      assert.deepEqual(placesOf(reviews), [`${jobId}/2`, `${jobId}/1`, `${jobId}/0`]);
      assert.partialDeepStrictEqual(reviews[0], {
        visit: 2,
        storeId: "S2",
        area: "A2",
        visitTime: "2026-03-03T10:00:00Z",
        visitDate: "2026-03-03",
        visitLabels: { metadata: { agent: "Anna" } },
        isMeasured: true,
        width: 3,
        flags: ["reused"],
        decision: null,
        reuseOf: [
          {
            jobId,
            image: 0,
            storeId: "S1",
            storeName: "Main",
            area: "A1",
            kind: "mirrored",
            weight: "strong",
            threshold: 0.95,
            layOver: [-1, 0, 1, 0, 1, 0, 0, 0, 1],
            isMeasured: true,
          },
        ],
      });
      assert.partialDeepStrictEqual(reviews[1], { flags: ["blurred", "dark"], findings: aFinding("blurred", "dark") });
      assert.deepEqual(await ledger.readReview({ jobId, image: 2 }), reviews[0]);
      assert.equal(await ledger.readReview({ jobId, image: 3 }), null);
    }));

  it("narrows them down by each of its filters, and counts what is left", () =>
    withLedger(async ({ ledger }) => {
      await ledger.importStores([aStore({ id: "S1", area: "A1" }), aStore({ id: "S2", area: "A2" })]);
      const job = await aJobWithFlags(ledger);
      await aJobWithFlags(ledger, { tenant: "other" });
      await ledger.decideReviews([{ jobId: job, image: 1 }], { state: "accepted", ...BY_ANNA });
      const ofJob = { jobId: job };
      const expected: readonly (readonly [Partial<ReviewFilter>, readonly number[]])[] = [
        [{ tenant: "default" }, [2, 1, 0]],
        [{ tenant: "nobody" }, []],
        [{ ...ofJob, flag: "dark" }, [1, 0]],
        [{ ...ofJob, flag: "screen" }, []],
        [{ ...ofJob, kind: "mirrored" }, [2]],
        [{ ...ofJob, kind: "turned" }, []],
        [{ ...ofJob, state: "open" }, [2, 0]],
        [{ ...ofJob, state: "accepted" }, [1]],
        [{ ...ofJob, storeId: "S2" }, [2, 1]],
        [{ ...ofJob, area: "A1" }, [0]],
        [{ ...ofJob, agent: { key: "agent", name: "Anna" } }, [2, 0]],
        [{ ...ofJob, agent: { key: 'a"g$.ent', name: "Anna" } }, []],
        [{ ...ofJob, from: "2026-03-02", to: "2026-03-02" }, [1]],
        [{ ...ofJob, storeId: "S2", flag: "reused", agent: { key: "agent", name: "Anna" }, state: "open" }, [2]],
        [{ storeId: "nul\0" }, []],
      ];
      for (const [filter, images] of expected) {
        const name = JSON.stringify(filter);
        assert.deepEqual(
          await listed(ledger, filter),
          images.map((image) => `${job}/${image}`),
          name,
        );
        const { counts, complete } = await ledger.countReviews({ ...ALL, ...filter });
        assert.equal(complete, true);
        assert.equal(
          counts.reduce((sum, count) => sum + count.images, 0),
          images.length,
          name,
        );
      }
    }));

  it("narrows results and images of a job down to those with a flag", () =>
    withLedger(async ({ ledger }) => {
      const job = await aJobWithFlags(ledger);
      const page = { after: -1, limit: 10 };
      const results = async (filter: { flags: readonly PhotoFlag[]; onlyFailed?: boolean }) =>
        (await ledger.readResults(job, { ...page, onlyFailed: false, ...filter })).rows.map(({ image }) => image);
      assert.deepEqual(await results({ flags: ["dark"] }), [0, 1]);
      assert.deepEqual(await results({ flags: ["blurred", "reused"] }), [1, 2]);
      assert.deepEqual(await results({ flags: ["dark"], onlyFailed: true }), []);
      const ANY_IMAGE = { outcome: null, code: null, storeId: null, visit: null };
      const images = async (filter: Partial<ImageFilter> & { flags: readonly PhotoFlag[] }) =>
        (await ledger.readImages(job, { ...ANY_IMAGE, ...filter }, page)).rows.map(({ image }) => image);
      assert.deepEqual(await images({ flags: PHOTO_FLAGS }), [0, 1, 2]);
      assert.deepEqual(await images({ flags: ["dark"], storeId: "S2", outcome: "measured" }), [1]);
      assert.deepEqual(await images({ flags: ["dark"], visit: 0 }), [0]);
      assert.deepEqual(await images({ flags: ["dark"], outcome: "pending" }), []);
      assert.deepEqual(await images({ flags: ["dark"], code: "timeout" }), []);
      const first = await ledger.readResults(job, { after: -1, limit: 1, onlyFailed: false, flags: ["dark"] });
      assert.deepEqual([first.rows.length, first.next], [1, 0]);
    }));

  it("lists each once, page by page, while others come", () =>
    withLedger(async ({ ledger }) => {
      const jobs = [await aJobWithFlags(ledger), await aJobWithFlags(ledger), await aJobWithFlags(ledger)];
      const seen: string[] = [];
      let before: ImagePlace | null = null;
      do {
        const page: Awaited<ReturnType<Ledger["listReviews"]>> = await ledger.listReviews(ALL, { before, limit: 2 });
        seen.push(...placesOf(page.reviews));
        if (before === null) await aJobWithFlags(ledger);
        before = page.next;
      } while (before);
      assert.deepEqual(
        seen,
        jobs.toReversed().flatMap((job) => [2, 1, 0].map((image) => `${job}/${image}`)),
      );
    }));

  it("counts each flagged image once in its job, whatever is recorded again", () =>
    withLedger(async ({ ledger }) => {
      const job = await aJobWithFlags(ledger);
      const once = ["1 open blurred dark", "1 open dark", "1 open reused mirrored"];
      assert.deepEqual(await flaggedIn(ledger, job), once);
      await ledger.addReuses([aReuse({ jobId: job, image: 2 }, { jobId: job, image: 0 })]);
      assert.deepEqual(await flaggedIn(ledger, job), once);
      await ledger.addReuses([aReuse({ jobId: job, image: 0 }, { jobId: job, image: 3 }, { kind: "turned" })]);
      assert.deepEqual(await flaggedIn(ledger, job), [
        "1 open blurred dark",
        "1 open reused dark turned",
        "1 open reused mirrored",
      ]);
      assert.deepEqual((await ledger.readJob(await submitJob(ledger, [aVisit()])))?.flagged, []);
    }));

  it("counts an image once that shows several earlier ones, or is named twice in a decision", () =>
    withLedger(async ({ ledger }) => {
      const job = await submitJob(ledger, [aVisit({ images: 4 })], { inspect: "full" });
      const later = { jobId: job, image: 3 };
      await ledger.addReuses([0, 1, 2].map((image) => aReuse(later, { jobId: job, image })));
      assert.deepEqual(await flaggedIn(ledger, job), ["1 open reused mirrored"]);
      const decided = await ledger.decideReviews([later, later], { state: "dismissed", ...BY_ANNA });
      assert.deepEqual([decided.changed, decided.unchanged, decided.notFound], [1, 0, []]);
      assert.deepEqual(await flaggedIn(ledger, job), ["1 dismissed reused mirrored"]);
    }));

  it("keeps them exact when many mark the same images at once", () =>
    withLedger(async ({ ledger }) => {
      const job = await submitJob(ledger, [aVisit({ images: 8 })], { inspect: "full" });
      const { lease } = await claimNext(ledger);
      const images = [0, 1, 2, 3, 4, 5, 6, 7];
      const reuses = images.map((image) => aReuse({ jobId: job, image }, { jobId: job, image: (image + 1) % 8 }));
      await Promise.all([
        ledger.addReuses(reuses),
        ledger.addReuses(reuses.toReversed()),
        ledger.record(
          lease,
          images.map((no) => ({ ...measured(no), findings: aFinding("dark") })),
          LEASE_MS,
        ),
        ledger.decideReviews(
          images.map((image) => ({ jobId: job, image })),
          { state: "accepted", ...BY_ANNA },
        ),
      ]);
      const job_ = await ledger.readJob(job);
      assert.equal(
        job_?.flagged.reduce((sum, count) => sum + count.images, 0),
        8,
      );
      assert.ok(
        job_?.flagged.every(({ flags, kinds }) => flags.join() === "reused,dark" && kinds.join() === "mirrored"),
      );
    }));

  it("sums flagged visits by store, without those that were dismissed and those of jobs without an inspection", () =>
    withLedger(async ({ ledger }) => {
      await ledger.importStores([aStore({ id: "S1", name: "Main", area: "A1" })]);
      const job = await aJobWithFlags(ledger);
      await submitJob(ledger, [aVisit({ storeId: "S1" })]);
      const sums = async (change: Partial<ReviewFilter> = {}) =>
        (await ledger.readShares({ ...ALL, ...change })).map(
          ({ storeId, area, visits, flaggedVisits }) => `${storeId} ${area} ${flaggedVisits}/${visits}`,
        );
      assert.deepEqual(await sums(), ["S1 A1 1/1", "S2 null 2/2"]);
      assert.deepEqual(await sums({ flag: "reused" }), ["S1 A1 0/1", "S2 null 1/2"]);
      assert.deepEqual(await sums({ from: "2026-03-03" }), ["S2 null 1/1"]);
      assert.deepEqual(await sums({ tenant: "other" }), []);
      await ledger.decideReviews([{ jobId: job, image: 1 }], { state: "dismissed", ...BY_ANNA });
      assert.deepEqual(await sums({ jobId: job }), ["S1 A1 1/1", "S2 null 1/2"]);
    }));

  it("gives figures of inspected images in the ranges that are asked for", () =>
    withLedger(async ({ ledger }) => {
      const job = await aJobWithFlags(ledger);
      const figures = await ledger.readFigures(job, [
        { first: 0, last: 0 },
        { first: 2, last: 3 },
      ]);
      assert.deepEqual(figures, Array(3).fill({ figures: { p95: 61 }, notInspected: null, width: 3, height: 4 }));
    }));

  it("keeps what a tenant's photos are judged by, and what a job was submitted with", () =>
    withLedger(async ({ ledger }) => {
      assert.equal(await ledger.readTruthSettings("a"), null);
      const settings = {
        ...USUAL_SETTINGS,
        agentKey: "member",
        thresholds: { ...USUAL_SETTINGS.thresholds, least_side: 5 },
      };
      const stored = await ledger.putTruthSettings("a", USUAL_SETTINGS, null);
      assert.deepEqual(stored.settings, USUAL_SETTINGS);
      await ledger.putTruthSettings("a", settings, "key_anna");
      assert.partialDeepStrictEqual(await ledger.readTruthSettings("a"), { settings, changedBy: "key_anna" });
      assert.equal(await ledger.readTruthSettings("b"), null);
      const { reuse, thresholds } = settings;
      const job = await submitJob(ledger, [aVisit()], { inspect: "quick", rules: { reuse, thresholds } });
      assert.deepEqual((await ledger.readJob(job))?.rules, { reuse, thresholds });
      assert.deepEqual((await claimNext(ledger)).rules, { reuse, thresholds });
    }));
}
