/**
 * Guards every route: who calls, whether they may, and whether what they name is theirs. A route that does not say what it asks of its caller
 * stops the service from starting. Must come before the routes.
 */
import type { FastifyInstance, FastifyRequest, RouteOptions } from "fastify";
import { allows } from "../../domain/scopes.ts";
import type { JobReader } from "../../ledger/port/job-reader.ts";
import type { WebhookLedger } from "../../ledger/port/webhook-ledger.ts";
import { ApiError, noSuchJob } from "../problems/api-error.ts";
import type { Authenticator } from "./authenticator.ts";
import { refuseCrossSite } from "./browser-rules.ts";
import { type Access, type Caller, OUTSIDER } from "./caller.ts";

/** Files of ours that libraries serve: there is nothing to know in them. */
const FILES = /^\/(?:docs|assets)(?:\/|$)/;

type Ledger = Pick<JobReader, "readTenant"> & Pick<WebhookLedger, "listEndpoints">;

export function guardRoutes(
  app: FastifyInstance,
  deps: {
    readonly authenticator: Authenticator;
    readonly ledger: Ledger;
    /** Of pages that may ask although they are not ours. */
    readonly allowedOrigins: readonly string[];
  },
): void {
  app.decorateRequest("caller");
  app.addHook("onRoute", declareAccess);
  app.addHook("onRequest", async (request) => {
    const access = accessOf(request);
    request.caller = access === "public" ? OUTSIDER : await deps.authenticator.identify(request.headers);
    refuseCrossSite(request.method, request.headers, request.caller, deps.allowedOrigins);
    assertAllowed(request.caller, access);
  });
  app.addHook("preHandler", async (request) => await assertOwn(request, deps.ledger));
}

/** Puts what a route asks for into the API's description, too. */
function declareAccess(route: RouteOptions): void {
  const access = route.config?.access ?? (FILES.test(route.url) ? "public" : undefined);
  if (access === undefined) throw new Error(`${route.method} ${route.url} does not say what it asks of its caller`);
  route.config = { ...route.config, access };
  route.schema = { ...route.schema, security: securityOf(access) };
}

function securityOf(access: Access): readonly Record<string, readonly string[]>[] {
  if (access === "public") return [];
  return [{ bearer: [access] }, { api_key: [access] }, { session: [access] }];
}

function accessOf(request: FastifyRequest): Access {
  // A request that no route has was refused before; were it not, nobody would get through.
  return request.routeOptions.config.access ?? "admin";
}

function assertAllowed({ scopes, keyId }: Caller, access: Access): void {
  if (access === "public" || allows(scopes, access)) return;
  throw new ApiError("missing_scope", `the API key ${keyId} may not do this; it needs the scope ${access}`);
}

/** What belongs to another tenant is as if it were not there. */
async function assertOwn(
  { caller, params, routeOptions: { url = "" } }: FastifyRequest,
  ledger: Ledger,
): Promise<void> {
  if (caller.sees === null) return;
  if (url.startsWith("/api/v1/jobs/:id")) await assertOwnJob(ledger, caller, numberIn(params));
  if (url.startsWith("/api/v1/webhooks/:id")) await assertOwnWebhook(ledger, caller.sees, numberIn(params));
}

export async function assertOwnJob(
  ledger: Pick<JobReader, "readTenant">,
  { sees }: Caller,
  jobId: number,
): Promise<void> {
  if (sees !== null && (await ledger.readTenant(jobId)) !== sees) throw noSuchJob(jobId);
}

async function assertOwnWebhook(ledger: Ledger, tenant: string, id: number): Promise<void> {
  const own = await ledger.listEndpoints(tenant);
  if (!own.some((endpoint) => endpoint.id === id)) throw noSuchWebhook(id);
}

export function noSuchWebhook(id: number): ApiError {
  return new ApiError("webhook_not_found", `there is no webhook ${id}`);
}

function numberIn(params: unknown): number {
  const id = typeof params === "object" && params !== null && "id" in params ? params.id : undefined;
  if (typeof id !== "number") throw new Error("a route of what has an owner must have its number in the path");
  return id;
}
