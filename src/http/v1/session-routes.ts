/** `/api/v1/session`: a person signs in at the dashboard with a key, and sees as whom. The key is exchanged for a cookie that no script can read. */
import type { IncomingHttpHeaders } from "node:http";
import type { TypeBoxTypeProvider } from "@fastify/type-provider-typebox";
import type { FastifyInstance } from "fastify";
import { type Static, Type } from "typebox";
import { digestOf, newToken } from "../../keys/api-key.ts";
import type { KeyLedger } from "../../ledger/port/key-ledger.ts";
import type { Audit } from "../auth/audit.ts";
import type { Authenticator } from "../auth/authenticator.ts";
import { type Caller, callerWith, OUTSIDER } from "../auth/caller.ts";
import { endedSessionCookie, SESSION_MS, sessionCookie, sessionTokenOf } from "../auth/session-cookie.ts";
import { ApiError } from "../problems/api-error.ts";
import { OrNull } from "../schemas.ts";
import { answers } from "./documented.ts";
import { readJsonBodies } from "./json-body.ts";
import { ScopeName } from "./keys-routes.ts";

const Session = Type.Object(
  {
    keys_needed: Type.Boolean({ description: "false: whoever reaches the service may do everything" }),
    key_id: OrNull(Type.String(), "Null for nobody, and where no keys are needed"),
    tenant: Type.String({ description: "Where jobs of this caller belong" }),
    all_tenants: Type.Boolean({ description: "Whether it sees everybody's jobs" }),
    scopes: Type.Array(ScopeName),
  },
  { title: "Session", description: "Who calls" },
);

export function addSessionRoutes(
  server: FastifyInstance,
  deps: {
    readonly ledger: Pick<KeyLedger, "addSession" | "removeSession">;
    readonly authenticator: Authenticator;
    readonly authSecret: string | null;
    readonly audit: Audit;
  },
): void {
  const { ledger, authenticator, authSecret } = deps;

  async function whoCalls(headers: IncomingHttpHeaders): Promise<Static<typeof Session>> {
    const isNeeded = await authenticator.asksForKeys();
    try {
      return sessionView(await authenticator.identify(headers), isNeeded);
    } catch (error) {
      if (error instanceof ApiError && error.code === "unauthenticated") return sessionView(OUTSIDER, isNeeded);
      throw error;
    }
  }

  const app = server.withTypeProvider<TypeBoxTypeProvider>();

  app.get(
    "/api/v1/session",
    {
      config: { access: "public" },
      schema: {
        operationId: "getSession",
        summary: "Who calls, and what they may do",
        description: "Nobody, where the key or session is none: then it may do nothing.",
        tags: ["keys"],
        response: answers({ 200: Session }),
      },
    },
    async ({ headers }) => await whoCalls(headers),
  );

  app.register((withBodies, _options, done) => {
    readJsonBodies(withBodies);
    withBodies.withTypeProvider<TypeBoxTypeProvider>().post(
      "/api/v1/session",
      {
        config: { access: "public" },
        schema: {
          operationId: "signIn",
          summary: "Sign in with a key",
          description:
            "For browsers: sets a cookie that is good for twelve hours. Programs send their key with each request.",
          tags: ["keys"],
          body: Type.Object(
            { key: Type.String({ minLength: 1, maxLength: 200 }) },
            { title: "SignIn", additionalProperties: false },
          ),
          response: answers({ 200: Session }, "invalid_body", "body_too_large", "unsupported_media_type"),
        },
      },
      async (request, reply) => {
        if (!(await authenticator.asksForKeys()) || authSecret === null) {
          return await whoCalls(request.headers);
        }
        const key = await authenticator.keyOf(request.body.key.trim());
        const token = newToken();
        await ledger.addSession({ digest: digestOf(token, authSecret), keyId: key.id, lastsMs: SESSION_MS });
        request.caller = callerWith(key, "session");
        await deps.audit.note(request, { action: "signIn", target: "/api/v1/session" });
        reply.header("set-cookie", sessionCookie(token, request.headers.origin)).header("cache-control", "no-store");
        return sessionView(request.caller, true);
      },
    );
    done();
  });

  app.delete(
    "/api/v1/session",
    {
      config: { access: "public" },
      schema: {
        operationId: "signOut",
        summary: "Sign out",
        description:
          "Ends the session of the cookie that is sent, and takes the cookie back. Without one nothing happens.",
        tags: ["keys"],
        response: answers({ 204: Type.Null({ description: "The cookie is worth nothing any more" }) }),
      },
    },
    async ({ headers }, reply) => {
      const token = sessionTokenOf(headers.cookie);
      if (token !== null && authSecret !== null) await ledger.removeSession(digestOf(token, authSecret));
      authenticator.forget();
      return reply.code(204).header("set-cookie", endedSessionCookie(headers.origin)).send(null);
    },
  );
}

function sessionView({ keyId, tenant, sees, scopes }: Caller, isNeeded: boolean): Static<typeof Session> {
  return { keys_needed: isNeeded, key_id: keyId, tenant, all_tenants: sees === null, scopes: [...scopes] };
}
