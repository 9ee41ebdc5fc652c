/** The HTTP server: routes, and one JSON shape for everything that is not the asked-for answer. Must never send HTML, text or a stack trace. */
import Fastify, { type FastifyBaseLogger, type FastifyInstance, LogController } from "fastify";
import type { AccessKeeper } from "../access/access-keeper.ts";
import type { TryUrl } from "../access/try-access.ts";
import type { TruthSettings } from "../domain/truth-rules.ts";
import { createTakeFreshUrls } from "../intake/fresh-urls.ts";
import type { Intake } from "../intake/submission.ts";
import type { AlertLedger } from "../ledger/port/alert-ledger.ts";
import type { DeletionLedger } from "../ledger/port/deletion-ledger.ts";
import type { FleetLedger } from "../ledger/port/fleet-ledger.ts";
import type { FreshUrlLedger } from "../ledger/port/fresh-url-ledger.ts";
import type { HostLedger } from "../ledger/port/host-ledger.ts";
import type { InsightLedger } from "../ledger/port/insight-ledger.ts";
import type { IntakeLedger } from "../ledger/port/intake-ledger.ts";
import type { JobReader } from "../ledger/port/job-reader.ts";
import type { KeyLedger } from "../ledger/port/key-ledger.ts";
import type { RequestLedger } from "../ledger/port/request-ledger.ts";
import type { ReviewLedger } from "../ledger/port/review-ledger.ts";
import type { ScheduleLedger } from "../ledger/port/schedule-ledger.ts";
import type { StoreActivityReader, StoreLedger } from "../ledger/port/store-ledger.ts";
import type { TenantLedger } from "../ledger/port/tenant-ledger.ts";
import type { UploadLedger } from "../ledger/port/upload-ledger.ts";
import type { WebhookLedger } from "../ledger/port/webhook-ledger.ts";
import type { WorkLedger } from "../ledger/port/work-ledger.ts";
import type { Metrics } from "../metrics/create-metrics.ts";
import type { LiveEvents } from "../notify/live-events.ts";
import type { Log } from "../process/log.ts";
import type { TrySchedule } from "../schedules/try-schedule.ts";
import type { SimilarPhotos } from "../similar/similar-photos.ts";
import type { Thumbnails } from "../thumbnails/thumbnails.ts";
import type { Uploads } from "../uploads/uploads.ts";
import { guardRoutes } from "./auth/access.ts";
import { type Audit, createAudit, noteChanges } from "./auth/audit.ts";
import type { Authenticator } from "./auth/authenticator.ts";
import { endConnectionsAtClose } from "./closing-connections.ts";
import { compressAnswers } from "./compression.ts";
import { addStatusRoute } from "./contract/status-route.ts";
import { addSubmitRoute } from "./contract/submit-route.ts";
import { addVisitsRoute } from "./contract/visits-route.ts";
import { allowOrigins } from "./cross-origin.ts";
import { addDashboard, showUnknownPaths } from "./dashboard.ts";
import { answerHalfClosed } from "./half-closed.ts";
import { BODY_PACE, type Pace } from "./limits/body-pace.ts";
import { startEventLoopLag } from "./limits/event-loop-lag.ts";
import type { Headroom } from "./limits/headroom.ts";
import { limitConnections } from "./limits/limit-connections.ts";
import { createLimitRequests, type LimitRequests, type RequestLimits } from "./limits/limit-requests.ts";
import { shareReads } from "./limits/shared-reads.ts";
import { addOperationRoutes } from "./operation-routes.ts";
import { answerFaults } from "./problems/answer-faults.ts";
import { addProtocolFaults, protocolFaultOptions } from "./problems/protocol-faults.ts";
import { createRateMeter } from "./rate-meter.ts";
import { createRequestLog, type RequestLog } from "./request-log.ts";
import { serializeWhenAsked } from "./serializers.ts";
import { createForesee } from "./submission/foresee.ts";
import type { PhotoLimits } from "./submission/photo-parts.ts";
import { createSubmissionBodies } from "./submission/submission-body.ts";
import { createTakeSubmission } from "./submission/take-submission.ts";
import { answerUnknownPaths } from "./unknown-paths.ts";
import { addAlertsRoutes } from "./v1/alerts-routes.ts";
import { addAnyImagesRoute } from "./v1/any-images-route.ts";
import { addBucketJobsRoute, type ListBucket } from "./v1/bucket-jobs-route.ts";
import { addDecisionsRoutes } from "./v1/decisions-routes.ts";
import { addDeletedJobsRoutes } from "./v1/deleted-jobs-routes.ts";
import { addEventsRoutes } from "./v1/events-routes.ts";
import { addFailuresRoute } from "./v1/failures-routes.ts";
import { addHostAccessRoutes } from "./v1/host-access-routes.ts";
import { addHostAccessTestRoute } from "./v1/host-access-test-route.ts";
import { addHostsRoutes } from "./v1/hosts-routes.ts";
import { addImagesRoutes } from "./v1/images-routes.ts";
import { addInsightRoute } from "./v1/insight-route.ts";
import { addJobCourseRoutes } from "./v1/job-course-routes.ts";
import { createJobView } from "./v1/job-schema.ts";
import { addJobVisitsRoute } from "./v1/job-visits-route.ts";
import { addJobsRoutes } from "./v1/jobs-routes.ts";
import { addKeysRoutes } from "./v1/keys-routes.ts";
import { describeApi } from "./v1/openapi.ts";
import { addOverviewRoute } from "./v1/overview-route.ts";
import { addQualityRoute } from "./v1/quality-route.ts";
import { addResultsRoutes } from "./v1/results-routes.ts";
import { addRetryRoute } from "./v1/retry-route.ts";
import { addReviewsRoutes } from "./v1/reviews-routes.ts";
import { addSchedulesRoutes } from "./v1/schedules-routes.ts";
import { addSessionRoutes } from "./v1/session-routes.ts";
import { addSharesRoute } from "./v1/shares-route.ts";
import { addSimilarRoutes } from "./v1/similar-routes.ts";
import { addStoreVersionsRoutes } from "./v1/store-versions-routes.ts";
import { addStoresImportRoute } from "./v1/stores-import-route.ts";
import { addStoresRoutes } from "./v1/stores-routes.ts";
import { addSummaryRoute } from "./v1/summary-route.ts";
import { addThumbnailRoute } from "./v1/thumbnail-route.ts";
import { addTimeSettingsRoutes } from "./v1/time-settings-routes.ts";
import { addTruthSettingsRoutes } from "./v1/truth-settings-routes.ts";
import { compileSchema, refuseUnknownParameters } from "./v1/validation.ts";
import { addWebhookDeliveriesRoutes } from "./v1/webhook-deliveries-routes.ts";
import { addWebhooksRoutes, type JudgeWebhook } from "./v1/webhooks-routes.ts";

/** Time for a client to send its headers, and its whole body. */
const HEADERS_MS = 10_000;
const REQUEST_MS = 30 * 60_000;
/** Node looks for late clients only this often; its default of 30 s would make the limits above mean little. */
const CHECK_CONNECTIONS_MS = 2_000;
/** A connection on which nothing moves, neither way, although there is something to send. Streams of events send every 15 s. */
const STALLED_MS = 120_000;
/** Longer than the minute for which load balancers keep a connection that they may use again. */
const KEEP_ALIVE_MS = 72_000;
const MOST_HEADER_BYTES = 16 * 1_024;

/** What only a process that answers the API needs. */
export type ApiDeps = {
  readonly intake: Intake;
  readonly maxBodyBytes: number;
  /** Null where no photos are taken. */
  readonly uploads: Uploads | null;
  readonly photoLimits: PhotoLimits;
  readonly listBucket: ListBucket;
  /** A job became runnable, or its priority changed. */
  readonly onRunnable: () => void;
  readonly live: LiveEvents;
  /** What photos are judged by where a tenant set nothing. */
  readonly usualTruth: TruthSettings;
  readonly thumbnails: Pick<Thumbnails, "get">;
  readonly similar: SimilarPhotos;
  readonly access: AccessKeeper;
  readonly tryUrl: TryUrl;
  /** A schedule is to run now. */
  readonly onSchedule: () => void;
  readonly trySchedule: TrySchedule;
  /** There is an alert to look at. */
  readonly onAlert: () => void;
  /** Whether there is a server for mails. */
  readonly canMail: boolean;
  /** There are webhooks to send. */
  readonly onDelivery: () => void;
  readonly judgeWebhook: JudgeWebhook;
  /** Where people find the dashboard; null where nobody said. */
  readonly publicUrl: string | null;
};

type SharedDeps = {
  readonly ledger: JobReader &
    RequestLedger &
    StoreActivityReader &
    KeyLedger &
    WebhookLedger &
    ScheduleLedger &
    Pick<UploadLedger, "touchUpload"> &
    AlertLedger &
    StoreLedger &
    ReviewLedger &
    InsightLedger &
    TenantLedger &
    Pick<WorkLedger, "cancelJob" | "pauseJob" | "resumeJob" | "retryImages" | "setPriority"> &
    FreshUrlLedger &
    DeletionLedger &
    Pick<IntakeLedger, "openDraft" | "discardJob"> &
    Pick<FleetLedger, "readFleet"> &
    Pick<HostLedger, "readHosts" | "giveUpHost">;
  readonly authenticator: Authenticator;
  /** Null for a fleet that has none: it has no keys then. */
  readonly authSecret: string | null;
  /** Of pages that may ask although they are not ours. */
  readonly allowedOrigins: readonly string[];
  readonly limits: ServerLimits;
  readonly headroom: Headroom;
  readonly log: Log;
  readonly metrics: Metrics;
  readonly now: () => number;
  /** The process is about to end: it accepts no more jobs. */
  readonly isDraining: () => boolean;
};

/** How much is taken on; see `limits/`. */
export type ServerLimits = RequestLimits & {
  /** 0: as many as the system allows. */
  readonly connections: number;
  /** Addresses whose X-Forwarded-For is believed, as Fastify reads them; null for none. */
  readonly trustedProxies: readonly string[] | null;
  /** Of one core, for compressing answers; 0 for none. */
  readonly compressionShare: number;
  /** How slowly a body may come; for tests. */
  readonly pace?: Pace;
  /** How long an answer may wait for its reader; for tests. */
  readonly stalledMs?: number;
};

/** `api` is null for a process that only runs chunks: it answers how it is, and nothing else. */
export function createServer(deps: SharedDeps & { readonly api: ApiDeps | null }): FastifyInstance {
  const { log, metrics, limits } = deps;
  const requestLog = createRequestLog({ log, metrics, now: () => performance.now() });
  const app = createBareServer(log, requestLog, limits);
  const lag = startEventLoopLag();
  // What held the loop during the start holds nobody any more.
  app.addHook("onListen", async () => lag.forget());
  app.addHook("onClose", async () => lag.stop());
  const limitRequests = createLimitRequests({ ...deps, lag, now: () => performance.now() });
  // Bodies are read by the one route that has one, as a stream.
  app.removeAllContentTypeParsers();
  app.addContentTypeParser("*", (_request, _payload, done) => done(null));
  // That route has looked at it by now; Fastify would refuse some in words of its own, also where it does not matter.
  app.addHook("preParsing", async ({ raw }) => {
    delete raw.headers["content-type"];
  });

  app.decorateRequest("jobId", null);
  limitConnections(app, { maxConnections: limits.connections, metrics });
  app.addHook("onRequest", async (request, reply) => requestLog.follow(request, reply));
  allowOrigins(app, deps.allowedOrigins);
  addProtocolFaults(app, requestLog);
  endConnectionsAtClose(app);
  answerHalfClosed(app);
  showUnknownPaths(app);
  answerUnknownPaths(app);
  answerFaults(app);
  limitRequests.beforeCaller(app);
  guardRoutes(app, deps);
  limitRequests.afterCaller(app);
  const audit = createAudit(deps);
  noteChanges(app, audit);
  compressAnswers(app, { share: limits.compressionShare, now: () => performance.now() });

  app.setValidatorCompiler(compileSchema);
  refuseUnknownParameters(app);
  app.setSerializerCompiler(serializeWhenAsked);

  const { api } = deps;
  if (api) describeApi(app);
  // After the description has begun to listen for routes.
  app.register((routes, _options, done) => {
    addOperationRoutes(routes, deps);
    if (api) addApiRoutes(routes, { ...deps, ...api, audit, imageQuota: limitRequests.imageQuota });
    done();
  });
  return app;
}

/** Fastify with our limits, and nothing of its own in the log but what breaks an answer off. */
function createBareServer(
  log: Log,
  requestLog: RequestLog,
  { trustedProxies, stalledMs = STALLED_MS }: ServerLimits,
): FastifyInstance {
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
    connectionTimeout: stalledMs,
    keepAliveTimeout: KEEP_ALIVE_MS,
    trustProxy: trustedProxies === null ? false : [...trustedProxies],
    forceCloseConnections: "idle",
    schemaController: { compilersFactory: { buildValidator: notAsked, buildSerializer: notAsked } },
    ...handlers,
    routerOptions: { ignoreTrailingSlash: true, maxParamLength },
    http: {
      requireHostHeader,
      headersTimeout: HEADERS_MS,
      maxHeaderSize: MOST_HEADER_BYTES,
      connectionsCheckingInterval: CHECK_CONNECTIONS_MS,
    },
  });
}

/** In place of Fastify's own makers of compilers, which it would load and never ask: the server's compilers are set. */
function notAsked(): never {
  throw new Error("the server's own compilers must be set before its routes");
}

function isHangUp(error: NodeJS.ErrnoException): boolean {
  return error.code === "ERR_STREAM_PREMATURE_CLOSE";
}

type RouteDeps = SharedDeps & ApiDeps & Pick<LimitRequests, "imageQuota"> & { readonly audit: Audit };

function addApiRoutes(app: FastifyInstance, deps: RouteDeps): void {
  const { ledger } = deps;
  const rateMeter = createRateMeter({ now: deps.now });
  const bodies = createSubmissionBodies({ ...deps, pace: deps.limits.pace ?? BODY_PACE });
  const takeSubmission = createTakeSubmission({ ...deps, bodies });
  addSubmitRoute(app, { bodies, takeSubmission });
  // However many ask where a job stands, it is read once for all of them.
  const readJob = shareReads((jobId: number) => ledger.readJob(jobId));
  addStatusRoute(app, { ledger, readJob, rateMeter });
  addVisitsRoute(app, { ledger });
  const jobView = createJobView(rateMeter);
  const foresee = createForesee({ ledger, rateMeter, now: deps.now });
  addJobsRoutes(app, { ...deps, readJob, bodies, takeSubmission, foresee, jobView });
  addDeletedJobsRoutes(app, { ledger, readJob, jobView });
  addJobVisitsRoute(app, { readJob, bodies, takeSubmission, foresee, jobView });
  addBucketJobsRoute(app, { ...deps, readJob, takeSubmission, foresee, jobView });
  addJobCourseRoutes(app, { ...deps, readJob, jobView });
  addRetryRoute(app, { ...deps, bodies, takeFreshUrls: createTakeFreshUrls({ ledger }), foresee, jobView });
  addImagesRoutes(app, { ledger });
  addAnyImagesRoute(app, { ledger });
  addInsightRoute(app, deps);
  addThumbnailRoute(app, deps);
  addReviewsRoutes(app, deps);
  addSimilarRoutes(app, deps);
  addDecisionsRoutes(app, deps);
  addSharesRoute(app, { ledger });
  addQualityRoute(app, deps);
  addTruthSettingsRoutes(app, deps);
  addTimeSettingsRoutes(app, deps);
  addSchedulesRoutes(app, { ...deps, bodies, foresee });
  addWebhooksRoutes(app, deps);
  addAlertsRoutes(app, deps);
  addWebhookDeliveriesRoutes(app, deps);
  addSessionRoutes(app, deps);
  addKeysRoutes(app, deps);
  addStoresRoutes(app, deps);
  addStoresImportRoute(app, { ...deps, bodies });
  addStoreVersionsRoutes(app, { ledger });
  addHostsRoutes(app, deps);
  addHostAccessRoutes(app, deps);
  addHostAccessTestRoute(app, deps);
  addOverviewRoute(app, { ...deps, jobView });
  addEventsRoutes(app, { ...deps, jobView });
  addResultsRoutes(app, { ledger });
  addSummaryRoute(app, { ledger });
  addDashboard(app);
  addFailuresRoute(app, { ledger });
}
