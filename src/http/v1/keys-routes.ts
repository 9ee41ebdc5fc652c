/** `/api/v1/keys` and `/api/v1/audit`: the keys of a tenant, and who changed what. A key never makes one that may do more than itself. */
import type { TypeBoxTypeProvider } from "@fastify/type-provider-typebox";
import type { FastifyInstance } from "fastify";
import { type Static, Type } from "typebox";
import { allows, SCOPES, type Scope } from "../../domain/scopes.ts";
import { createKeyRing, type MadeKey } from "../../keys/key-ring.ts";
import { type ApiKey, type AuditEntry, KEY_STATES, type KeyLedger } from "../../ledger/port/key-ledger.ts";
import type { Authenticator } from "../auth/authenticator.ts";
import type { Caller } from "../auth/caller.ts";
import { ApiError } from "../problems/api-error.ts";
import { Instant, OrNull } from "../schemas.ts";
import { answers } from "./documented.ts";
import { instant } from "./job-schema.ts";
import { readJsonBodies } from "./json-body.ts";
import { listAnswer, listOrTable, tableParameters } from "./list-table.ts";
import { cursorOf, limitOf, listOf, page, pageOf, pageParameters } from "./paging.ts";
import { TenantChoice } from "./whose.ts";

const DAY_MS = 86_400_000;
const USUAL_OVERLAP_HOURS = 24;

export const ScopeName = Type.Enum([...SCOPES], { title: "Scope" });
const fields = {
  id: Type.String(),
  name: Type.String(),
  tenant: Type.String(),
  scopes: Type.Array(ScopeName),
  status: Type.Enum([...KEY_STATES]),
  created_at: Instant,
  expires_at: OrNull(Instant, "Null for a key without an end"),
  revoked_at: OrNull(Instant, "Null while it was not revoked"),
  last_used_at: OrNull(Instant, "To the minute; null when it never was"),
};
const Key = Type.Object(fields, { title: "Key", description: "An API key, without its secret" });
const KeyWithText = Type.Object(
  {
    ...fields,
    key: Type.String({ description: "Shown this once: Authorization: Bearer, or X-API-Key" }),
  },
  { title: "KeyWithText", description: "An API key with its text" },
);
const KeyPath = Type.Object({ id: Type.String({ minLength: 1, maxLength: 40 }) });

const NewKey = Type.Object(
  {
    name: Type.String({ minLength: 1, maxLength: 100, description: "What it is for" }),
    scopes: Type.Array(ScopeName, { minItems: 1, maxItems: SCOPES.length, uniqueItems: true }),
    tenant: Type.Optional(TenantChoice),
    expires_in_days: Type.Optional(
      Type.Integer({ minimum: 1, maximum: 3_650, description: "Without an end if not given" }),
    ),
  },
  { title: "NewKey", additionalProperties: false },
);
const Rotation = Type.Object(
  {
    overlap_hours: Type.Optional(
      Type.Integer({ minimum: 0, maximum: 720, description: "For so long the key before works too, 24 if not given" }),
    ),
  },
  { title: "KeyRotation", additionalProperties: false },
);

const Change = Type.Object(
  {
    no: Type.Integer({ minimum: 1 }),
    at: Instant,
    tenant: Type.String(),
    key_id: OrNull(Type.String(), "Null where no key was needed"),
    action: Type.String({ description: "The operation, as this document names it" }),
    target: Type.String({ description: "What was changed, or made" }),
    address: Type.String({ description: "From where" }),
    request_id: Type.String(),
  },
  { title: "Change", description: "A change that was made" },
);

export function addKeysRoutes(
  server: FastifyInstance,
  deps: {
    readonly ledger: KeyLedger;
    readonly authenticator: Authenticator;
    readonly authSecret: string | null;
    readonly now: () => number;
  },
): void {
  const { ledger, authenticator, authSecret } = deps;
  const ring = authSecret === null ? null : createKeyRing({ ledger, authSecret, now: deps.now });
  const app = server.withTypeProvider<TypeBoxTypeProvider>();

  function keyRing() {
    if (ring) return ring;
    const detail = "a fleet needs STOREWALK_AUTH_SECRET, the same for all its processes, to have keys";
    throw new ApiError("keys_unavailable", detail);
  }

  async function ownKey(id: string, { sees }: Caller): Promise<ApiKey> {
    const key = await ledger.readKey(id);
    if (key && (sees === null || key.tenant === sees)) return key;
    throw new ApiError("key_not_found", `there is no key ${JSON.stringify(id)}`);
  }

  app.get(
    "/api/v1/keys",
    {
      config: { access: "keys:manage" },
      schema: {
        operationId: "listKeys",
        summary: "API keys, oldest first",
        description:
          "Of the caller's tenant, of all tenants with `admin`; expired and revoked ones too. Never their text.",
        tags: ["keys"],
        response: answers({ 200: listOf(Key, "All keys") }),
      },
    },
    async ({ caller }) => ({ data: (await ledger.listKeys(caller.sees)).map(keyView) }),
  );

  app.register((withBodies, _options, done) => {
    readJsonBodies(withBodies);
    const routes = withBodies.withTypeProvider<TypeBoxTypeProvider>();

    routes.post(
      "/api/v1/keys",
      {
        config: { access: "keys:manage" },
        schema: {
          operationId: "createKey",
          summary: "Make an API key",
          description: "Its text is in this answer and nowhere else. A key gives others only what it has itself.",
          tags: ["keys"],
          body: NewKey,
          response: answers(
            { 201: KeyWithText },
            "keys_unavailable",
            "invalid_body",
            "body_too_large",
            "unsupported_media_type",
          ),
        },
      },
      async (request, reply) => {
        const { name, scopes, tenant = request.caller.tenant, expires_in_days: days } = request.body;
        assertMayGive(request.caller, scopes, tenant);
        const expiresInMs = days === undefined ? null : days * DAY_MS;
        const made = await keyRing().make({ tenant, name, scopes, expiresInMs });
        authenticator.forget();
        reply.code(201).header("location", `/api/v1/keys/${made.key.id}`).header("cache-control", "no-store");
        return reply.send(madeView(made));
      },
    );

    routes.post(
      "/api/v1/keys/:id/rotate",
      {
        config: { access: "keys:manage" },
        schema: {
          operationId: "rotateKey",
          summary: "Replace an API key",
          description: "The new key may do the same. Both work for `overlap_hours`, so that clients can change over.",
          tags: ["keys"],
          params: KeyPath,
          body: Rotation,
          response: answers(
            { 201: KeyWithText },
            "key_not_found",
            "key_over",
            "keys_unavailable",
            "invalid_body",
            "body_too_large",
            "unsupported_media_type",
          ),
        },
      },
      async (request, reply) => {
        const { id, scopes, tenant, state } = await ownKey(request.params.id, request.caller);
        assertMayGive(request.caller, scopes, tenant);
        const { overlap_hours: hours = USUAL_OVERLAP_HOURS } = request.body;
        const made = await keyRing().rotate(id, hours * 3_600_000);
        if (!made) throw new ApiError("key_over", `the key ${id} is ${state}; make a new one`);
        authenticator.forget();
        reply.code(201).header("location", `/api/v1/keys/${made.key.id}`).header("cache-control", "no-store");
        return reply.send(madeView(made));
      },
    );
    done();
  });

  app.post(
    "/api/v1/keys/:id/revoke",
    {
      config: { access: "keys:manage" },
      schema: {
        operationId: "revokeKey",
        summary: "End an API key now",
        description: "With whoever signed in with it. Other processes of a fleet notice within two seconds.",
        tags: ["keys"],
        params: KeyPath,
        response: answers({ 200: Key }, "key_not_found"),
      },
    },
    async ({ params, caller }) => {
      const { id } = await ownKey(params.id, caller);
      await ledger.revokeKey(id);
      authenticator.forget();
      return keyView(await ownKey(id, caller));
    },
  );

  app.get(
    "/api/v1/audit",
    {
      config: { access: "keys:manage" },
      schema: {
        operationId: "listChanges",
        summary: "Who changed what, newest first",
        description:
          "Every change that was made through the API, signing in too: by which key, from where, under which request.",
        tags: ["keys"],
        querystring: Type.Object({ ...pageParameters, ...tableParameters }, { additionalProperties: false }),
        response: answers({ 200: listAnswer(pageOf(Change, "A page of changes")) }),
      },
    },
    async (request, reply) =>
      await listOrTable({ request, reply, name: "changes", element: Change }, async ({ query, caller }) => {
        const limit = limitOf(query);
        const before = cursorOf(Type.Integer({ minimum: 1 }), query.cursor);
        const entries = await ledger.listAuditEntries(caller.sees, { before, limit });
        return page(entries.map(changeView), entries.length < limit ? null : (entries.at(-1)?.no ?? null));
      }),
  );
}

function assertMayGive(caller: Caller, scopes: readonly Scope[], tenant: string): void {
  const lacking = scopes.find((scope) => !allows(caller.scopes, scope));
  if (lacking !== undefined)
    throw new ApiError("missing_scope", `a key without ${lacking} cannot make one that has it`);
  if (tenant === caller.tenant || caller.sees === null) return;
  throw new ApiError("missing_scope", `only a key with admin may make keys of another tenant than ${caller.tenant}`);
}

function keyView(key: ApiKey): Static<typeof Key> {
  return {
    id: key.id,
    name: key.name,
    tenant: key.tenant,
    scopes: [...key.scopes],
    status: key.state,
    created_at: instant(key.createdAt),
    expires_at: key.expiresAt === null ? null : instant(key.expiresAt),
    revoked_at: key.revokedAt === null ? null : instant(key.revokedAt),
    last_used_at: key.lastUsedAt === null ? null : instant(key.lastUsedAt),
  };
}

function madeView({ key, text }: MadeKey): Static<typeof KeyWithText> {
  return { ...keyView(key), key: text };
}

function changeView({ no, at, tenant, actor, action, target, address, requestId }: AuditEntry): Static<typeof Change> {
  return { no, at: instant(at), tenant, key_id: actor, action, target, address, request_id: requestId };
}
