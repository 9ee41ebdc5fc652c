/** The ledger's promises about accepting jobs and handing out chunks. */
import assert from "node:assert/strict";
import { it } from "node:test";
import type { ImageResult } from "../../domain/job.ts";
import { aVisit, claimNext, dispatchAll, failed, jobOptions, submitJob } from "../../testing/ledger-builders.ts";
import { LEASE_MS, type WithLedger } from "./ledger-under-test.ts";

/** Intake refuses the last three before; here they must not cost a batch. */
const ODD_TEXTS = [
  "",
  " both ends ",
  "null",
  "NULL",
  "{a,b}",
  '"quoted" \\ and \\\\ and \\" and \'single\'',
  "line\nline\r\ttab\u0001\u001f\u007f\u0085",
  "\u202egpj\ufeff\uffff",
  "雪 👩‍👩‍👧 e\u0301 é",
  "a\u0000b",
  "a\ud800b",
  "\udc00",
] as const;

/** What stands for something that is no character, and how often, is the ledger's choice. */
function characters(text: string): string {
  return text
    .toWellFormed()
    .replaceAll("\u0000", "\ufffd")
    .replaceAll(/\ufffd+/g, "?");
}

function failedBecause(no: number, detail: string): ImageResult {
  return { ...failed(no), outcome: { kind: "failed", code: "not_found", detail } };
}

export function describeIntake(withLedger: WithLedger): void {
  it("hands a visit's time to workers as it was read, else as it was submitted", () =>
    withLedger(async ({ ledger }) => {
      await submitJob(ledger, [
        aVisit({ visitTime: "20/11/2026 10:30", visitDate: "2026-11-20", visitAt: "2026-11-20T10:30:00+05:30" }),
        aVisit({ visitTime: "noon", visitDate: null }),
      ]);
      const { images } = await claimNext(ledger);
      assert.deepEqual(
        images.map(({ visitTime }) => visitTime),
        ["2026-11-20T10:30:00+05:30", "noon"],
      );
      const { rows } = await ledger.readVisitRows(1, { storeId: null }, { after: -1, limit: 10 });
      assert.deepEqual(
        rows.map(({ visitTime }) => visitTime),
        ["20/11/2026 10:30", "noon"],
      );
    }));

  it("keeps how each tenant writes times", () =>
    withLedger(async ({ ledger }) => {
      const nothing = { dates: null, timeZone: null };
      assert.deepEqual(await ledger.readTenantTimes("a"), nothing);
      await ledger.putTenantTimes("a", { dates: "dmy", timeZone: "Asia/Kolkata" });
      await ledger.putTenantTimes("a", { dates: "mdy", timeZone: null });
      assert.deepEqual(await ledger.readTenantTimes("a"), { dates: "mdy", timeZone: null });
      assert.deepEqual(await ledger.readTenantTimes("b"), nothing);
    }));

  it("shows nothing of a job before it is sealed", () =>
    withLedger(async ({ ledger }) => {
      const jobId = await ledger.openJob(jobOptions());
      await ledger.addVisits(jobId, [aVisit()]);
      assert.equal(await ledger.readJob(jobId), null);
      assert.deepEqual(await dispatchAll(ledger), []);
      await ledger.sealJob(jobId);
      assert.equal((await ledger.readJob(jobId))?.status, "ongoing");
    }));

  it("numbers images on across batches of visits", () =>
    withLedger(async ({ ledger }) => {
      const jobId = await ledger.openJob(jobOptions());
      await ledger.addVisits(jobId, [aVisit({ images: 2 }), aVisit({ images: 3 })]);
      await ledger.addVisits(jobId, [aVisit({ images: 1, storeId: "S2" })]);
      await ledger.sealJob(jobId);
      const { images } = await claimNext(ledger);
      assert.deepEqual(
        images.map(({ no }) => no),
        [0, 1, 2, 3, 4, 5],
      );
      assert.equal(images.at(-1)?.storeId, "S2");
    }));

  it("gives ids in sequence and never one twice, not even that of a discarded job", () =>
    withLedger(async ({ ledger }) => {
      const first = await submitJob(ledger, [aVisit()]);
      const discarded = await ledger.openJob(jobOptions());
      await ledger.addVisits(discarded, [aVisit({ images: 5 })]);
      await ledger.discardJob(discarded);
      const next = await submitJob(ledger, [aVisit()]);
      assert.ok(first < discarded && discarded < next);
      assert.equal(await ledger.readJob(discarded), null);
    }));

  it("does not discard a sealed job", () =>
    withLedger(async ({ ledger }) => {
      const jobId = await submitJob(ledger, [aVisit()]);
      await ledger.discardJob(jobId);
      assert.equal((await ledger.readJob(jobId))?.images, 1);
    }));

  it("refuses visits for a job that is sealed or was never opened", () =>
    withLedger(async ({ ledger }) => {
      const jobId = await submitJob(ledger, [aVisit()]);
      await assert.rejects(ledger.addVisits(jobId, [aVisit()]), /not in preparation/);
      await assert.rejects(ledger.addVisits(jobId + 1, [aVisit()]), /not in preparation/);
      await assert.rejects(ledger.sealJob(jobId), /not in preparation/);
    }));

  it("keeps URLs, store ids and times exactly as given", () =>
    withLedger(async ({ ledger }) => {
      const url = `https://photos.example/größe/"quoted"\\ and 'single'/${"x".repeat(3_000)}?a=1&b=雪`;
      const jobId = await submitJob(ledger, [aVisit({ storeId: "S 'ü\"", imageUrls: [url], visitTime: " odd " })]);
      const { images } = await claimNext(ledger);
      assert.equal(images[0]?.url, url);
      assert.equal(images[0]?.storeId, "S 'ü\"");
      assert.equal((await ledger.readJob(jobId))?.visits, 1);
    }));

  it("keeps odd text, save for what is no character, which changes nothing around it", () =>
    withLedger(async ({ ledger }) => {
      const urls = ODD_TEXTS.map((text) => `http://photos.example/${text}`);
      const jobId = await submitJob(ledger, [
        aVisit({ imageUrls: urls }),
        ...ODD_TEXTS.map((text) => aVisit({ storeId: `S${text}`, visitTime: `T${text}`, visitDate: null })),
      ]);
      const { lease, images } = await claimNext(ledger, LEASE_MS);
      await ledger.record(
        lease,
        images.map(({ no }, index) => failedBecause(no, ODD_TEXTS[index % ODD_TEXTS.length] ?? "")),
        LEASE_MS,
      );
      const { rows } = await ledger.readResults(jobId, { after: -1, limit: 1_000, onlyFailed: false });
      const first = rows.slice(0, ODD_TEXTS.length);
      assert.deepEqual(
        first.map(({ imageUrl }) => characters(imageUrl)),
        urls.map(characters),
      );
      assert.deepEqual(
        first.map(({ detail }) => characters(detail ?? "")),
        ODD_TEXTS.map(characters),
      );
      assert.deepEqual(
        rows.slice(ODD_TEXTS.length).map(({ storeId }) => characters(storeId)),
        ODD_TEXTS.map((text) => characters(`S${text}`)),
      );
    }));
}

export function describeDispatch(withLedger: WithLedger): void {
  it("cuts a job into chunks of 100 to 500 images that cover it without a gap", () =>
    withLedger(async ({ ledger }) => {
      await submitJob(ledger, [aVisit({ images: 250 })]);
      const refs = await dispatchAll(ledger);
      const seen: number[] = [];
      for (const ref of refs) seen.push(...((await ledger.claim(ref, LEASE_MS))?.images.map(({ no }) => no) ?? []));
      assert.equal(refs.length, 3);
      assert.deepEqual(
        seen,
        Array.from({ length: 250 }, (_, no) => no),
      );
    }));

  it("gives each chunk out once", () =>
    withLedger(async ({ ledger }) => {
      await submitJob(ledger, [aVisit({ images: 250 })]);
      assert.equal((await dispatchAll(ledger)).length, 3);
      assert.deepEqual(await dispatchAll(ledger), []);
    }));

  it("serves the job with the fewest images in flight, not the oldest", () =>
    withLedger(async ({ ledger }) => {
      const large = await submitJob(ledger, [aVisit({ images: 1_000 })]);
      await ledger.dispatch({ windowImages: 1_000_000, windowChunks: 1_000, maxChunks: 2 });
      const small = await submitJob(ledger, [aVisit({ images: 10 })]);
      const refs = await ledger.dispatch({ windowImages: 1_000_000, windowChunks: 1_000, maxChunks: 2 });
      assert.deepEqual(
        refs.map(({ jobId }) => jobId),
        [small, large],
      );
    }));

  it("serves the job with the fewest images in flight, not the oldest, also when each has some", () =>
    withLedger(async ({ ledger }) => {
      const limits = { windowImages: 1_000_000, windowChunks: 1_000 };
      for (const maxChunks of [3, 2]) {
        await submitJob(ledger, [aVisit({ images: 1_000 })]);
        await ledger.dispatch({ ...limits, maxChunks });
      }
      const youngest = await submitJob(ledger, [aVisit({ images: 1_000 })]);
      for (const chunk of [0, 1]) {
        assert.deepEqual(await ledger.dispatch({ ...limits, maxChunks: 1 }), [
          { jobId: youngest, chunk, urgent: chunk === 0 },
        ]);
      }
    }));

  it("serves the higher priority first", () =>
    withLedger(async ({ ledger }) => {
      for (let job = 0; job < 3; job++) await submitJob(ledger, [aVisit({ images: 200 })], { priority: 5 });
      const urgent = await submitJob(ledger, [aVisit({ images: 200 })], { priority: 9 });
      const refs = await ledger.dispatch({ windowImages: 1_000_000, windowChunks: 1_000, maxChunks: 2 });
      assert.deepEqual(
        refs.map(({ jobId }) => jobId),
        [urgent, urgent],
      );
    }));

  it("serves the job whose signed URLs end first among equals of one tenant, and holds up the first chunk of none", () =>
    withLedger(async ({ ledger }) => {
      const signed = (until: string) => {
        const url = `https://a.example/c/b?se=${encodeURIComponent(until)}&sig=x`;
        return aVisit({ imageUrls: Array.from({ length: 200 }, (_, no) => (no === 150 ? url : `${url}&n=${no}`)) });
      };
      const unsigned = await submitJob(ledger, [aVisit({ images: 200 })]);
      const ended = await submitJob(ledger, [signed("1965-01-01T00:00:00Z")]);
      const later = await submitJob(ledger, [signed("2999-01-02T00:00:00Z")]);
      const sooner = await submitJob(ledger, [aVisit({ images: 100 }), signed("2999-01-01T00:00:00Z")]);
      const others = await submitJob(ledger, [signed("2998-01-01T00:00:00Z")], { tenant: "other" });
      const refs = await ledger.dispatch({ windowImages: 1_000_000, windowChunks: 1_000, maxChunks: 100 });
      assert.deepEqual(
        refs.map(({ jobId }) => jobId),
        [sooner, later, unsigned, ended, others, sooner, sooner, later, unsigned, ended, others],
      );
    }));

  it("serves a job that got fresh URLs by when those end", () =>
    withLedger(async ({ ledger }) => {
      const retried = await submitJob(ledger, [aVisit({ images: 100 })]);
      const { lease, images } = await claimNext(ledger);
      const expired = images.map(({ no }) => failed(no, "url_expired"));
      await ledger.record(lease, expired, LEASE_MS);
      const other = await submitJob(ledger, [aVisit({ images: 100 })]);
      const draft = (await ledger.openDraft(retried)) ?? 0;
      for (const [line, until] of [
        [1, "2999-01-01"],
        [2, "2999-01-02"],
      ] as const) {
        const url = `https://a.example/c/b?se=${until}&sig=x`;
        await ledger.addFreshUrls(draft, retried, [{ line, image: line, externalId: null, url }]);
      }
      await ledger.retryWithFreshUrls(retried, 1, draft);
      const soonest = await submitJob(ledger, [
        aVisit({ imageUrls: ["https://a.example/c/b?se=2999-01-01T12:00Z&sig=x"] }),
      ]);
      const refs = await ledger.dispatch({ windowImages: 1_000_000, windowChunks: 1_000, maxChunks: 100 });
      assert.deepEqual(
        refs.map(({ jobId }) => jobId),
        [retried, soonest, other],
      );
    }));

  it("calls urgent the first chunk of a job with nothing in flight, and what goes before chunks in flight by its priority", () =>
    withLedger(async ({ ledger }) => {
      const wide = { windowImages: 1_000_000, windowChunks: 1_000, maxChunks: 2 };
      const usual = await submitJob(ledger, [aVisit({ images: 500 })], { priority: 5 });
      assert.deepEqual(await ledger.dispatch(wide), [
        { jobId: usual, chunk: 0, urgent: true },
        { jobId: usual, chunk: 1, urgent: false },
      ]);
      const higher = await submitJob(ledger, [aVisit({ images: 200 })], { priority: 9 });
      assert.deepEqual(await ledger.dispatch(wide), [
        { jobId: higher, chunk: 0, urgent: true },
        { jobId: higher, chunk: 1, urgent: true },
      ]);
      assert.deepEqual(await ledger.dispatch(wide), [
        { jobId: usual, chunk: 2, urgent: false },
        { jobId: usual, chunk: 3, urgent: false },
      ]);
    }));

  it("stops at the window, save for one chunk of a job that has nothing in flight", () =>
    withLedger(async ({ ledger }) => {
      const limits = { windowImages: 150, windowChunks: 1_000, maxChunks: 100 };
      await submitJob(ledger, [aVisit({ images: 1_000 })]);
      assert.equal((await ledger.dispatch(limits)).length, 2);
      const small = await submitJob(ledger, [aVisit({ images: 10 })]);
      assert.deepEqual(
        (await ledger.dispatch(limits)).map(({ jobId }) => jobId),
        [small],
      );
      assert.deepEqual(await ledger.dispatch(limits), []);
    }));

  it("serves a job that has nothing in flight although enough others come before it and have no room", () =>
    withLedger(async ({ ledger }) => {
      const limits = { windowImages: 150, windowChunks: 1_000, maxChunks: 2 };
      for (let job = 0; job < 2; job++) await submitJob(ledger, [aVisit({ images: 500 })], { priority: 9 });
      assert.equal((await ledger.dispatch(limits)).length, 2);
      const small = await submitJob(ledger, [aVisit({ images: 10 })], { priority: 0 });
      assert.deepEqual(await ledger.dispatch(limits), [{ jobId: small, chunk: 0, urgent: true }]);
    }));

  it("never goes beyond twice the window and one chunk, however many jobs wait", () =>
    withLedger(async ({ ledger }) => {
      for (let job = 0; job < 10; job++) await submitJob(ledger, [aVisit({ images: 100 })]);
      const refs = await ledger.dispatch({ windowImages: 200, windowChunks: 1_000, maxChunks: 100 });
      assert.equal(refs.length, 4);
    }));

  it("counts the window in chunks as well", () =>
    withLedger(async ({ ledger }) => {
      const limits = { windowImages: 1_000_000, windowChunks: 3, maxChunks: 100 };
      await submitJob(ledger, [aVisit({ images: 1_000 })]);
      assert.equal((await ledger.dispatch(limits)).length, 3);
      const small = await submitJob(ledger, [aVisit({ images: 10 })]);
      assert.deepEqual(await ledger.dispatch(limits), [{ jobId: small, chunk: 0, urgent: true }]);
    }));

  it("follows a change of priority", () =>
    withLedger(async ({ ledger }) => {
      await submitJob(ledger, [aVisit({ images: 200 })], { priority: 5 });
      const raised = await submitJob(ledger, [aVisit({ images: 200 })], { priority: 5 });
      assert.equal(await ledger.setPriority(raised, 9), "ongoing");
      const refs = await ledger.dispatch({ windowImages: 1_000_000, windowChunks: 1_000, maxChunks: 2 });
      assert.deepEqual(
        refs.map(({ jobId }) => jobId),
        [raised, raised],
      );
      assert.equal((await ledger.readJob(raised))?.priority, 9);
      assert.equal(await ledger.setPriority(raised + 1, 9), null);
    }));
}
