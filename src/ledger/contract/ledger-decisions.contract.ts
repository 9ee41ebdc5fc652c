/** The ledger's promises about decisions: what somebody made of a flagged image is never lost, and never taken for an answer to what came later. */
import assert from "node:assert/strict";
import { it } from "node:test";
import { ALL, aJobWithFlags, aReuse, BY_ANNA, flaggedIn, listed } from "../../testing/flagged-images.ts";
import { aFinding, aVisit, claimNext, failed, submitJob } from "../../testing/ledger-builders.ts";
import { LEASE_MS, type WithLedger } from "./ledger-under-test.ts";

export function describeDecisions(withLedger: WithLedger): void {
  it("remembers who decided what and when, changes nothing when it is said again, and takes it back", () =>
    withLedger(async ({ ledger, passTime }) => {
      const job = await aJobWithFlags(ledger);
      const places = [0, 1, 3, 9].map((image) => ({ jobId: job, image }));
      const dismissed = { state: "dismissed", ...BY_ANNA } as const;
      const first = await ledger.decideReviews(places, dismissed);
      assert.deepEqual(first, { changed: 2, unchanged: 0, notFound: places.slice(2) });
      const [decided] = (await ledger.listReviews({ ...ALL, state: "dismissed" }, { before: null, limit: 1 })).reviews;
      assert.partialDeepStrictEqual(decided?.decision, { state: "dismissed", note: "looked at it", by: "key_anna" });
      await passTime(5);
      assert.partialDeepStrictEqual(await ledger.decideReviews(places, dismissed), { changed: 0, unchanged: 2 });
      assert.deepEqual((await ledger.readReview({ jobId: job, image: 1 }))?.decision, decided?.decision);
      assert.deepEqual(await flaggedIn(ledger, job), [
        "1 dismissed blurred dark",
        "1 dismissed dark",
        "1 open reused mirrored",
      ]);
      await ledger.decideReviews(places, { state: "open", note: "ignored", by: "key_ben", tenant: null });
      assert.equal((await ledger.readReview({ jobId: job, image: 1 }))?.decision, null);
      const history = await ledger.readReviewHistory({ jobId: job, image: 1 });
      assert.deepEqual(
        history.map(({ state, why, by }) => ({ state, why, by })),
        [
          { state: "dismissed", why: "decided", by: "key_anna" },
          { state: "open", why: "undone", by: "key_ben" },
        ],
      );
    }));

  it("decides about images of one tenant only", () =>
    withLedger(async ({ ledger }) => {
      const job = await aJobWithFlags(ledger, { tenant: "a" });
      const place = { jobId: job, image: 0 };
      const theirs = await ledger.decideReviews([place], { state: "accepted", ...BY_ANNA, tenant: "b" });
      assert.deepEqual(theirs, { changed: 0, unchanged: 0, notFound: [place] });
      assert.partialDeepStrictEqual(
        await ledger.decideReviews([place], { state: "accepted", ...BY_ANNA, tenant: "a" }),
        { changed: 1 },
      );
    }));

  it("opens a decided image again when evidence comes that is new, and never for what was known", () =>
    withLedger(async ({ ledger }) => {
      const jobId = await aJobWithFlags(ledger);
      const place = { jobId, image: 2 };
      await ledger.decideReviews([place], { state: "dismissed", ...BY_ANNA });
      await ledger.addReuses([aReuse(place, { jobId, image: 0 }, { score: 1 })]);
      assert.equal((await ledger.readReview(place))?.decision?.state, "dismissed");
      await ledger.addReuses([aReuse(place, { jobId, image: 1 })]);
      assert.equal((await ledger.readReview(place))?.decision, null);
      const history = await ledger.readReviewHistory(place);
      assert.deepEqual(
        history.map(({ state, why, note, by }) => ({ state, why, note, by })),
        [
          { state: "dismissed", why: "decided", note: "looked at it", by: "key_anna" },
          { state: "open", why: "new_evidence", note: null, by: null },
        ],
      );
      const { rows } = await ledger.readResults(jobId, { after: -1, limit: 10, onlyFailed: false });
      assert.deepEqual(
        rows.map(({ decision, isReused }) => [decision, isReused]),
        [
          [null, false],
          [null, false],
          [null, true],
          [null, false],
        ],
      );
    }));

  it("forgets what a failed image's last run found when it runs again, and keeps what its decision was about", () =>
    withLedger(async ({ ledger }) => {
      const jobId = await submitJob(ledger, [aVisit({ images: 2 })], { inspect: "full" });
      const { lease } = await claimNext(ledger);
      const findings = aFinding("dark");
      await ledger.addReuses([aReuse({ jobId, image: 0 }, { jobId, image: 1 })]);
      await ledger.record(
        lease,
        [0, 1].map((no) => ({ ...failed(no), findings })),
        LEASE_MS,
      );
      await ledger.decideReviews([{ jobId, image: 0 }], { state: "accepted", ...BY_ANNA });
      assert.equal(await ledger.retryImages(jobId, 1, [0, 1]), 2);
      assert.deepEqual(await flaggedIn(ledger, jobId), ["1 accepted reused mirrored"]);
      assert.deepEqual(await listed(ledger), [`${jobId}/0`]);
    }));

  it("keeps the flag of a photo whose earlier one is gone with its job, and shows nothing of that one", () =>
    withLedger(async ({ ledger, passTime }) => {
      const old = await submitJob(ledger, [aVisit()]);
      await ledger.cancelJob(old);
      await passTime(1_000);
      const job = await aJobWithFlags(ledger);
      await ledger.addReuses([aReuse({ jobId: job, image: 0 }, { jobId: old, image: 0 })]);
      while ((await ledger.prune(1_000)).more);
      assert.partialDeepStrictEqual(await ledger.readReview({ jobId: job, image: 0 }), {
        flags: ["reused", "dark"],
        reuseOf: [],
      });
      const { rows } = await ledger.readResults(job, { after: -1, limit: 1, onlyFailed: false });
      assert.deepEqual([rows[0]?.isReused, rows[0]?.reuseOf], [true, []]);
    }));

  it("is gone with its job: list, counts, decisions", () =>
    withLedger(async ({ ledger, passTime }) => {
      const job = await aJobWithFlags(ledger);
      await ledger.decideReviews([{ jobId: job, image: 1 }], { state: "accepted", ...BY_ANNA });
      await passTime(1_000);
      while ((await ledger.prune(1_000)).more);
      assert.deepEqual(await listed(ledger), []);
      assert.deepEqual(await ledger.countReviews(ALL), { counts: [], complete: true });
      assert.deepEqual(await ledger.readReviewHistory({ jobId: job, image: 1 }), []);
      const gone = await ledger.decideReviews([{ jobId: job, image: 1 }], { state: "open", ...BY_ANNA });
      assert.equal(gone.notFound.length, 1);
    }));
}
