/** The HTTP server: routes, and one JSON shape for everything that is not the asked-for answer. Must never send HTML, text or a stack trace. */
import Fastify, { type FastifyBaseLogger, type FastifyError, type FastifyInstance, LogController } from "fastify";
import type { Intake } from "../intake/submit-job.ts";
import type { FleetLedger, JobReader, StoreLedger, WorkLedger } from "../ledger/ledger.ts";
import { LedgerUnavailable } from "../ledger/ledger-unavailable.ts";
import type { Log } from "../log.ts";
import type { Metrics } from "../metrics/create-metrics.ts";
import { ApiError, RequestBrokenOff } from "./api-error.ts";
import { endConnectionsAtClose } from "./closing-connections.ts";
import { addJobsRoutes } from "./jobs-routes.ts";
import { addOperationRoutes } from "./operation-routes.ts";
import { addProtocolFaults, protocolFaultOptions } from "./protocol-faults.ts";
import { createRateMeter } from "./rate-meter.ts";
import { createRequestLog, type RequestLog } from "./request-log.ts";
import { addStatusRoute } from "./status-route.ts";
import { addSubmitRoute } from "./submit-route.ts";
import { addVisitsRoute } from "./visits-route.ts";

/** Time for a client to send its headers, and its whole body. */
const HEADERS_MS = 10_000;
const REQUEST_MS = 30 * 60_000;
/** Node looks for late clients only this often; its default of 30 s would make the limits above mean little. */
const CHECK_CONNECTIONS_MS = 2_000;

const RETRY_AFTER_SECONDS = 2;
const LEDGER_AWAY = "the ledger cannot be reached at the moment; try again in a few seconds";

/** What only a process that answers the API needs. */
export type ApiDeps = {
  readonly intake: Intake;
  readonly maxBodyBytes: number;
  /** A job became runnable, or its priority changed. */
  readonly onRunnable: () => void;
};

type SharedDeps = {
  readonly ledger: JobReader &
    StoreLedger &
    Pick<WorkLedger, "cancelJob" | "setPriority"> &
    Pick<FleetLedger, "readFleet">;
  readonly log: Log;
  readonly metrics: Metrics;
  readonly now: () => number;
  /** The process is about to end: it accepts no more jobs. */
  readonly isDraining: () => boolean;
};

/** `api` is null for a process that only runs chunks: it answers how it is, and nothing else. */
export function createServer(deps: SharedDeps & { readonly api: ApiDeps | null }): FastifyInstance {
  const { log, metrics } = deps;
  const requestLog = createRequestLog({ log, metrics, now: () => performance.now() });
  const app = createBareServer(log, requestLog);
  // Bodies are read by the one route that has one, as a stream.
  app.removeAllContentTypeParsers();
  app.addContentTypeParser("*", (_request, _payload, done) => done(null));
  // That route has looked at it by now; Fastify would refuse some in words of its own, also where it does not matter.
  app.addHook("preParsing", async ({ raw }) => {
    delete raw.headers["content-type"];
  });

  app.decorateRequest("jobId", null);
  app.addHook("onRequest", async (request, reply) => requestLog.follow(request, reply));
  addProtocolFaults(app, requestLog);
  endConnectionsAtClose(app);
  answerUnknownPaths(app);
  answerFaults(app);

  addOperationRoutes(app, deps);
  if (deps.api) addApiRoutes(app, { ...deps, ...deps.api });
  return app;
}

/** Fastify with our limits, and nothing of its own in the log but what breaks an answer off. */
function createBareServer(log: Log, requestLog: RequestLog): FastifyInstance {
  const loggerInstance: FastifyBaseLogger = log;
  const { requireHostHeader, maxParamLength, ...handlers } = protocolFaultOptions(requestLog);
  const logController = new LogController({ disableRequestLogging: true, requestIdLogLabel: "requestId" });
  logController.streamError = (error, request) => {
    if (!isHangUp(error)) request.log.error({ err: error }, "an answer broke off for a fault of ours");
  };
  return Fastify({
    loggerInstance,
    logController,
    genReqId: requestLog.idOf,
    requestTimeout: REQUEST_MS,
    forceCloseConnections: "idle",
    ...handlers,
    routerOptions: { ignoreTrailingSlash: true, maxParamLength },
    http: {
      requireHostHeader,
      headersTimeout: HEADERS_MS,
      connectionsCheckingInterval: CHECK_CONNECTIONS_MS,
    },
  });
}

function isHangUp(error: NodeJS.ErrnoException): boolean {
  return error.code === "ERR_STREAM_PREMATURE_CLOSE";
}

function answerFaults(app: FastifyInstance): void {
  app.setErrorHandler((error: FastifyError | ApiError | RequestBrokenOff | LedgerUnavailable, request, reply) => {
    if (error instanceof RequestBrokenOff) {
      request.log.info("the client hung up in the middle of its request; nothing of it is kept");
      return reply.code(400).send({ error: error.message });
    }
    if (error instanceof LedgerUnavailable) {
      request.log.warn({ err: error }, "the ledger cannot be reached");
      return reply.code(503).header("retry-after", RETRY_AFTER_SECONDS).send({ error: LEDGER_AWAY });
    }
    const apiError = error instanceof ApiError ? error : fromFastify(error);
    if (!apiError) {
      request.log.error({ err: error }, "a request failed for a fault of ours");
      return reply.code(500).send({ error: `a fault in Storewalk; its log has the cause under request ${request.id}` });
    }
    return reply.code(apiError.status).headers(apiError.headers).send(apiError.body());
  });
}

function addApiRoutes(app: FastifyInstance, deps: SharedDeps & ApiDeps): void {
  addSubmitRoute(app, deps);
  addStatusRoute(app, { ledger: deps.ledger, rateMeter: createRateMeter({ now: deps.now }) });
  addVisitsRoute(app, deps);
  addJobsRoutes(app, deps);
}

/** Answers 405 with Allow where the path exists for another method, else 404: before a body is looked at. */
function answerUnknownPaths(app: FastifyInstance): void {
  const routes: { readonly path: RegExp; readonly methods: string[] }[] = [];
  const patterns = new Map<string, string[]>();
  app.addHook("onRoute", ({ url, method }) => {
    const methods = patterns.get(url) ?? [];
    if (methods.length === 0) {
      patterns.set(url, methods);
      routes.push({ path: new RegExp(`^${url.replace(/:[a-z]+/g, "[^/]+")}/?$`), methods });
    }
    methods.push(...[method].flat());
  });
  app.addHook("onRequest", async (request) => {
    if (!request.is404) return;
    const path = request.url.split("?", 1)[0] ?? "";
    const route = routes.find((candidate) => candidate.path.test(path));
    if (!route) throw new ApiError(404, `there is nothing at ${path.slice(0, 200)}`);
    const allow = route.methods.join(", ");
    throw new ApiError(405, `${request.method} is not possible at ${path}; ${allow} is`, { headers: { allow } });
  });
}

/** Fastify's own refusals of a request, such as a URL that cannot be decoded; nothing for a fault of ours. */
function fromFastify(error: FastifyError): ApiError | null {
  const status = error.statusCode ?? 500;
  return status >= 400 && status < 500 ? new ApiError(status, error.message) : null;
}
