/** `/api/v1/alerts`: what people want to be told of, where they are. */
import type { TypeBoxTypeProvider } from "@fastify/type-provider-typebox";
import type { FastifyInstance } from "fastify";
import { Type } from "typebox";
import { type AlertKind, THRESHOLDS, thresholdFault } from "../../domain/alert-kinds.ts";
import { timeZoneFault } from "../../domain/zone-offset.ts";
import type { AlertLedger, Alert as KeptAlert, NewAlert } from "../../ledger/port/alert-ledger.ts";
import type { WebhookLedger } from "../../ledger/port/webhook-ledger.ts";
import { alertFacts } from "../../notify/watch-alerts.ts";
import { ApiError, type ApiProblem } from "../problems/api-error.ts";
import { Alert, AlertChangesBody, AlertPath, alertView, NewAlertBody, quietOf, timeFault } from "./alert-schema.ts";
import { answers } from "./documented.ts";
import { BODY_CODES, readJsonBodies } from "./json-body.ts";
import { listOf } from "./paging.ts";
import { DeliveryShape, deliveryView } from "./webhook-deliveries-routes.ts";

const MOST_ALERTS = 100;

export function addAlertsRoutes(
  server: FastifyInstance,
  deps: {
    readonly ledger: AlertLedger & Pick<WebhookLedger, "listEndpoints">;
    /** There is an alert to look at. */
    readonly onAlert: () => void;
    /** There is something to send. */
    readonly onDelivery: () => void;
    readonly now: () => number;
  },
): void {
  const { ledger } = deps;
  const app = server.withTypeProvider<TypeBoxTypeProvider>();

  async function own(id: number, sees: string | null): Promise<KeptAlert> {
    const found = (await ledger.listAlerts(sees)).find((alert) => alert.id === id);
    if (!found) throw new ApiError("alert_not_found", `there is no alert ${id}`);
    return found;
  }

  /** The tenant's own webhooks; all that are on where none are given. */
  async function webhooksOf(tenant: string, given: readonly number[] | undefined) {
    const known = await ledger.listEndpoints(tenant);
    const ids = given ?? known.filter(({ enabled }) => enabled).map(({ id }) => id);
    if (ids.length === 0) {
      const detail = "must name who is told: there is no webhook that is on; add one first";
      return { ids, problems: [{ pointer: "/webhooks", code: "missing", detail }] satisfies ApiProblem[] };
    }
    const problems = ids.flatMap((id, index): ApiProblem[] =>
      known.some((webhook) => webhook.id === id)
        ? []
        : [{ pointer: `/webhooks/${index}`, code: "unknown", detail: `there is no webhook ${id}` }],
    );
    return { ids, problems };
  }

  app.get(
    "/api/v1/alerts",
    {
      config: { access: "webhooks:manage" },
      schema: {
        operationId: "listAlerts",
        summary: "What people are told of, and what is the case now",
        description: "All of the caller's tenant, oldest first, with their causes.",
        tags: ["webhooks"],
        response: answers({ 200: listOf(Alert, "All alerts") }),
      },
    },
    async ({ caller }) => ({ data: (await ledger.listAlerts(caller.sees)).map(alertView) }),
  );

  app.register((withBodies, _options, done) => {
    readJsonBodies(withBodies);
    const routes = withBodies.withTypeProvider<TypeBoxTypeProvider>();
    routes.post(
      "/api/v1/alerts",
      {
        config: { access: "webhooks:manage" },
        schema: {
          operationId: "createAlert",
          summary: "Let people be told of something",
          description:
            "Its webhooks are told, in their format, once for each cause while it lasts: in words, or as signed JSON of the type `alert.firing`. " +
            "What comes in quiet hours is told after them.",
          tags: ["webhooks"],
          body: NewAlertBody,
          response: answers({ 201: Alert }, "too_many_alerts", ...BODY_CODES),
        },
      },
      async ({ body, caller: { tenant } }, reply) => {
        const { name, kind, threshold = THRESHOLDS[kind].usual, tells_end: tellsEnd = false } = body;
        const quiet = quietOf(body.quiet_hours ?? null);
        const { ids: webhooks, problems } = await webhooksOf(tenant, body.webhooks);
        refuse([...faultsOf(kind, { threshold, quiet, tellsEnd }), ...problems]);
        if ((await ledger.listAlerts(tenant)).length >= MOST_ALERTS)
          throw new ApiError("too_many_alerts", `there are ${MOST_ALERTS} alerts already; remove one first`);
        const made = await ledger.addAlert({ tenant, name, kind, threshold, webhooks, quiet, tellsEnd });
        deps.onAlert();
        return reply.code(201).header("location", `/api/v1/alerts/${made.id}`).send(alertView(made));
      },
    );

    routes.patch(
      "/api/v1/alerts/:id",
      {
        config: { access: "webhooks:manage" },
        schema: {
          operationId: "changeAlert",
          summary: "Change an alert, or switch it off and on",
          description:
            "What is left out stays. While it is off nobody is told of anything; ends of jobs meanwhile never. A cause that was told and lasts stays told.",
          tags: ["webhooks"],
          params: AlertPath,
          body: AlertChangesBody,
          response: answers({ 200: Alert }, "alert_not_found", ...BODY_CODES),
        },
      },
      async ({ params, body, caller }) => {
        const before = await own(params.id, caller.sees);
        const { name, threshold = before.threshold, tells_end: tellsEnd = before.tellsEnd, enabled } = body;
        const quiet = body.quiet_hours === undefined ? before.quiet : quietOf(body.quiet_hours);
        const webhooks = body.webhooks === undefined ? null : await webhooksOf(before.tenant, body.webhooks);
        refuse([...faultsOf(before.kind, { threshold, quiet, tellsEnd }), ...(webhooks?.problems ?? [])]);
        const changed = await ledger.changeAlert(params.id, {
          ...(body.threshold === undefined ? {} : { threshold }),
          ...(body.quiet_hours === undefined ? {} : { quiet }),
          ...(body.tells_end === undefined ? {} : { tellsEnd }),
          ...(name === undefined ? {} : { name }),
          ...(webhooks === null ? {} : { webhooks: webhooks.ids }),
          ...(enabled === undefined ? {} : { enabled }),
        });
        deps.onAlert();
        return alertView(changed ?? (await own(params.id, caller.sees)));
      },
    );
    done();
  });

  app.get(
    "/api/v1/alerts/:id",
    {
      config: { access: "webhooks:manage" },
      schema: {
        operationId: "getAlert",
        summary: "One alert",
        description: "With its causes.",
        tags: ["webhooks"],
        params: AlertPath,
        response: answers({ 200: Alert }, "alert_not_found"),
      },
    },
    async ({ params, caller }) => alertView(await own(params.id, caller.sees)),
  );

  app.delete(
    "/api/v1/alerts/:id",
    {
      config: { access: "webhooks:manage" },
      schema: {
        operationId: "removeAlert",
        summary: "Remove an alert",
        description: "Messages that wait to be delivered are delivered all the same.",
        tags: ["webhooks"],
        params: AlertPath,
        response: answers({ 204: Type.Null({ description: "It is gone" }) }, "alert_not_found"),
      },
    },
    async ({ params, caller }, reply) => {
      await own(params.id, caller.sees);
      await ledger.removeAlert(params.id);
      return reply.code(204).send(null);
    },
  );

  app.post(
    "/api/v1/alerts/:id/test",
    {
      config: { access: "webhooks:manage" },
      schema: {
        operationId: "testAlert",
        summary: "Send an alert's webhooks a message to try it",
        description:
          "Also in quiet hours. One delivery for each of its webhooks that is on, of the type `alert.test`; none where all are off or removed.",
        tags: ["webhooks"],
        params: AlertPath,
        response: answers(
          { 202: listOf(DeliveryShape, "The deliveries, to be followed in their list") },
          "alert_not_found",
        ),
      },
    },
    async ({ params, caller }, reply) => {
      const alert = await own(params.id, caller.sees);
      const timestamp = new Date(deps.now()).toISOString();
      const payload = JSON.stringify({ type: "alert.test", timestamp, data: alertFacts(alert) });
      const deliveries = await ledger.addAlertTest(alert.id, payload);
      deps.onDelivery();
      return reply.code(202).send({ data: deliveries.map(deliveryView) });
    },
  );
}

function faultsOf(
  kind: AlertKind,
  { threshold, quiet, tellsEnd }: Pick<NewAlert, "threshold" | "quiet" | "tellsEnd">,
): readonly ApiProblem[] {
  const zoneFault = quiet?.timeZone ? timeZoneFault(quiet.timeZone) : null;
  const faults = [
    ["/threshold", "not_allowed", thresholdFault(kind, threshold)],
    [
      "/tells_end",
      "mismatch",
      tellsEnd && kind === "job_failed" ? "must be false: the end of a job is never over" : null,
    ],
    [
      "/quiet_hours/to",
      "mismatch",
      quiet && quiet.from === quiet.to ? `must be another time than from, ${quiet.from}` : null,
    ],
    ["/quiet_hours/from", "malformed", timeFault(quiet?.from)],
    ["/quiet_hours/to", "malformed", timeFault(quiet?.to)],
    ["/quiet_hours/time_zone", "malformed", zoneFault],
  ] as const;
  return faults.flatMap(([pointer, code, detail]): ApiProblem[] =>
    detail === null ? [] : [{ pointer, code, detail }],
  );
}

function refuse(problems: readonly ApiProblem[]): void {
  const [first] = problems;
  if (!first) return;
  const message = `${first.pointer.slice(1).replaceAll("/", ".")} ${first.detail}`;
  throw new ApiError("invalid_body", message, { problems });
}
