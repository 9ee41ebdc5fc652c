/** `GET /api/status?jobid=n`: where a job stands. Reads O(chunks) rows, and the failed images once when a job is over. */
import type { FastifyInstance } from "fastify";
import type { ErrorCode } from "../domain/error-codes.ts";
import { isTerminal } from "../domain/job.ts";
import type { JobReader, JobSnapshot } from "../ledger/ledger.ts";
import { ApiError } from "./api-error.ts";
import { jobIdFrom, optionalText, type Query } from "./query.ts";
import type { RateMeter } from "./rate-meter.ts";
import { StatusReply } from "./schemas.ts";

const FAILURES_PAGE = 5_000;
/** Reports of failed jobs kept in memory: a finished job's failures never change. */
const REPORTS_KEPT = 50;

type StoreError = { readonly store_id: string; readonly error: string };

export function addStatusRoute(
  app: FastifyInstance,
  deps: { readonly ledger: JobReader; readonly rateMeter: RateMeter },
): void {
  const reports = new Map<number, readonly StoreError[]>();

  async function reportOf(jobId: number): Promise<readonly StoreError[]> {
    const known = reports.get(jobId);
    if (known) return known;
    const report = await readStoreErrors(deps.ledger, jobId);
    reports.set(jobId, report);
    const [oldest] = reports.keys();
    if (reports.size > REPORTS_KEPT && oldest !== undefined) reports.delete(oldest);
    return report;
  }

  app.get<{ Querystring: Query }>(
    "/api/status",
    { schema: { response: { 200: StatusReply } } },
    async (request): Promise<StatusReply> => {
      const jobId = jobIdFrom(optionalText(request.query, "jobid", "job_id", "jobId"), "jobid");
      request.jobId = jobId;
      const job = await deps.ledger.readJob(jobId);
      if (!job) throw new ApiError(404, `there is no job ${jobId}`);
      const reply = statusReply(job, deps.rateMeter.imagesPerSecond(job));
      return job.status === "failed" ? { ...reply, error: [...(await reportOf(jobId))] } : reply;
    },
  );
}

function statusReply(job: JobSnapshot, imagesPerSecond: number): StatusReply {
  const done = job.succeeded + job.failed;
  const over = isTerminal(job.status);
  return {
    status: job.status,
    job_id: job.jobId,
    counts: { visits: job.visits, images: job.images, done, succeeded: job.succeeded, failed: job.failed },
    progress: done / job.images,
    images_per_second: round(imagesPerSecond),
    eta_seconds: over || imagesPerSecond <= 0 ? null : round((job.images - done) / imagesPerSecond),
    created_at: instant(job.createdAt),
    started_at: job.startedAt === null ? null : instant(job.startedAt),
    finished_at: job.finishedAt === null ? null : instant(job.finishedAt),
    failures_by_code: job.failuresByCode,
  };
}

/** One entry per failed store in visit order, summing up its causes: "3 × not_found, 1 × timeout". */
async function readStoreErrors(ledger: JobReader, jobId: number): Promise<readonly StoreError[]> {
  const stores = new Map<string, Map<ErrorCode, number>>();
  let after: number | null = -1;
  while (after !== null) {
    const page: Awaited<ReturnType<JobReader["readFailures"]>> = await ledger.readFailures(jobId, {
      after,
      limit: FAILURES_PAGE,
    });
    for (const { storeId, code, images } of page.rows) {
      const codes = stores.get(storeId) ?? new Map<ErrorCode, number>();
      codes.set(code, (codes.get(code) ?? 0) + images);
      stores.set(storeId, codes);
    }
    after = page.next;
  }
  return [...stores].map(([store_id, codes]) => ({ store_id, error: causes(codes) }));
}

function causes(codes: ReadonlyMap<ErrorCode, number>): string {
  return [...codes]
    .toSorted((a, b) => b[1] - a[1])
    .map(([code, images]) => `${images} × ${code}`)
    .join(", ");
}

function instant(at: number): string {
  return new Date(at).toISOString();
}

function round(value: number): number {
  return Math.round(value * 10) / 10;
}
