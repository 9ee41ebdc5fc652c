/** `/api/v1/webhooks`: who is told of the ends of jobs. */
import type { TypeBoxTypeProvider } from "@fastify/type-provider-typebox";
import type { FastifyInstance } from "fastify";
import { type Static, Type } from "typebox";
import { addressFault, WEBHOOK_FORMATS, type WebhookFormat } from "../../domain/webhook-format.ts";
import type { Endpoint, WebhookLedger } from "../../ledger/port/webhook-ledger.ts";
import { newSecret } from "../../notify/webhook-signature.ts";
import { noSuchWebhook } from "../auth/access.ts";
import { ApiError } from "../problems/api-error.ts";
import { Instant, OrNull } from "../schemas.ts";
import { answers } from "./documented.ts";
import { instant } from "./job-schema.ts";
import { BODY_CODES, readJsonBodies } from "./json-body.ts";
import { listOf } from "./paging.ts";
import { DeliveryShape, deliveryView } from "./webhook-deliveries-routes.ts";
import { WEBHOOK_EVENTS, WebhookEvent } from "./webhook-message.ts";

/** For so long a secret that was replaced still signs. */
const OVERLAP_MS = 24 * 3_600_000;
const MOST_ENDPOINTS = 100;

const Id = Type.Integer({ minimum: 1 });
const Url = Type.String({
  minLength: 1,
  maxLength: 2_048,
  pattern: "^(?:https?://|mailto:)",
  description: "http or https, at an address that may be reached as an image's; mailto: for email",
  "x-wanted": "an http or https URL, or mailto: and an address",
});
const Events = Type.Array(WebhookEvent, { minItems: 1, maxItems: 3, uniqueItems: true });
const Description = Type.String({ maxLength: 200 });

const Format = Type.Enum([...WEBHOOK_FORMATS], {
  title: "WebhookFormat",
  default: "json",
  description:
    "The signed JSON; a message of Slack or Microsoft Teams, at the address of its incoming webhook; or a mail",
});
const fields = {
  id: Id,
  url: Type.String(),
  format: Format,
  events: Type.Array(WebhookEvent),
  description: Type.String(),
  enabled: Type.Boolean(),
  disabled_reason: OrNull(Type.String(), "Why Storewalk switched it off"),
  old_secret_until: OrNull(Instant, "Until then the secret before signs as well"),
  created_at: Instant,
};
const Webhook = Type.Object(fields, { title: "Webhook", description: "An endpoint that is told of the ends of jobs" });
const WebhookWithSecret = Type.Object(
  {
    ...fields,
    secret: Type.String({ description: "Shown this once; verifies webhook-signature" }),
  },
  { title: "WebhookWithSecret", description: "An endpoint with its secret" },
);

const warning = OrNull(
  Type.String(),
  "Why nothing would be sent to it as things are: an address that is not public, or a name that leads nowhere",
);
const NewWebhook = Type.Object(
  { ...WebhookWithSecret.properties, warning },
  { title: "WebhookMade", description: "A new endpoint with its secret" },
);
const ChangedWebhook = Type.Object({ ...fields, warning }, { title: "WebhookChanged" });

/** Why nothing will be sent to an address; null where it will, as far as can be told. */
export type JudgeWebhook = (url: string) => Promise<string | null>;

const WebhookPath = Type.Object({ id: Id });

export function addWebhooksRoutes(
  server: FastifyInstance,
  deps: {
    readonly ledger: WebhookLedger;
    /** Whether there is a server for mails. */
    readonly canMail: boolean;
    /** There is something to send. */
    readonly onDelivery: () => void;
    readonly judgeWebhook: JudgeWebhook;
    readonly now: () => number;
  },
): void {
  const { ledger } = deps;
  const app = server.withTypeProvider<TypeBoxTypeProvider>();
  const warningOf = async (format: WebhookFormat, url: string) =>
    format === "email" ? null : await deps.judgeWebhook(url);
  const found = <T>(id: number, endpoint: T | null): T => {
    if (endpoint === null) throw noSuchWebhook(id);
    return endpoint;
  };

  app.get(
    "/api/v1/webhooks",
    {
      config: { access: "webhooks:manage" },
      schema: {
        operationId: "listWebhooks",
        summary: "Endpoints that are told of the ends of jobs",
        description: "All of the caller's tenant, oldest first, without their secrets.",
        tags: ["webhooks"],
        response: answers({ 200: listOf(Webhook, "All endpoints") }),
      },
    },
    async ({ caller }) => ({ data: (await ledger.listEndpoints(caller.sees)).map(webhookView) }),
  );

  app.register((withBodies, _options, done) => {
    readJsonBodies(withBodies);
    const routes = withBodies.withTypeProvider<TypeBoxTypeProvider>();

    routes.post(
      "/api/v1/webhooks",
      {
        config: { access: "webhooks:manage" },
        schema: {
          operationId: "createWebhook",
          summary: "Register an endpoint",
          description: "Messages follow Standard Webhooks 1.0. The secret is shown in this answer and never again.",
          tags: ["webhooks"],
          body: Type.Object(
            {
              url: Url,
              format: Type.Optional(Format),
              events: Type.Optional(Events),
              description: Type.Optional(Description),
            },
            { title: "NewWebhook", additionalProperties: false },
          ),
          response: answers({ 201: NewWebhook }, "too_many_webhooks", ...BODY_CODES),
        },
      },
      async (request, reply) => {
        const { url, format = "json", events = WEBHOOK_EVENTS, description = "" } = request.body;
        assertAddress(format, url, deps.canMail);
        const { tenant } = request.caller;
        if ((await ledger.listEndpoints(tenant)).length >= MOST_ENDPOINTS) {
          throw new ApiError("too_many_webhooks", `there are ${MOST_ENDPOINTS} webhooks already; remove one first`);
        }
        const secret = newSecret();
        const endpoint = await ledger.addEndpoint({ tenant, url, format, events, description, secret });
        return reply
          .code(201)
          .header("location", `/api/v1/webhooks/${endpoint.id}`)
          .send({ ...webhookView(endpoint), secret, warning: await warningOf(format, url) });
      },
    );

    routes.patch(
      "/api/v1/webhooks/:id",
      {
        config: { access: "webhooks:manage" },
        schema: {
          operationId: "changeWebhook",
          summary: "Change an endpoint, or switch it off and on",
          description:
            "What is left out stays. While an endpoint is off nothing is sent to it: messages that wait are sent when it is on again, ends of jobs meanwhile never.",
          tags: ["webhooks"],
          params: WebhookPath,
          body: Type.Object(
            {
              url: Type.Optional(Url),
              events: Type.Optional(Events),
              description: Type.Optional(Description),
              enabled: Type.Optional(Type.Boolean()),
            },
            { title: "WebhookChanges", additionalProperties: false },
          ),
          response: answers({ 200: ChangedWebhook }, "webhook_not_found", ...BODY_CODES),
        },
      },
      async ({ params, body, caller }) => {
        const before = (await ledger.listEndpoints(caller.sees)).find(({ id }) => id === params.id);
        if (before && body.url !== undefined) assertAddress(before.format, body.url, deps.canMail);
        const changed = webhookView(found(params.id, await ledger.changeEndpoint(params.id, body)));
        deps.onDelivery();
        return { ...changed, warning: body.url === undefined ? null : await warningOf(changed.format, body.url) };
      },
    );
    done();
  });

  app.get(
    "/api/v1/webhooks/:id",
    {
      config: { access: "webhooks:manage" },
      schema: {
        operationId: "getWebhook",
        summary: "One endpoint",
        description: "Without its secret, which is shown once, when it is made.",
        tags: ["webhooks"],
        params: WebhookPath,
        response: answers({ 200: Webhook }, "webhook_not_found"),
      },
    },
    async ({ params, caller }) => {
      const endpoint = (await ledger.listEndpoints(caller.sees)).find(({ id }) => id === params.id);
      return webhookView(found(params.id, endpoint ?? null));
    },
  );

  app.delete(
    "/api/v1/webhooks/:id",
    {
      config: { access: "webhooks:manage" },
      schema: {
        operationId: "removeWebhook",
        summary: "Remove an endpoint with its deliveries",
        description: "Nothing is sent to it any more, and what became of earlier messages is gone too.",
        tags: ["webhooks"],
        params: WebhookPath,
        response: answers({ 204: Type.Null({ description: "It is gone" }) }, "webhook_not_found"),
      },
    },
    async ({ params }, reply) => {
      found(params.id, (await ledger.removeEndpoint(params.id)) || null);
      return reply.code(204).send(null);
    },
  );

  app.post(
    "/api/v1/webhooks/:id/rotate",
    {
      config: { access: "webhooks:manage" },
      schema: {
        operationId: "rotateWebhook",
        summary: "Give an endpoint a new secret",
        description:
          "For 24 hours both sign, so that nothing is refused in between. The new one is shown in this answer only.",
        tags: ["webhooks"],
        params: WebhookPath,
        response: answers({ 200: WebhookWithSecret }, "webhook_not_found"),
      },
    },
    async ({ params }) => {
      const secret = newSecret();
      return { ...webhookView(found(params.id, await ledger.rotateEndpoint(params.id, secret, OVERLAP_MS))), secret };
    },
  );

  app.post(
    "/api/v1/webhooks/:id/ping",
    {
      config: { access: "webhooks:manage" },
      schema: {
        operationId: "pingWebhook",
        summary: "Send an endpoint a message to try it",
        description:
          "Queued like any other message, signed, of the type `ping`; the delivery in the answer can be followed in the list of deliveries.",
        tags: ["webhooks"],
        params: WebhookPath,
        response: answers({ 202: DeliveryShape }, "webhook_not_found"),
      },
    },
    async ({ params }, reply) => {
      const payload = JSON.stringify({ type: "ping", timestamp: new Date(deps.now()).toISOString(), data: {} });
      const delivery = found(params.id, await ledger.addPing(params.id, payload));
      deps.onDelivery();
      return reply.code(202).send(deliveryView(delivery));
    },
  );
}

/** An endpoint is told in one format for good, at an address that suits it. */
function assertAddress(format: WebhookFormat, url: string, canMail: boolean): void {
  const fault =
    addressFault(format, url) ??
    (format === "email" && !canMail ? "cannot be mailed to: the service has no STOREWALK_SMTP_URL" : null);
  if (fault === null) return;
  throw new ApiError("invalid_body", `url ${fault}`, {
    problems: [{ pointer: "/url", code: "mismatch", detail: fault }],
  });
}

function webhookView(endpoint: Endpoint): Static<typeof Webhook> {
  return {
    id: endpoint.id,
    url: endpoint.url,
    format: endpoint.format,
    events: WEBHOOK_EVENTS.filter((event) => endpoint.events.includes(event)),
    description: endpoint.description,
    enabled: endpoint.enabled,
    disabled_reason: endpoint.disabledReason,
    old_secret_until: endpoint.oldSecretUntil === null ? null : instant(endpoint.oldSecretUntil),
    created_at: instant(endpoint.createdAt),
  };
}
