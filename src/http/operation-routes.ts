/** For those who run Storewalk: is it alive, may it get work, how is it doing. Served by every process, with or without the API. */

import type { FastifyInstance } from "fastify";
import { Type } from "typebox";
import type { FleetLedger } from "../ledger/port/fleet-ledger.ts";
import type { Metrics } from "../metrics/create-metrics.ts";
import { createRecentReading } from "../metrics/recent-reading.ts";
import { contractErrors, HealthReply, ReadinessReply } from "./schemas.ts";

const LEDGER_WAIT_MS = 1_000;

export type OperationDeps = {
  readonly ledger: Pick<FleetLedger, "readFleet">;
  readonly metrics: Pick<Metrics, "contentType" | "text">;
  readonly now: () => number;
  /** The process is about to end: who shares out requests should leave it alone from now on. */
  readonly isDraining: () => boolean;
};

export function addOperationRoutes(app: FastifyInstance, deps: OperationDeps): void {
  const readFleet = createRecentReading({
    read: () => deps.ledger.readFleet(),
    keepMs: 0,
    waitMs: LEDGER_WAIT_MS,
    now: deps.now,
  });

  async function readiness(): Promise<ReadinessReply> {
    if (deps.isDraining()) return { status: "draining", reasons: ["the process is about to end"] };
    if (await readFleet()) return { status: "ready", reasons: [] };
    return { status: "not_ready", reasons: [`the ledger could not be read within ${LEDGER_WAIT_MS} ms`] };
  }

  app.get(
    "/healthz",
    {
      config: { access: "public" },
      schema: {
        operationId: "health",
        summary: "Is the process alive",
        description:
          "Answers as long as the process runs its loop; asks nobody else. For an orchestrator that starts what is dead again.",
        tags: ["operation"],
        response: { 200: HealthReply },
      },
    },
    async (_request, reply): Promise<HealthReply> => {
      reply.header("cache-control", "no-store");
      return { status: "ok" };
    },
  );

  app.get(
    "/readyz",
    {
      config: { access: "public" },
      schema: {
        operationId: "readiness",
        summary: "May the process get requests",
        description:
          "503 while the ledger cannot be read, or once the process is about to end: for a load balancer that sends requests elsewhere then.",
        tags: ["operation"],
        response: { 200: ReadinessReply, 503: ReadinessReply },
      },
    },
    async (_request, reply): Promise<ReadinessReply> => {
      const answer = await readiness();
      reply.code(answer.status === "ready" ? 200 : 503).header("cache-control", "no-store");
      return answer;
    },
  );

  app.get(
    "/metrics",
    {
      config: { access: "admin" },
      schema: {
        operationId: "metrics",
        summary: "Metrics in Prometheus' text format",
        description: "The figures of this one process. Each is described in docs/operations.md.",
        tags: ["operation"],
        response: {
          200: { description: "The figures of this process", content: { "text/plain": { schema: Type.String() } } },
          ...contractErrors(400, 503),
        },
      },
    },
    async (_request, reply) => {
      reply.header("cache-control", "no-store").type(deps.metrics.contentType);
      return await deps.metrics.text();
    },
  );
}
