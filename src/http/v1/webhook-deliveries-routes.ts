/** `/api/v1/webhook-deliveries`: what became of each telling of a job's end, and once more. */
import type { TypeBoxTypeProvider } from "@fastify/type-provider-typebox";
import type { FastifyInstance } from "fastify";
import { type Static, Type } from "typebox";
import { WEBHOOK_FORMATS } from "../../domain/webhook-format.ts";
import {
  DELIVERY_STATES,
  type Delivery,
  type DeliveryInFull,
  type WebhookLedger,
} from "../../ledger/port/webhook-ledger.ts";
import { sentText } from "../../notify/messages.ts";
import { MOST_ATTEMPTS } from "../../notify/webhook-attempt.ts";
import { ApiError } from "../problems/api-error.ts";
import { Instant, JobId, OrNull } from "../schemas.ts";
import { answers } from "./documented.ts";
import { instant } from "./job-schema.ts";
import { listAnswer, listOrTable, tableParameters } from "./list-table.ts";
import { cursorOf, limitOf, page, pageOf, pageParameters } from "./paging.ts";

const Id = Type.Integer({ minimum: 1 });

export const DeliveryShape = Type.Object(
  {
    no: Id,
    webhook_id: OrNull(Id, "Null for the callback of one job"),
    job_id: OrNull(JobId, "Null for a ping and for what an alert told"),
    alert_id: OrNull(Id, "The alert that told it; null for none"),
    event: Type.String(),
    url: Type.String(),
    status: Type.Enum([...DELIVERY_STATES]),
    attempts: Type.Integer({ minimum: 0 }),
    most_attempts: Type.Integer({ minimum: 1, description: "After so many it is given up" }),
    next_attempt_at: OrNull(Instant, "Null when it is over"),
    last_status: OrNull(Type.Integer(), "The HTTP status of the last attempt"),
    last_error: OrNull(Type.String(), "Why the last attempt had no answer"),
    last_body: OrNull(Type.String(), "The beginning of the last answer"),
    created_at: Instant,
    finished_at: OrNull(Instant, "When it was delivered or given up"),
  },
  { title: "Delivery", description: "One telling" },
);

const Attempt = Type.Object(
  {
    attempt: Type.Integer({ minimum: 1, description: "One is missing where its process died in between" }),
    ended_at: Instant,
    took_ms: OrNull(Type.Integer({ minimum: 0 }), "Null when it was not measured"),
    status: OrNull(Type.Integer(), "The HTTP status of the answer"),
    error: OrNull(Type.String(), "Why there was no answer"),
    body: OrNull(Type.String(), "The beginning of the answer, 1,024 bytes at most"),
  },
  { title: "DeliveryAttempt" },
);

const DeliveryInFullShape = Type.Object(
  {
    ...DeliveryShape.properties,
    format: Type.Enum([...WEBHOOK_FORMATS], { title: "WebhookFormat", description: "As the endpoint is told now" }),
    message: Type.String({ description: "What is sent: the JSON that is signed, a chat's message, or a mail's text" }),
    attempts_made: Type.Array(Attempt, { description: "Oldest first" }),
  },
  { title: "DeliveryInFull", description: "One telling: what is sent, and every attempt" },
);

const DeliveriesQuery = Type.Object(
  {
    webhook_id: Type.Optional(Id),
    job_id: Type.Optional(JobId),
    status: Type.Optional(Type.Enum([...DELIVERY_STATES])),
    ...pageParameters,
    ...tableParameters,
  },
  { additionalProperties: false },
);

export function addWebhookDeliveriesRoutes(
  server: FastifyInstance,
  deps: {
    readonly ledger: Pick<WebhookLedger, "listDeliveries" | "readDelivery" | "replayDelivery">;
    /** Where people find the dashboard; null where nobody said. */
    readonly publicUrl: string | null;
    /** There is something to send. */
    readonly onDelivery: () => void;
  },
): void {
  const { ledger } = deps;
  const app = server.withTypeProvider<TypeBoxTypeProvider>();

  app.get(
    "/api/v1/webhook-deliveries",
    {
      config: { access: "webhooks:manage" },
      schema: {
        operationId: "listDeliveries",
        summary: "What was told to whom, newest first",
        description: "Each with its attempts, the next one, and the last answer.",
        tags: ["webhooks"],
        querystring: DeliveriesQuery,
        response: answers({ 200: listAnswer(pageOf(DeliveryShape, "A page of deliveries")) }),
      },
    },
    async (request, reply) =>
      await listOrTable(
        { request, reply, name: "webhook-deliveries", element: DeliveryShape },
        async ({ query, caller }) => {
          const { webhook_id: endpointId = null, job_id: jobId = null, status: state = null } = query;
          const limit = limitOf(query);
          const before = cursorOf(Id, query.cursor);
          const deliveries = await ledger.listDeliveries(
            { tenant: caller.sees, endpointId, jobId, state },
            { before, limit },
          );
          return page(deliveries.map(deliveryView), deliveries.length < limit ? null : (deliveries.at(-1)?.no ?? null));
        },
      ),
  );

  app.get(
    "/api/v1/webhook-deliveries/:no",
    {
      config: { access: "webhooks:manage" },
      schema: {
        operationId: "getDelivery",
        summary: "What was sent, and what came of each attempt",
        description:
          "Each attempt with its time, how long it took, and the answer's status and beginning, or why there was none. Gone with its delivery.",
        tags: ["webhooks"],
        params: Type.Object({ no: Id }),
        response: answers({ 200: DeliveryInFullShape }, "delivery_not_found"),
      },
    },
    async ({ params, caller }) => {
      const delivery = await ledger.readDelivery(params.no, caller.sees);
      if (!delivery) throw noSuchDelivery(params.no);
      return inFullView(delivery, deps.publicUrl);
    },
  );

  app.post(
    "/api/v1/webhook-deliveries/:no/replay",
    {
      config: { access: "webhooks:manage" },
      schema: {
        operationId: "replayDelivery",
        summary: "Tell it once more, as a new delivery",
        description: "The same message under a new number, whatever became of the first one.",
        tags: ["webhooks"],
        params: Type.Object({ no: Id }),
        response: answers({ 202: DeliveryShape }, "delivery_not_found"),
      },
    },
    async ({ params, caller }, reply) => {
      const delivery = await ledger.replayDelivery(params.no, caller.sees);
      if (!delivery) throw noSuchDelivery(params.no);
      deps.onDelivery();
      return reply.code(202).send(deliveryView(delivery));
    },
  );
}

const noSuchDelivery = (no: number) => new ApiError("delivery_not_found", `there is no delivery ${no}`);

function inFullView(delivery: DeliveryInFull, publicUrl: string | null): Static<typeof DeliveryInFullShape> {
  const { format, payload, attemptsMade } = delivery;
  return {
    ...deliveryView(delivery),
    format,
    message: sentText(format, payload, publicUrl),
    attempts_made: attemptsMade.map(({ attempt, endedAt, tookMs, status, error, body }) => ({
      attempt,
      ended_at: instant(endedAt),
      took_ms: tookMs,
      status,
      error,
      body,
    })),
  };
}

export function deliveryView(delivery: Delivery): Static<typeof DeliveryShape> {
  return {
    no: delivery.no,
    webhook_id: delivery.endpointId === 0 ? null : delivery.endpointId,
    job_id: delivery.jobId,
    alert_id: delivery.alertId,
    event: delivery.event,
    url: delivery.url,
    status: delivery.state,
    attempts: delivery.attempts,
    most_attempts: MOST_ATTEMPTS,
    next_attempt_at: delivery.finishedAt === null ? instant(delivery.nextAt) : null,
    last_status: delivery.lastStatus,
    last_error: delivery.lastError,
    last_body: delivery.lastBody,
    created_at: instant(delivery.createdAt),
    finished_at: delivery.finishedAt === null ? null : instant(delivery.finishedAt),
  };
}
