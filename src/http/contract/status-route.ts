/** `GET /api/status?jobid=n`: where a job stands. Reads O(chunks) rows, and the failed images once when a job is over. */
import type { FastifyInstance } from "fastify";
import { Type } from "typebox";
import type { ErrorCode } from "../../domain/error-codes.ts";
import type { JobReader, JobSnapshot } from "../../ledger/port/job-reader.ts";
import { assertOwnJob } from "../auth/access.ts";
import { noSuchJob } from "../problems/api-error.ts";
import { jobIdFrom, optionalText, type Query } from "../query.ts";
import type { RateMeter } from "../rate-meter.ts";
import { contractErrors, JobId, StatusReply } from "../schemas.ts";
import { createJobView } from "../v1/job-schema.ts";
import { readByRoute } from "../v1/submission-schema.ts";

const FAILURES_PAGE = 5_000;
/** Reports of failed jobs kept in memory: failures of a run that is over never change. */
const REPORTS_KEPT = 50;

type StoreError = { readonly store_id: string; readonly error: string };

export function addStatusRoute(
  app: FastifyInstance,
  deps: {
    readonly ledger: Pick<JobReader, "readTenant" | "readFailures">;
    readonly readJob: JobReader["readJob"];
    readonly rateMeter: RateMeter;
  },
): void {
  const jobView = createJobView(deps.rateMeter);
  const reports = new Map<string, readonly StoreError[]>();

  async function reportOf({ jobId, run }: JobSnapshot): Promise<readonly StoreError[]> {
    const key = `${jobId}/${run}`;
    const known = reports.get(key);
    if (known) return known;
    const report = await readStoreErrors(deps.ledger, jobId);
    reports.set(key, report);
    const [oldest] = reports.keys();
    if (reports.size > REPORTS_KEPT && oldest !== undefined) reports.delete(oldest);
    return report;
  }

  app.get<{ Querystring: Query }>(
    "/api/status",
    {
      validatorCompiler: readByRoute,
      config: { access: "jobs:read" },
      schema: {
        operationId: "status",
        summary: "Where a job stands",
        description: "`error` lists the failed stores of a job that failed.",
        tags: ["contract"],
        querystring: Type.Object({ jobid: JobId }),
        response: { 200: StatusReply, ...contractErrors(400, 404, 503) },
      },
    },
    async (request): Promise<StatusReply> => {
      const jobId = jobIdFrom(optionalText(request.query, "jobid", "job_id", "jobId"), "jobid");
      request.jobId = jobId;
      await assertOwnJob(deps.ledger, request.caller, jobId);
      const job = await deps.readJob(jobId);
      if (!job) throw noSuchJob(jobId);
      const reply = jobView(job);
      return job.status === "failed" ? { ...reply, error: [...(await reportOf(job))] } : reply;
    },
  );
}

/** One entry per failed store in visit order, summing up its causes: "3 × not_found, 1 × timeout". */
async function readStoreErrors(ledger: Pick<JobReader, "readFailures">, jobId: number): Promise<readonly StoreError[]> {
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
