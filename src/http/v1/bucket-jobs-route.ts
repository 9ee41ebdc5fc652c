/**
 * `POST /api/v1/jobs/from-bucket`: a job of the photos below a prefix of a bucket. The bucket is listed here, with the tenant's credentials for it, a page at a
 * time: however many keys it has, they are never all held.
 */
import type { TypeBoxTypeProvider } from "@fastify/type-provider-typebox";
import type { FastifyInstance } from "fastify";
import { Type } from "typebox";
import type { BucketAddress } from "../../domain/bucket-address.ts";
import { ImageFault } from "../../domain/error-codes.ts";
import { createListing } from "../../intake/listing.ts";
import type { JobReader, JobSnapshot } from "../../ledger/port/job-reader.ts";
import { ApiError } from "../problems/api-error.ts";
import { OrNull } from "../schemas.ts";
import type { Foresee } from "../submission/foresee.ts";
import type { TakeSubmission } from "../submission/take-submission.ts";
import { ListedKeys, listingView } from "./bucket-listing.ts";
import { BucketSource, readBucketSource } from "./bucket-source.ts";
import { answers } from "./documented.ts";
import { type Job, JobWithWarnings } from "./job-schema.ts";
import { readJsonBodies } from "./json-body.ts";
import { createReadKnownJob } from "./known-job.ts";
import { OptionsWithoutColumns } from "./submission-options.ts";
import { DryRun, dryRunView, IdempotencyHeader, NO_WARNINGS, warningsView } from "./submission-schema.ts";
import { whenClosed } from "./when-closed.ts";

const BucketJob = Type.Object(
  { job: JobWithWarnings, listing: OrNull(ListedKeys, "Null for a request that was sent again") },
  { title: "BucketJob", description: "The job, and what was found" },
);
const BucketDryRun = Type.Object(
  { check: DryRun, listing: ListedKeys },
  { title: "BucketDryRun", description: "What would become of it, and what was found" },
);

export type BucketJobsDeps = {
  readonly readJob: JobReader["readJob"];
  readonly takeSubmission: TakeSubmission;
  readonly foresee: Foresee;
  readonly jobView: (job: JobSnapshot) => Job;
  /** Keys below a prefix, with the tenant's credentials. Rejects with an ImageFault, at once or while it is read. */
  readonly listBucket: ListBucket;
};

export type ListBucket = (
  tenant: string,
  from: BucketAddress,
  signal: AbortSignal,
) => AsyncIterable<readonly { readonly key: string }[]>;

export function addBucketJobsRoute(server: FastifyInstance, deps: BucketJobsDeps): void {
  const readJob = createReadKnownJob(deps.readJob);
  server.register((withBodies, _options, done) => {
    readJsonBodies(withBodies);
    withBodies.withTypeProvider<TypeBoxTypeProvider>().post(
      "/api/v1/jobs/from-bucket",
      {
        config: { access: "jobs:write" },
        schema: {
          operationId: "createJobFromBucket",
          summary: "Submit the photos in a bucket",
          description:
            "Lists what is below a prefix, with the credentials that are kept for the bucket, and makes a job of it: photos that follow each other and are of one " +
            "store and time are one visit.",
          tags: ["jobs"],
          querystring: OptionsWithoutColumns,
          headers: IdempotencyHeader,
          body: BucketSource,
          response: answers(
            { 201: BucketJob, 200: BucketDryRun },
            "invalid_submission",
            "invalid_body",
            "idempotency_running",
            "idempotency_mismatch",
            "request_broken_off",
            "body_too_large",
            "unsupported_media_type",
            "too_many_images",
            "bucket_unreadable",
            "bucket_unavailable",
          ),
        },
      },
      async (request, reply) => {
        const { dry_run: isDryRun = false, ...options } = request.query;
        const { from, pattern } = readBucketSource(request.body);
        const { tenant } = request.caller;
        const pages = deps.listBucket(tenant, from, whenClosed(reply));
        const listing = createListing({ from, pattern, pages });
        const made = { named: JSON.stringify(["bucket", request.body]), bytes: listing.bytes };
        return await saying(async () => {
          if (isDryRun) {
            const check = await deps.takeSubmission.checkMade(request, options, made);
            const view = dryRunView(check, await deps.foresee(check, "not yet"));
            return reply.code(200).send({ check: view, listing: listingView(listing.soFar()) });
          }
          const { jobId, accepted } = await deps.takeSubmission.takeMade(request, reply, options, made);
          const foreseen = accepted === null ? [] : await deps.foresee(accepted, "accepted");
          const warnings = warningsView(accepted?.warnings ?? NO_WARNINGS, foreseen);
          const job = { ...deps.jobView(await readJob(jobId)), ...warnings };
          const found = accepted === null ? null : listingView(listing.soFar());
          return reply.code(201).header("location", `/api/v1/jobs/${jobId}`).send({ job, listing: found });
        });
      },
    );
    done();
  });
}

const LATER = new Set(["connect_failed", "dns_failed", "timeout", "rate_limited"]);

/** What the bucket's service refuses, in its own words. */
async function saying<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (!(error instanceof ImageFault)) throw error;
    const isLater = LATER.has(error.code);
    throw new ApiError(isLater ? "bucket_unavailable" : "bucket_unreadable", error.message, {
      headers: isLater ? { "retry-after": "10" } : {},
    });
  }
}
