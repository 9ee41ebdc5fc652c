/** `/api/v1/jobs/{id}/…`: what is done with one job beyond the contract. Results stream page by page at flat memory. */
import { Readable } from "node:stream";
import type { FastifyInstance } from "fastify";
import { isTerminal } from "../domain/job.ts";
import type { JobReader, ResultRow, WorkLedger } from "../ledger/ledger.ts";
import type { WorkMetrics } from "../metrics/work-metrics.ts";
import { ApiError } from "./api-error.ts";
import { jobIdFrom, optionalText, type Query, quoted } from "./query.ts";
import { CancelReply, PriorityReply } from "./schemas.ts";

const RESULTS_PAGE = 1_000;

type JobParams = { readonly id: string };

export function addJobsRoutes(
  app: FastifyInstance,
  deps: {
    readonly ledger: JobReader & Pick<WorkLedger, "cancelJob" | "setPriority">;
    readonly onRunnable: () => void;
    readonly metrics: Pick<WorkMetrics, "jobCancelled">;
  },
): void {
  const { ledger } = deps;

  async function* resultLines(jobId: number, onlyFailed: boolean): AsyncIterable<string> {
    let after: number | null = -1;
    while (after !== null) {
      const page: Awaited<ReturnType<JobReader["readResults"]>> = await ledger.readResults(jobId, {
        after,
        limit: RESULTS_PAGE,
        onlyFailed,
      });
      if (page.rows.length > 0) yield page.rows.map((row) => `${JSON.stringify(resultObject(row))}\n`).join("");
      after = page.next;
    }
  }

  app.get<{ Params: JobParams; Querystring: Query }>("/api/v1/jobs/:id/results", async (request, reply) => {
    const jobId = jobIdFrom(request.params.id, "the id in the path");
    request.jobId = jobId;
    const outcome = optionalText(request.query, "outcome");
    if (outcome !== undefined && outcome !== "failed") {
      throw new ApiError(400, `outcome must be "failed" or absent, got ${quoted(outcome)}`);
    }
    if (!(await ledger.readJob(jobId))) throw new ApiError(404, `there is no job ${jobId}`);
    reply.type("application/x-ndjson");
    return Readable.from(resultLines(jobId, outcome === "failed"));
  });

  app.post<{ Params: JobParams }>(
    "/api/v1/jobs/:id/cancel",
    { schema: { response: { 200: CancelReply } } },
    async (request) => {
      const jobId = jobIdFrom(request.params.id, "the id in the path");
      request.jobId = jobId;
      const before = await ledger.readJob(jobId);
      const status = await ledger.cancelJob(jobId);
      if (status === null) throw new ApiError(404, `there is no job ${jobId}`);
      if (status !== "cancelled") throw new ApiError(409, `job ${jobId} is ${status} already and cannot be cancelled`);
      if (before?.status !== "cancelled") deps.metrics.jobCancelled();
      return { status, job_id: jobId };
    },
  );

  app.post<{ Params: JobParams; Querystring: Query }>(
    "/api/v1/jobs/:id/priority",
    { schema: { response: { 200: PriorityReply } } },
    async (request) => {
      const jobId = jobIdFrom(request.params.id, "the id in the path");
      request.jobId = jobId;
      const priority = priorityFrom(optionalText(request.query, "priority"));
      const status = await ledger.setPriority(jobId, priority);
      if (status === null) throw new ApiError(404, `there is no job ${jobId}`);
      if (isTerminal(status)) throw new ApiError(409, `job ${jobId} is ${status} already and has no priority any more`);
      deps.onRunnable();
      return { status, job_id: jobId, priority };
    },
  );
}

function priorityFrom(value: string | undefined): number {
  if (value !== undefined && /^\d$/.test(value)) return Number(value);
  const got = value === undefined ? "it is missing" : `got ${quoted(value)}`;
  throw new ApiError(400, `priority must be a whole number from 0 (last) to 9 (first); ${got}`);
}

function resultObject(row: ResultRow) {
  return {
    job_id: row.jobId,
    image: row.image,
    visit: row.visit,
    store_id: row.storeId,
    image_url: row.imageUrl,
    outcome: row.outcome,
    width: row.width,
    height: row.height,
    perimeter: row.perimeter,
    format: row.format,
    bytes: row.bytes,
    code: row.code,
    detail: row.detail,
    attempts: row.attempts,
    finished_at: new Date(row.finishedAt).toISOString(),
  };
}
