/** Who sends a request, and what they may do and see. Every request has a caller before its route begins. */
import { allows, DEFAULT_TENANT, SCOPES, type Scope } from "../../domain/scopes.ts";
import type { ApiKey } from "../../ledger/port/key-ledger.ts";

/** What a route asks of its caller: nothing, or a scope. */
export type Access = "public" | Scope;

export type Caller = {
  /** `nobody` where no keys are asked for, or none was needed. */
  readonly by: "nobody" | "key" | "session";
  readonly keyId: string | null;
  /** Where its jobs and webhooks belong. */
  readonly tenant: string;
  /** Whose jobs it sees; null for everybody's. */
  readonly sees: string | null;
  readonly scopes: readonly Scope[];
};

declare module "fastify" {
  interface FastifyRequest {
    caller: Caller;
  }
  interface FastifyContextConfig {
    access?: Access;
  }
}

/** Where no keys are asked for, whoever reaches the service runs it. */
export const ANYBODY: Caller = { by: "nobody", keyId: null, tenant: DEFAULT_TENANT, sees: null, scopes: SCOPES };

/** At a route that asks nothing of its caller: it may do and sees nothing else. */
export const OUTSIDER: Caller = { by: "nobody", keyId: null, tenant: DEFAULT_TENANT, sees: "", scopes: [] };

export function callerWith({ id, tenant, scopes }: ApiKey, by: "key" | "session"): Caller {
  return { by, keyId: id, tenant, sees: allows(scopes, "admin") ? null : tenant, scopes };
}
