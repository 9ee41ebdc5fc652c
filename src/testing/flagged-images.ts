/** Flagged images for the contracts of reviews and of decisions about them: a job that has some, and how its readers see them. */
import assert from "node:assert/strict";
import { LEASE_MS } from "../ledger/contract/ledger-under-test.ts";
import type { ReusedPhoto } from "../ledger/port/inspection-ledger.ts";
import type { Ledger } from "../ledger/port/ledger.ts";
import type { ImagePlace, Review, ReviewFilter } from "../ledger/port/review-ledger.ts";
import { aFinding, aVisit, claimNext, measured, submitJob } from "./ledger-builders.ts";

export const ALL: ReviewFilter = {
  tenant: null,
  jobId: null,
  flag: null,
  kind: null,
  state: null,
  storeId: null,
  area: null,
  agent: null,
  from: null,
  to: null,
};
export const BY_ANNA = { note: "looked at it", by: "key_anna", tenant: null } as const;

export function aReuse(place: ImagePlace, earlier: ImagePlace, reuse: Partial<ReusedPhoto> = {}): ReusedPhoto {
  return {
    ...place,
    earlier,
    kind: "mirrored",
    score: 0.99,
    weight: "strong",
    why: "the same picture, mirrored in another store (S1)",
    threshold: 0.95,
    layOver: [-1, 0, 1, 0, 1, 0, 0, 0, 1],
    ...reuse,
  };
}

const placeText = ({ jobId, image }: ImagePlace) => `${jobId}/${image}`;
export const placesOf = (reviews: readonly Review[]) => reviews.map(placeText);

export async function listed(ledger: Ledger, filter: Partial<ReviewFilter> = {}): Promise<readonly string[]> {
  const { reviews, next } = await ledger.listReviews({ ...ALL, ...filter }, { before: null, limit: 100 });
  assert.equal(next, null);
  return placesOf(reviews);
}

/** The job's flagged images by flag, as its readers see them. */
export async function flaggedIn(ledger: Ledger, jobId: number) {
  const job = await ledger.readJob(jobId);
  return job?.flagged
    .map(({ flags, kinds, state, images }) => `${images} ${state} ${[...flags, ...kinds].join(" ")}`)
    .toSorted();
}

/**
 * A job of three visits: image 0 dark (S1, 1 March, Anna), image 1 blurred and dark (S2, 2 March, Ben), image 2 used again, mirrored, after image 0
 * (S2, 3 March, Anna), image 3 without a flag.
 */
export async function aJobWithFlags(ledger: Ledger, options: { readonly tenant?: string } = {}): Promise<number> {
  const visitOf = (storeId: string, day: string, agent: string, images = 1) =>
    aVisit({
      storeId,
      visitTime: `${day}T10:00:00Z`,
      visitDate: day,
      images,
      labels: { externalId: null, metadata: { agent } },
    });
  const jobId = await submitJob(
    ledger,
    [visitOf("S1", "2026-03-01", "Anna"), visitOf("S2", "2026-03-02", "Ben"), visitOf("S2", "2026-03-03", "Anna", 2)],
    { inspect: "full", ...options },
  );
  const { lease } = await claimNext(ledger);
  assert.equal(lease.jobId, jobId);
  await ledger.addReuses([aReuse({ jobId, image: 2 }, { jobId, image: 0 })]);
  const findings = [aFinding("dark"), aFinding("blurred", "dark"), aFinding(), aFinding()];
  const results = findings.map((finding, no) => ({ ...measured(no), findings: finding }));
  await ledger.record(lease, results, LEASE_MS);
  return jobId;
}
