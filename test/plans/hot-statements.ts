/** What a service asks of its ledger, day by day: each as often as it takes to see every statement of it. A new method of the ledger belongs here. */
import assert from "node:assert/strict";
import { NO_LABELS } from "../../src/domain/labels.ts";
import { uploadUrl } from "../../src/domain/upload.ts";
import { TELLING_EVENTS } from "../../src/ledger/port/alert-ledger.ts";
import { ANY_IMAGE } from "../../src/ledger/port/insight-ledger.ts";
import { ANY_JOB } from "../../src/ledger/port/job-reader.ts";
import type { Ledger } from "../../src/ledger/port/ledger.ts";
import { ALL as ALL_REVIEWS } from "../../src/testing/flagged-images.ts";
import { aVisit, failed, measured } from "../../src/testing/ledger-builders.ts";
import { pictureOf, submit } from "./fill-ledger.ts";

/** Of a photo, as hexadecimal text. */
const DIGEST = "d".repeat(64);

const LEASE_MS = 60_000;
const EVERY_JOB = { ...ANY_JOB, tenant: null };
const EVERY_IMAGE = { ...ANY_IMAGE, tenant: null };

/** `over` is the number of a job that is over, with failed images; others lie before it. */
export function hotStatements(given: {
  readonly ledger: () => Ledger;
  readonly over: () => number;
}): Readonly<Record<string, () => Promise<unknown>>> {
  const each = (work: (ledger: Ledger, over: number) => Promise<unknown>) => () => work(given.ledger(), given.over());
  return {
    // First: what comes later takes photos out of the index.
    "photos that show the same": each(async (ledger, over) => {
      const { probes } = pictureOf(0);
      assert.ok((await ledger.findAlike(over, [{ image: 0, digest: DIGEST, probes }])).flat().length > 0);
      assert.ok((await ledger.findAlikeTo("default", DIGEST, probes)).length > 0);
    }),
    "accepting a job": each(async (ledger) => {
      const job = await submit(ledger);
      await ledger.discardJob(job);
    }),
    "sending, claiming, recording and ending a chunk": each(async (ledger) => {
      const job = await submit(ledger);
      await ledger.sealJob(job);
      const refs = await ledger.dispatch({ windowImages: 1e6, windowChunks: 1e4, maxChunks: 100 });
      for (const ref of refs) {
        const claim = await ledger.claim(ref, LEASE_MS);
        if (!claim) continue;
        await ledger.renew([claim.lease], LEASE_MS);
        const results = claim.images.map(({ no }) => (no % 10 === 0 ? failed(no) : measured(no)));
        await ledger.record(claim.lease, results, LEASE_MS);
      }
      assert.equal((await ledger.readJob(job))?.status, "failed");
    }),
    "looking for what was lost": each((ledger) => ledger.sweep({ queuedMs: 60_000, preparingMs: 60_000 })),
    "adding up sums": each((ledger) => ledger.addUpSums()),
    "the status and the lists of jobs": each(async (ledger, over) => {
      await ledger.readJob(over);
      await ledger.readUnfinished();
      await ledger.readBacklog(null);
      await ledger.readEnds(0, 100);
      await ledger.readLastEnd();
    }),
    "a job's results, images, visits and failures": each(async (ledger, over) => {
      const page = { after: -1, limit: 100 };
      await ledger.readResults(over, { ...page, onlyFailed: false });
      await ledger.readResults(over, { ...page, onlyFailed: true });
      await ledger.readFailures(over, page);
      await ledger.readPastResults(over, 0);
      await ledger.readLaterReuses({ jobId: over, image: 0 });
      await ledger.readMeasuredSums(over);
      const any = { outcome: null, code: null, storeId: null, host: null, visit: null } as const;
      for (const filter of [
        any,
        { ...any, storeId: "S7" },
        { ...any, visit: 7 },
        { ...any, code: "not_found" as const },
      ])
        await ledger.readImages(over, filter, page);
      await ledger.readVisitRows(over, { storeId: null }, page);
      await ledger.readVisitRows(over, { storeId: "S7" }, page);
    }),
    "lists of jobs, also of one store": each(async (ledger) => {
      const page = { before: null, limit: 50 };
      await ledger.listJobs(EVERY_JOB, page);
      await ledger.listJobs({ ...EVERY_JOB, statuses: ["ongoing", "paused"] }, page);
      await ledger.listJobs({ ...EVERY_JOB, storeId: "S7" }, page);
      await ledger.listJobs({ ...EVERY_JOB, externalId: "of-nobody" }, page);
    }),
    "images of all jobs": each(async (ledger, over) => {
      const page = { after: null, limit: 50 };
      await ledger.listAnyImages(EVERY_IMAGE, page);
      await ledger.listAnyImages({ ...EVERY_IMAGE, storeId: "S7", from: "2024-05-01", to: "2024-05-31" }, page);
      await ledger.listAnyImages({ ...EVERY_IMAGE, code: "not_found" }, page);
      await ledger.listAnyImages({ ...EVERY_IMAGE, code: "timeout" }, page);
      await ledger.listAnyImages({ ...EVERY_IMAGE, jobId: over, outcome: "failed" }, page);
    }),
    "sums by area and by store": each(async (ledger) => {
      const spans = [{ grain: "week", first: "2024-04-01", last: "2024-05-27" }] as const;
      for (const dimension of ["area", "store"] as const)
        await ledger.readKeySums({ tenant: null, dimension, area: null, spans });
    }),
    "removing what is old": each((ledger) => ledger.prune(1_000)),
    "a retry": each(async (ledger, over) => {
      const job = await ledger.readJob(over);
      await ledger.retryImages(over, job?.run ?? 1, [0, 10]);
    }),
    "stores and what they were visited for": each(async (ledger) => {
      await ledger.readOneStoreActivity("S7", null);
      await ledger.readStoreDays("S7", null, 366);
    }),
    "uploaded photos, of jobs, drafts and fresh URLs": each(async (ledger, over) => {
      const file = `${"a".repeat(64)}-${"b".repeat(16)}`;
      await ledger.keepUpload({ tenant: "default", sha256: "a".repeat(64), file });
      const images = [{ url: uploadUrl(file, "1.jpg"), labels: NO_LABELS }];
      const draft = await ledger.openDraft(over);
      assert.ok(draft !== null);
      await ledger.addVisits(draft, [{ ...aVisit(), images }]);
      await ledger.discardJob(draft);
      const fresh = await ledger.openDraft(over);
      assert.ok(fresh !== null);
      const url = { line: 2, image: 20, externalId: null, url: uploadUrl(file, "1.jpg") };
      assert.deepEqual(await ledger.addFreshUrls(fresh, over, [url]), []);
      assert.equal(await ledger.retryWithFreshUrls(over, (await ledger.readJob(over))?.run ?? 1, fresh), 0);
      await ledger.forgetUploads([file], 0);
    }),
    "a job that grows": each(async (ledger, over) => {
      const draft = await ledger.openDraft(over);
      assert.ok(draft !== null);
      await ledger.addVisits(draft, [aVisit({ storeId: "S7" })]);
      assert.equal((await ledger.addDraft(draft, over)).kind, "added");
    }),
    "a job that is deleted and restored": each(async (ledger, over) => {
      const [job] = (await ledger.listJobs({ ...EVERY_JOB, statuses: ["failed"] }, { before: over, limit: 1 })).jobs;
      assert.ok(job);
      assert.equal((await ledger.deleteJob(job.jobId, 86_400_000))?.kind, "deleted");
      await ledger.listDeletedJobs(null);
      assert.equal(await ledger.restoreJob(job.jobId, null), true);
    }),
    "schedules that are due": each(async (ledger) => {
      await ledger.takeDueSchedule(LEASE_MS);
      await ledger.listSchedules(null);
      await ledger.readNewKeys(1, ["d".repeat(32)]);
    }),
    "alerts and what they tell": each(async (ledger) => {
      const kind = { name: "Jobs", kind: "job_failed", threshold: 10, quiet: null, tellsEnd: true } as const;
      const { id } = await ledger.addAlert({ tenant: "default", webhooks: [], ...kind });
      const held = await ledger.takeDueAlert({ stores: 1, others: 1 });
      assert.ok(held);
      const causes = [{ cause: "1", detail: "a job failed", facts: {} }];
      await ledger.noteEnds(held, causes, 1);
      await ledger.noteCauses(held, causes, 1);
      await ledger.decideToTell(held, 0);
      await ledger.readTellings(id);
      for (const event of TELLING_EVENTS) await ledger.tell(id, { no: held.token, event }, "{}");
      await ledger.addAlertTest(id, "{}");
      await ledger.listAlerts(null);
      await ledger.readJobsWhoseUrlsEnd(null, Date.now(), 10);
      await ledger.removeAlert(id);
    }),
    "credentials of hosts": each(async (ledger) => {
      await ledger.listAccess("default");
      await ledger.readAccess(["default"]);
    }),
    "insight by day, with its causes": each(async (ledger) => {
      const spans = [{ grain: "day", first: "2024-05-01", last: "2024-05-31" }] as const;
      for (const dimension of ["all", "host", "agent"] as const) {
        await ledger.readKeySums({ tenant: null, dimension, area: null, spans });
        await ledger.readKeyCauses({ tenant: null, dimension, area: null, spans, cause: "not_found" });
      }
      const week = { grain: "week", day: "2024-04-29" } as const;
      const cells = { tenant: null, dimension: "store", keys: ["S7", "S8"], periods: [week] } as const;
      await ledger.readCells(cells);
      await ledger.readCauseCells(cells);
      await ledger.readThroughput(null, 0);
      await ledger.countSumChanges();
    }),
    "flagged images as people review them": each(async (ledger, over) => {
      const page = { before: null, limit: 50 };
      await ledger.listReviews(ALL_REVIEWS, page);
      await ledger.listReviews({ ...ALL_REVIEWS, tenant: "default", state: "open" }, page);
      await ledger.listReviews({ ...ALL_REVIEWS, jobId: over, flag: "blurred" }, page);
      await ledger.listReviews({ ...ALL_REVIEWS, storeId: "S7", from: "2024-05-01", to: "2024-05-31" }, page);
      await ledger.listReviews({ ...ALL_REVIEWS, area: "A7" }, page);
      await ledger.readReview({ jobId: over, image: 0 });
      await ledger.readReviewHistory({ jobId: over, image: 0 });
    }),
    "deliveries of webhooks": each(async (ledger) => {
      await ledger.readUnannounced(100);
      await ledger.takeDue(100, LEASE_MS);
      const attempt = {
        state: "pending",
        waitMs: 0,
        tookMs: 1,
        status: 503,
        error: null,
        body: "",
        disableReason: null,
      } as const;
      await ledger.recordAttempt({ no: 1, endpointId: 1, attempts: 1 }, attempt);
      await ledger.readDelivery(1, null);
      await ledger.listEndpoints(null);
    }),
    "keys and requests": each(async (ledger) => {
      await ledger.hasKeys();
      await ledger.listKeys(null);
      const request = { key: "k", holder: "h" };
      await ledger.beginRequest(request, LEASE_MS);
      await ledger.dropRequest(request);
    }),
  };
}
