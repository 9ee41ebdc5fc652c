/** `GET /api/v1/overview`: the whole service at one look. */
import type { TypeBoxTypeProvider } from "@fastify/type-provider-typebox";
import type { FastifyInstance } from "fastify";
import { Type } from "typebox";
import type { FleetLedger } from "../../ledger/port/fleet-ledger.ts";
import type { InsightLedger } from "../../ledger/port/insight-ledger.ts";
import type { JobReader, JobSnapshot } from "../../ledger/port/job-reader.ts";
import type { StoreLedger } from "../../ledger/port/store-ledger.ts";
import { createOverview, THROUGHPUT_STEP_SECONDS } from "../../reports/overview.ts";
import { CountsByCode, ErrorCode, Instant, OrNull } from "../schemas.ts";
import { answers } from "./documented.ts";
import { instant, Job } from "./job-schema.ts";
import { listAnswer, sendSheets, sheetOf, tableParameters } from "./list-table.ts";

const Count = Type.Integer({ minimum: 0 });

const Overview = Type.Object(
  {
    images_per_second: Type.Number({ minimum: 0, description: "Of all running jobs now" }),
    backlog: Type.Object({
      jobs: Count,
      images: Count,
      chunks: Type.Object({ pending: Count, queued: Count, running: Count }),
      oldest_queued_ms: Count,
      eta_seconds: OrNull(Type.Number({ minimum: 0 }), "Null when there is no backlog or no rate yet"),
    }),
    throughput: Type.Object(
      {
        from: Instant,
        step_seconds: Type.Literal(10),
        images: Type.Array(Count, { description: "Results that came in each step, the last one not over yet" }),
      },
      { description: "The last ten minutes" },
    ),
    last_hour: Type.Object(
      { done: Count, failed: Count, failures_by_code: CountsByCode },
      { description: "Of jobs that run, or ended within the last hour" },
    ),
    gpu: Type.Object({
      places: Count,
      busy: Count,
      utilisation: OrNull(Type.Number({ minimum: 0, maximum: 1 }), "Null when no GPU is there"),
    }),
    hosts_in_trouble: Type.Array(Type.Object({ host: Type.String(), code: ErrorCode, failed: Count }), {
      description: "Hosts that fail images of the running jobs, the worst first, as of at most 10 s ago",
    }),
    fleet: Type.Object({ members: Count, threads: Count }),
    stores: Type.Integer({ minimum: 0, description: "In the store master" }),
    running: Type.Array(Job, { description: "Jobs that are not over, newest first, at most 100" }),
  },
  { title: "Overview", description: "The whole service at one look" },
);

/** A line of the file. */
const Step = Type.Object({ until: Instant, images: Count, images_per_second: Type.Number() });

export function addOverviewRoute(
  server: FastifyInstance,
  deps: {
    readonly ledger: JobReader &
      Pick<FleetLedger, "readFleet"> &
      Pick<StoreLedger, "countStores"> &
      Pick<InsightLedger, "readThroughput">;
    readonly jobView: (job: JobSnapshot) => Job;
    readonly now: () => number;
  },
): void {
  const readOverview = createOverview(deps);
  server.withTypeProvider<TypeBoxTypeProvider>().get(
    "/api/v1/overview",
    {
      config: { access: "jobs:read" },
      schema: {
        operationId: "getOverview",
        summary: "The whole service at one look",
        description:
          "What runs, how fast, what waits, what failed in the last hour, which hosts are in trouble, and how busy the GPU is.",
        tags: ["service"],
        querystring: Type.Object(
          {
            ...tableParameters,
            format: Type.Optional({
              ...tableParameters.format,
              description: "csv, xlsx: results of the last ten minutes, a line for each step that is over",
            }),
          },
          { additionalProperties: false },
        ),
        response: answers({ 200: listAnswer(Overview) }),
      },
    },
    async (request, reply) => {
      const { caller } = request;
      const overview = await readOverview(caller.sees);
      const { format = "json" } = request.query;
      if (format !== "json") {
        const steps = stepsOf(overview.throughput);
        return sendSheets({ request, reply, name: "throughput", format }, [sheetOf("throughput", Step, [steps])]);
      }
      const { backlog, fleet } = overview;
      const running = overview.running.map(deps.jobView);
      const rate = running
        .filter(({ status }) => status === "ongoing")
        .reduce((sum, job) => sum + job.images_per_second, 0);
      return {
        images_per_second: tenths(rate),
        backlog: {
          jobs: backlog.jobs,
          images: backlog.images,
          chunks: backlog.chunks,
          oldest_queued_ms: backlog.oldestQueuedMs,
          eta_seconds: rate > 0 && backlog.images > 0 ? tenths(backlog.images / rate) : null,
        },
        throughput: {
          from: instant(overview.throughput.from),
          step_seconds: THROUGHPUT_STEP_SECONDS,
          images: [...overview.throughput.images],
        },
        last_hour: { done: overview.done, failed: overview.failed, failures_by_code: overview.failuresByCode },
        gpu: {
          places: fleet.gpuPlaces,
          busy: fleet.gpuBusy,
          utilisation: fleet.gpuPlaces > 0 ? Math.min(1, fleet.gpuBusy / fleet.gpuPlaces) : null,
        },
        hosts_in_trouble: [...overview.hostsInTrouble],
        fleet: { members: fleet.members, threads: fleet.threads },
        stores: overview.stores,
        running,
      };
    },
  );
}

/** The last one is not over. */
function stepsOf({ from, images }: { readonly from: number; readonly images: readonly number[] }) {
  return images.slice(0, -1).map((some, no) => ({
    until: instant(from + (no + 1) * THROUGHPUT_STEP_SECONDS * 1_000),
    images: some,
    images_per_second: tenths(some / THROUGHPUT_STEP_SECONDS),
  }));
}

function tenths(value: number): number {
  return Math.round(value * 10) / 10;
}
