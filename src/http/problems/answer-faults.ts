/** Answers whatever a route throws, in the API's one shape: what is the caller's, what is away, and what is a fault of ours. Must never send a stack trace. */
import type { FastifyError, FastifyInstance, FastifyRequest } from "fastify";
import { LedgerUnavailable } from "../../ledger/port/ledger-unavailable.ts";
import { UploadsUnavailable } from "../../uploads/upload-store.ts";
import { ApiError, RequestBrokenOff } from "./api-error.ts";
import { errorAnswer } from "./problem.ts";

const RETRY_AFTER_SECONDS = "2";
const UPLOADS_AWAY = "the place of uploaded photos cannot be used at the moment; nothing was kept, send it again";
const LEDGER_AWAY = "the ledger cannot be reached at the moment; try again in a few seconds";

export function answerFaults(app: FastifyInstance): void {
  app.setErrorHandler(
    (error: FastifyError | ApiError | RequestBrokenOff | LedgerUnavailable | UploadsUnavailable, request, reply) => {
      const apiError = asApiError(error, request);
      const { type, body } = errorAnswer(apiError, { path: request.raw.url ?? "", requestId: request.id });
      return reply.code(apiError.status).headers(apiError.headers).type(type).send(body);
    },
  );
}

function asApiError(
  error: FastifyError | ApiError | RequestBrokenOff | LedgerUnavailable | UploadsUnavailable,
  { log, id }: FastifyRequest,
): ApiError {
  if (error instanceof ApiError) return error;
  if (error instanceof RequestBrokenOff) {
    log.info("the client hung up in the middle of its request; nothing of it is kept");
    return new ApiError("request_broken_off", error.message);
  }
  if (error instanceof LedgerUnavailable) {
    log.warn({ err: error }, "the ledger cannot be reached");
    return new ApiError("ledger_unavailable", LEDGER_AWAY, { headers: { "retry-after": RETRY_AFTER_SECONDS } });
  }
  if (error instanceof UploadsUnavailable) {
    log.warn({ err: error }, "uploaded photos cannot be kept");
    return new ApiError("uploads_unavailable", UPLOADS_AWAY, { headers: { "retry-after": RETRY_AFTER_SECONDS } });
  }
  const refusal = fromFastify(error);
  if (refusal) return refusal;
  log.error({ err: error }, "a request failed for a fault of ours");
  return new ApiError("internal", `a fault in Storewalk; its log has the cause under request ${id}`);
}

/** Fastify's own refusals of a request; nothing for a fault of ours. */
function fromFastify({ code, statusCode = 500, message }: FastifyError): ApiError | null {
  if (code === "FST_ERR_CTP_BODY_TOO_LARGE")
    return new ApiError("body_too_large", "the body is larger than is read here");
  return statusCode >= 400 && statusCode < 500 ? new ApiError("bad_request", message) : null;
}
