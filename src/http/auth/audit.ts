/**
 * The log of changes: who changed what, from where. Written before the answer is sent; a change that could not be noted there is at least in the
 * process's own log, whole.
 */
import type { FastifyInstance, FastifyRequest } from "fastify";
import type { KeyLedger } from "../../ledger/port/key-ledger.ts";
import type { Log } from "../../process/log.ts";
import { isSafe } from "./browser-rules.ts";

export type Audit = {
  /** Never rejects. */
  note(request: FastifyRequest, change: { readonly action: string; readonly target: string }): Promise<void>;
};

export function createAudit(deps: { readonly ledger: Pick<KeyLedger, "addAuditEntry">; readonly log: Log }): Audit {
  return {
    async note({ caller, ip, id }, change) {
      // A socket that is gone by now has no address any more.
      const entry = { tenant: caller.tenant, actor: caller.keyId, ...change, address: ip || "gone", requestId: id };
      try {
        await deps.ledger.addAuditEntry(entry);
      } catch (error) {
        deps.log.error({ err: error, ...entry }, "a change is missing in the log of changes");
      }
    },
  };
}

/** Notes every change that a route made. */
export function noteChanges(app: FastifyInstance, audit: Audit): void {
  app.addHook("onSend", async (request, reply) => {
    const { operationId } = request.routeOptions.schema ?? {};
    if (isSafe(request.method) || reply.statusCode >= 400 || operationId === undefined) return;
    if (request.routeOptions.config.access === "public" || isDryRun(request.query)) return;
    // What was sent again under its key changed nothing.
    if (reply.hasHeader("idempotency-replayed")) return;
    // What was made is named by its own place, a job everywhere by the same.
    const made = reply.statusCode === 201 ? reply.getHeader("location") : undefined;
    const place = typeof made === "string" ? made : (request.url.split("?", 1)[0] ?? "");
    const target = reply.statusCode === 201 && request.jobId !== null ? `/api/v1/jobs/${request.jobId}` : place;
    await audit.note(request, { action: operationId, target });
  });
}

function isDryRun(query: unknown): boolean {
  return typeof query === "object" && query !== null && "dry_run" in query && query.dry_run === true;
}
