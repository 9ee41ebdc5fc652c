/** `/api/v1/jobs/{id}/failures`: why images failed, so that a person sees at once whose fault it is. */
import type { TypeBoxTypeProvider } from "@fastify/type-provider-typebox";
import type { FastifyInstance } from "fastify";
import { type Static, Type } from "typebox";
import { ERROR_CODES } from "../../domain/error-codes.ts";
import type { JobReader, JobSnapshot } from "../../ledger/port/job-reader.ts";
import type { FailureGroups } from "../../reports/failure-groups.ts";
import { readFailureGroups } from "../../reports/read-failure-groups.ts";
import { noSuchJob } from "../problems/api-error.ts";
import { ErrorCode, JobId } from "../schemas.ts";
import { answers } from "./documented.ts";
import { listAnswer, sendSheets, sheetOf, tableParameters } from "./list-table.ts";

/** Hosts and stores that are listed under each code; the rest is counted. */
const MOST_GROUPS = { hosts: 50, stores: 50 } as const;

const Count = Type.Integer({ minimum: 1 });
const More = Type.Integer({ minimum: 0, description: "So many more that are not listed" });
const HostFailures = Type.Object(
  {
    host: Type.String({ description: "Empty when the URL has none" }),
    images: Count,
    stores: Type.Array(
      Type.Object({
        store_id: Type.String(),
        images: Count,
        first_image: Type.Integer({ minimum: 0, description: "The number of the first of them" }),
      }),
    ),
    more_stores: More,
  },
  { title: "HostFailures" },
);
const Group = Type.Object(
  {
    code: ErrorCode,
    about: Type.String({ description: "What the code means" }),
    images: Count,
    hosts: Type.Array(HostFailures),
    more_hosts: More,
  },
  { title: "FailureGroup" },
);
const Failures = Type.Object(
  {
    total: Type.Integer({ minimum: 0 }),
    groups: Type.Array(Group),
  },
  { title: "Failures", description: "Failed images by code, host and store, the biggest groups first" },
);

const FailureRow = Type.Object({
  code: ErrorCode,
  about: Type.String(),
  host: Type.String(),
  store_id: Type.String(),
  images: Count,
});
const FileFormat = Type.Optional({
  ...tableParameters.format,
  description: "csv, xlsx: a row for each code, host and store; what is not listed has a row with `*`",
});

/** Groups of jobs as they were at so many failures: a job that stands still is not read again. */
const GROUPS_KEPT = 20;
/** Of a running job, a reading that took so long is good for ten times as long. */
const LONG_READING_MS = 200;

export function addFailuresRoute(
  server: FastifyInstance,
  deps: { readonly ledger: Pick<JobReader, "readJob" | "readResults"> },
): void {
  const kept = new Map<number, Kept>();
  const readings = new Map<number, Promise<Kept>>();

  async function read({ jobId, run }: JobSnapshot): Promise<Kept> {
    const from = performance.now();
    const answer = failuresAnswer(await readFailureGroups(deps.ledger, jobId));
    const at = performance.now();
    const tookMs = at - from;
    const groups = { run, failed: answer.total, goodUntil: tookMs < LONG_READING_MS ? at : at + 10 * tookMs, answer };
    kept.delete(jobId);
    kept.set(jobId, groups);
    const [oldest] = kept.keys();
    if (kept.size > GROUPS_KEPT && oldest !== undefined) kept.delete(oldest);
    return groups;
  }

  /** One reading of a job at a time, however many look at it. */
  async function readOnce(job: JobSnapshot): Promise<Kept> {
    const underWay = await readings.get(job.jobId);
    if (underWay && isGood(underWay, job)) return underWay;
    const reading = read(job);
    readings.set(job.jobId, reading);
    try {
      return await reading;
    } finally {
      if (readings.get(job.jobId) === reading) readings.delete(job.jobId);
    }
  }

  server.withTypeProvider<TypeBoxTypeProvider>().get(
    "/api/v1/jobs/:id/failures",
    {
      config: { access: "jobs:read" },
      schema: {
        operationId: "getFailures",
        summary: "Why images of a job failed, by code, host and store",
        description:
          "Groups of failed images, the biggest first; under each code its hosts, under each host its stores, with the count of those not listed.",
        tags: ["jobs"],
        params: Type.Object({ id: JobId }),
        querystring: Type.Object({ ...tableParameters, format: FileFormat }, { additionalProperties: false }),
        response: answers({ 200: listAnswer(Failures) }, "job_not_found"),
      },
    },
    async (request, reply) => {
      const { id: jobId } = request.params;
      request.jobId = jobId;
      const job = await deps.ledger.readJob(jobId);
      if (!job) throw noSuchJob(jobId);
      const known = kept.get(jobId);
      const { answer } = known && isGood(known, job) ? known : await readOnce(job);
      const { format = "json" } = request.query;
      if (format === "json") return answer;
      const name = `job-${jobId}-failures`;
      return sendSheets({ request, reply, name, format }, [sheetOf("Failures", FailureRow, [rowsOf(answer)])]);
    },
  );
}

type Kept = {
  readonly run: number;
  readonly failed: number;
  /** Of a job that runs on, in the process' own time. */
  readonly goodUntil: number;
  readonly answer: Static<typeof Failures>;
};

function isGood({ run, failed, goodUntil }: Kept, job: JobSnapshot): boolean {
  // Another run may fail as often, of other causes.
  if (run !== job.run) return false;
  return failed === job.failed || (job.finishedAt === null && performance.now() < goodUntil);
}

function failuresAnswer(groups: FailureGroups): Static<typeof Failures> {
  return {
    total: groups.total,
    groups: groups.list(MOST_GROUPS).map(({ code, images, hosts, moreHosts }) => ({
      code,
      about: ERROR_CODES[code].about,
      images,
      hosts: hosts.map(({ host, images: ofHost, stores, moreStores }) => ({
        host,
        images: ofHost,
        stores: stores.map(({ storeId, images: ofStore, firstImage }) => ({
          ...{ store_id: storeId, images: ofStore, first_image: firstImage },
        })),
        more_stores: moreStores,
      })),
      more_hosts: moreHosts,
    })),
  };
}

/** All images of the groups: those of hosts and stores that are not listed stand together. */
function rowsOf({ groups }: Static<typeof Failures>): readonly Static<typeof FailureRow>[] {
  return groups.flatMap(({ code, about, images, hosts }) => [
    ...hosts.flatMap(({ host, images: ofHost, stores }) => [
      ...stores.map(({ store_id, images: ofStore }) => ({ code, about, host, store_id, images: ofStore })),
      ...rest(ofHost, stores).map((left) => ({ code, about, host, store_id: "*", images: left })),
    ]),
    ...rest(images, hosts).map((left) => ({ code, about, host: "*", store_id: "*", images: left })),
  ]);
}

/** What is left of the images when the listed ones are taken away, if anything. */
function rest(images: number, listed: readonly { readonly images: number }[]): readonly number[] {
  const left = images - listed.reduce((sum, one) => sum + one.images, 0);
  return left > 0 ? [left] : [];
}
