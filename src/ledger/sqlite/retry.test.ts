/** Retries of jobs with more images than one statement touches. */
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { NO_LABELS } from "../../domain/labels.ts";
import { aVisit, claimNext, failed, submitJob } from "../../testing/ledger-builders.ts";
import { openDatabase } from "./database.ts";
import { createSqliteLedger } from "./sqlite-ledger.ts";

const IMAGES = 45_000;
const LEASE_MS = 60_000;
/** First and last of parts, and between. */
const MEANT = [44_999, 0, 19_999, 20_000, 20_001, 39_999, 40_000, 12_345];
const IN_ORDER = MEANT.toSorted((a, b) => a - b);

async function setup() {
  const db = openDatabase(":memory:");
  const ledger = createSqliteLedger({ db, now: () => 5 });
  const images = Array.from({ length: IMAGES }, (_, no) => ({ url: `http://old/${no}`, labels: NO_LABELS }));
  const jobId = await submitJob(ledger, [{ ...aVisit(), images, labels: NO_LABELS }]);
  for (let left = IMAGES; left > 0; ) {
    const claim = await claimNext(ledger);
    left -= claim.images.length;
    const results = claim.images.map(({ no }) => failed(no, "url_expired"));
    await ledger.record(claim.lease, results, LEASE_MS);
  }
  const waiting = async () => {
    const found: string[] = [];
    while (found.length < MEANT.length) {
      const claim = await claimNext(ledger);
      for (const { no, url } of claim.images) found.push(`${no} ${url}`);
    }
    return found;
  };
  return { db, ledger, jobId, waiting };
}

describe("a retry of a large job", () => {
  it("runs again the images that are meant, in whichever part and order they come", async () => {
    const { ledger, jobId, waiting } = await setup();
    assert.equal(await ledger.retryImages(jobId, 1, MEANT), MEANT.length);
    assert.equal((await ledger.readJob(jobId))?.failed, IMAGES - MEANT.length);
    assert.deepEqual(
      await waiting(),
      IN_ORDER.map((no) => `${no} http://old/${no}`),
    );
  });

  it("puts each fresh URL in its place and keeps the one before, also for the sums", async () => {
    const { db, ledger, jobId, waiting } = await setup();
    const draft = await ledger.openDraft(jobId);
    assert.ok(draft !== null);
    const urls = MEANT.map((image, at) => ({ line: at + 2, image, externalId: null, url: `http://new/${image}` }));
    assert.deepEqual(await ledger.addFreshUrls(draft, jobId, urls), []);
    assert.equal(await ledger.retryWithFreshUrls(jobId, 1, draft), MEANT.length);
    assert.deepEqual(
      await waiting(),
      IN_ORDER.map((no) => `${no} http://new/${no}`),
    );
    for (const no of MEANT) {
      const [past] = await ledger.readPastResults(jobId, no);
      assert.deepEqual([past?.code, past?.imageUrl], ["url_expired", `http://old/${no}`]);
    }
    // Both that the result came and that it went count for the host of before.
    const changes = db.prepare("select image, url from sum_changes where url is not null order by image, no").all();
    assert.deepEqual(
      changes.map((change) => `${change.image} ${change.url}`),
      IN_ORDER.flatMap((no) => [`${no} http://old/${no}`, `${no} http://old/${no}`]),
    );
  });
});
