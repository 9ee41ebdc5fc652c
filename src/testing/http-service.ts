/** The API on a real port over an embedded ledger in memory, for tests. Nothing runs the jobs: the test records what it needs. */
import assert from "node:assert/strict";
import type { DatabaseSync } from "node:sqlite";
import { createAccessKeeper } from "../access/access-keeper.ts";
import { createAccessSeal } from "../access/seal.ts";
import type { TryUrl } from "../access/try-access.ts";
import { accessTo } from "../buckets/access-to.ts";
import { NO_ACCESS } from "../domain/access-table.ts";
import { USUAL_SETTINGS } from "../domain/truth-rules.ts";
import { type AuthMode, createAuthenticator } from "../http/auth/authenticator.ts";
import { createHeadroom, type HeadroomLimits } from "../http/limits/headroom.ts";
import { createServer, type ServerLimits } from "../http/server.ts";
import type { ListBucket } from "../http/v1/bucket-jobs-route.ts";
import { createIntake } from "../intake/submit-job.ts";
import type { Ledger } from "../ledger/port/ledger.ts";
import { openDatabase } from "../ledger/sqlite/database.ts";
import { createSqliteLedger } from "../ledger/sqlite/sqlite-ledger.ts";
import { createMetrics, type Metrics } from "../metrics/create-metrics.ts";
import { createLiveEvents } from "../notify/live-events.ts";
import { createUrlJudge } from "../pipeline/fetch/judge-url.ts";
import { readStageCells } from "../pipeline/stage-cells.ts";
import { systemClock } from "../process/clock.ts";
import { createLog } from "../process/log.ts";
import { createTrySchedule } from "../schedules/try-schedule.ts";
import type { SimilarPhotos } from "../similar/similar-photos.ts";
import type { Thumbnails } from "../thumbnails/thumbnails.ts";
import type { Uploads } from "../uploads/uploads.ts";
import { aStore } from "./ledger-builders.ts";
import { createLogLines, type LogLines } from "./log-lines.ts";

/** Behind the digests of the service's keys. */
export const AUTH_SECRET = "a secret of the tests, which is not short";

const NOTHING_SIMILAR: SimilarPhotos = {
  toUrl: async () => ({ kind: "matches", matches: [] }),
  async toPhoto(_tenant, read) {
    await read();
    return { kind: "matches", matches: [] };
  },
};
const NOTHING_TRIED: TryUrl = async () => ({
  kind: "tried",
  pattern: null,
  sends: [],
  outcome: { kind: "failed", code: "not_found", detail: "nothing is fetched here" },
});
// biome-ignore lint/correctness/useYield: a list that begins with its refusal.
async function* refuseBucket(...[, from]: Parameters<ListBucket>): ReturnType<ListBucket> {
  accessTo(NO_ACCESS, from);
}

const NO_THUMBNAILS: Pick<Thumbnails, "get"> = {
  get: async () => ({ kind: "unavailable", detail: "nothing is fetched here" }),
};

export const NO_LIMITS: ServerLimits = {
  requestsPerMinute: 0,
  imagesPerHour: 0,
  attemptsPerMinute: 0,
  lagMs: 0,
  connections: 0,
  trustedProxies: null,
  compressionShare: 0.25,
};

/** What a service without limits has left. */
export const ENDLESS_HEADROOM = { shortage: async () => null, accepted: () => {} } as const;

export type HttpService = {
  readonly ledger: Ledger;
  /** The same without the methods that do otherwise. */
  readonly plainLedger: Ledger;
  /** Beneath both. */
  readonly database: DatabaseSync;
  stop(): Promise<void>;
  readonly address: string;
  readonly metrics: Metrics;
  readonly log: LogLines;
  /** Sends a request and reads the answer as JSON. */
  call(method: string, path: string, body?: unknown, headers?: Record<string, string>): Promise<Answer>;
};

export type Answer = { readonly status: number; readonly headers: Headers; readonly body: Record<string, unknown> };

export async function startHttpService(
  t: { after(end: () => Promise<void>): void },
  options: {
    readonly unknownStores?: "fail" | "reject";
    readonly maxBodyBytes?: number;
    /** Whether jobs may have a callback. */
    readonly callbacks?: boolean;
    readonly isDraining?: () => boolean;
    /** Methods of the ledger that do otherwise. */
    readonly ledger?: Partial<Ledger>;
    readonly thumbnails?: Pick<Thumbnails, "get">;
    /** Nobody has credentials if not given. */
    readonly listBucket?: ListBucket;
    readonly similar?: SimilarPhotos;
    readonly tryUrl?: TryUrl;
    /** Takes photos: at most 3 of at most 100,000 bytes. */
    readonly uploads?: (ledger: Ledger) => Uploads;
    /** `auto` if not given: open while there is no key. */
    readonly auth?: AuthMode;
    readonly allowedOrigins?: readonly string[];
    /** Null for a fleet that was given none. */
    readonly authSecret?: null;
    /** Those that are not given are none. */
    readonly limits?: Partial<ServerLimits>;
    readonly headroom?: Partial<HeadroomLimits>;
    /** What the machine is said to have; plenty if not given. */
    readonly machine?: { readonly freeBytes?: () => number; readonly memoryBytes?: () => number };
    /** Only the routes of operation. */
    readonly withoutApi?: true;
  } = {},
): Promise<HttpService> {
  const database = openDatabase(":memory:");
  const plainLedger = createSqliteLedger({ db: database, now: Date.now });
  const ledger = { ...plainLedger, ...options.ledger };
  await ledger.importStores([
    aStore({ id: "S1", area: "A1" }),
    aStore({ id: "S2", area: "A2" }),
    aStore({ id: "S00339218", area: "A1" }),
    aStore({ id: "S01408764", area: "A2" }),
  ]);
  const log = createLogLines();
  const authSecret = options.authSecret === null ? null : AUTH_SECRET;
  const metrics = createMetrics({
    readBacklog: () => ledger.readBacklog(null),
    readPipeline: () => readStageCells([]),
    now: () => performance.now(),
  });
  const judgeUrl = createUrlJudge([]);
  const intake = createIntake({
    ledger,
    defaults: {
      unknownStores: options.unknownStores ?? "fail",
      integrity: "complete",
      callbacks: options.callbacks ?? false,
    },
    judgeUrl,
  });
  const uploads = options.uploads?.(ledger) ?? null;
  const api = {
    intake,
    maxBodyBytes: options.maxBodyBytes ?? 2 ** 30,
    uploads,
    photoLimits: { files: 3, bytes: 100_000 },
    listBucket: options.listBucket ?? refuseBucket,
    usualTruth: USUAL_SETTINGS,
    access: createAccessKeeper({ ledger, seal: createAccessSeal(authSecret), hasSecret: authSecret !== null }),
    tryUrl: options.tryUrl ?? NOTHING_TRIED,
    onRunnable: () => {},
    thumbnails: options.thumbnails ?? NO_THUMBNAILS,
    similar: options.similar ?? NOTHING_SIMILAR,
    onSchedule: () => {},
    trySchedule: createTrySchedule({
      ledger,
      intake,
      places: {
        fetchManifest: async () => {
          throw new Error("the host of the manifest answered 503");
        },
        listBucket: options.listBucket ?? refuseBucket,
        readFile: async (file, signal) => (await uploads?.read(file, signal)) ?? assert.fail("no file is kept"),
      },
      now: Date.now,
    }),
    onAlert: () => {},
    canMail: true,
    onDelivery: () => {},
    judgeWebhook: async (url: string) => judgeUrl(url)?.detail ?? null,
    publicUrl: null,
    live: createLiveEvents({ ledger, clock: systemClock, onError: () => {} }),
  } as const;
  const server = createServer({
    ledger,
    authenticator: createAuthenticator({
      ledger,
      mode: options.auth ?? "auto",
      authSecret,
      now: () => Date.now(),
    }),
    allowedOrigins: options.allowedOrigins ?? [],
    authSecret,
    limits: { ...NO_LIMITS, ...options.limits },
    headroom: createHeadroom({
      limits: { backlogImages: 0, freeBytes: 0, memoryBytes: 0, ...options.headroom },
      readBacklogImages: async () => (await ledger.readBacklog(null)).images,
      readFreeBytes: async () => options.machine?.freeBytes?.() ?? Number.MAX_SAFE_INTEGER,
      readMemoryBytes: () => options.machine?.memoryBytes?.() ?? 0,
      now: () => performance.now(),
    }),
    log: createLog("debug", log.destination),
    metrics,
    now: Date.now,
    isDraining: () => options.isDraining?.() ?? false,
    api: options.withoutApi ? null : api,
  });
  const address = await server.listen({ host: "127.0.0.1", port: 0 });
  t.after(async () => {
    await server.close();
    await ledger.close();
  });

  return {
    ledger,
    plainLedger,
    database,
    stop: async () => await server.close(),
    address,
    metrics,
    log,
    async call(method, path, body, headers = {}) {
      const isAsItIs = typeof body === "string" || body === undefined || Buffer.isBuffer(body);
      const sent = isAsItIs ? body : JSON.stringify(body);
      const response = await fetch(address + path, {
        method,
        redirect: "manual",
        headers: sent === undefined ? headers : { "content-type": "application/json", ...headers },
        ...(sent === undefined ? {} : { body: sent }),
      });
      const text = await response.text();
      return { status: response.status, headers: response.headers, body: text === "" ? {} : JSON.parse(text) };
    },
  };
}
