/**
 * The composition root: puts the parts of a role together and takes them apart again in reverse order.
 * Decides nothing that a part could decide.
 */
import { randomBytes } from "node:crypto";
import type { AddressInfo } from "node:net";
import { hostname } from "node:os";
import { createAuthenticator } from "../http/auth/authenticator.ts";
import { createRateMeter } from "../http/rate-meter.ts";
import { createServer } from "../http/server.ts";
import { createJobView } from "../http/v1/job-schema.ts";
import { createIntake } from "../intake/submit-job.ts";
import { readAuthSecret } from "../keys/auth-secret.ts";
import type { Load } from "../ledger/port/fleet-ledger.ts";
import type { Ledger } from "../ledger/port/ledger.ts";
import { createMetrics, type Metrics } from "../metrics/create-metrics.ts";
import { createLiveEvents } from "../notify/live-events.ts";
import { startWebhookSender } from "../notify/webhook-sender.ts";
import { createGuard } from "../pipeline/fetch/guard.ts";
import { createWebhookPost } from "../pipeline/fetch/post-webhook.ts";
import { createStageCells, readStageCells, type StageCells } from "../pipeline/stage-cells.ts";
import { systemClock } from "../process/clock.ts";
import type { Log } from "../process/log.ts";
import type { Queue } from "../queue/queue.ts";
import { type Config, ConfigError, isLoopback, uploadFolderOf } from "../settings/config.ts";
import { openThumbnails } from "../thumbnails/open-thumbnails.ts";
import type { Thumbnails } from "../thumbnails/thumbnails.ts";
import { openUploadFolder } from "../uploads/upload-folder.ts";
import { startUploadSweeper } from "../uploads/upload-sweeper.ts";
import { createUploads, type Uploads } from "../uploads/uploads.ts";
import { startDispatcher } from "../worker/dispatcher.ts";
import { startMembership } from "../worker/membership.ts";
import { type PipelineThreads, startPipelineThreads } from "../worker/pipeline-threads.ts";
import { startPruner } from "../worker/pruner.ts";
import { startSweeper } from "../worker/sweeper.ts";
import { startWorker } from "../worker/worker.ts";
import { openQueue, openServiceLedger } from "./adapters.ts";
import { openHeadroom, serverLimits } from "./api-limits.ts";
import { capacityOf, connectionsPerHost, pipelineSettings, prefetchOf } from "./capacity.ts";

const PIPELINE_THREAD = new URL("../worker/pipeline-thread.ts", import.meta.url);
/** What runs may finish within this time of a stop; the rest is handed back. With the flush after it a stop stays under 30 s. */
const STOP_GRACE_MS = 15_000;
const DAY_MS = 86_400_000;

export type App = {
  /** `http://127.0.0.1:8080`, with the port that was really taken. */
  readonly address: string;
  readonly ledger: Ledger;
  /** Resolves when everything is over and recorded; nothing that was recorded is done again. */
  stop(): Promise<void>;
};

type Stops = (() => Promise<void>)[];

/** What the parts share. */
type Parts = {
  readonly config: Config;
  readonly log: Log;
  readonly ledger: Ledger;
  readonly queue: Queue;
  readonly metrics: Metrics;
  readonly readLoad: () => Load;
  readonly onError: (error: unknown) => void;
  /** The last one in is stopped first. */
  readonly stops: Stops;
};

/** Starts everything. Rejects, with nothing left running, when a part cannot start. `threadEntry` is the module of a pipeline thread. */
export async function startApp(config: Config, log: Log, threadEntry: URL = PIPELINE_THREAD): Promise<App> {
  const stops: Stops = [];
  const stop = async () => {
    for (const stopPart of stops.reverse().splice(0)) await stopPart();
  };
  try {
    return { ...(await startParts(config, log, stops, threadEntry)), stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

async function startParts(config: Config, log: Log, stops: Stops, threadEntry: URL): Promise<Omit<App, "stop">> {
  const opened = await openServiceLedger(config, log);
  stops.push(() => opened.close());
  const cells = config.role === "api" ? [] : pipelineSettings(config).map(({ gpu }) => createStageCells(gpu.places));
  const metrics = createMetrics({
    readBacklog: () => opened.readBacklog(null),
    readPipeline: () => readStageCells(cells),
    now: () => performance.now(),
  });
  const ledger = metrics.timeCalls(opened);
  const queue = openQueue(config, log);
  stops.push(() => queue.close());
  const onError = (error: unknown) => log.error({ err: error }, "ledger or queue could not be used; trying again");
  const readLoad = () => {
    const { places, busyPlaces } = readStageCells(cells).gpu;
    return { gpuPlaces: places, gpuBusy: busyPlaces };
  };
  const parts: Parts = { config, log, ledger, queue, metrics, readLoad, onError, stops };

  const threads = config.role === "api" ? null : startThreads(parts, cells, threadEntry);
  let draining = false;
  const wakeSender: { wake: () => void } = { wake: () => {} };
  const wakeDispatcher: { wake: () => void } = { wake: () => {} };
  const thumbnails = config.role === "worker" ? null : await startThumbnails(config);
  if (thumbnails) stops.push(() => thumbnails.close());
  const uploads = config.role === "worker" ? null : await startUploads(parts);
  await assertGuarded(config, ledger, log);
  const authSecret = readAuthSecret(config);
  const headroom = openHeadroom(config, { readBacklogImages: async () => (await opened.readBacklog(null)).images });
  const server = createServer({
    ledger,
    authenticator: createAuthenticator({ ledger, mode: config.auth, authSecret, now: Date.now }),
    authSecret,
    limits: serverLimits(config),
    headroom,
    log,
    metrics,
    now: Date.now,
    isDraining: () => draining,
    api:
      thumbnails === null
        ? null
        : {
            intake: createIntake({
              ledger,
              defaults: {
                unknownStores: config.unknownStores,
                integrity: config.integrity,
                callbacks: config.callbackSecret !== null,
              },
            }),
            maxBodyBytes: config.maxBodyBytes,
            uploads,
            photoLimits: { files: config.maxUploadFiles, bytes: config.maxImageBytes },
            onRunnable: () => wakeDispatcher.wake(),
            thumbnails,
            onDelivery: () => wakeSender.wake(),
            live: createLiveEvents({ ledger, clock: systemClock, onError }),
          },
  });
  stops.push(() => server.close());
  if (config.role !== "worker") wakeSender.wake = startWebhooks(parts);
  wakeDispatcher.wake = await startWork(parts, threads);
  await server.listen({ host: config.host, port: config.port });
  stops.push(async () => {
    draining = true;
    await systemClock.sleep(config.drainMs, new AbortController().signal);
  });
  return { address: addressOf(server.server.address()), ledger };
}

/** Without keys nobody but this machine is answered, unless someone says so. Rejects with ConfigError. */
async function assertGuarded({ auth, host }: Config, ledger: Ledger, log: Log): Promise<void> {
  if (isLoopback(host) || auth === "required") return;
  if (auth === "off") log.warn({ host }, "whoever reaches the service may do everything: keys are switched off");
  else if (!(await ledger.hasKeys())) {
    const advice = 'make one with "storewalk keys create", or say --auth off if something before it checks who calls';
    throw new ConfigError([`STOREWALK_HOST ${host} is open to other machines and there is no API key; ${advice}`]);
  }
}

/** Returns what wakes the sender. */
function startWebhooks({ config, ledger, onError, stops }: Parts): () => void {
  const guard = createGuard({ allowHosts: config.allowHosts, connectMs: config.connectMs });
  const { post, close } = createWebhookPost(guard);
  stops.push(close);
  const sender = startWebhookSender({
    ledger,
    clock: systemClock,
    post,
    jobView: createJobView(createRateMeter({ now: Date.now })),
    callbackSecret: config.callbackSecret,
    random: Math.random,
    onError,
  });
  stops.push(() => sender.stop());
  return sender.wake;
}

async function startThumbnails(config: Config): Promise<Thumbnails> {
  const [settings] = pipelineSettings(config);
  if (!settings) throw new Error("a process must have at least one pipeline thread's settings");
  const { guard, fetch, measure, uploads } = settings;
  const { dataDir, thumbnailCacheBytes: cacheBytes } = config;
  return await openThumbnails({ dataDir, cacheBytes, guard, fetch, uploads, maxPixels: measure.maxPixels });
}

/** Null where no photos are taken. */
async function startUploads({ config, ledger, onError, stops }: Parts): Promise<Uploads | null> {
  const path = uploadFolderOf(config);
  if (path === null) return null;
  const uploads = createUploads({ folder: await openUploadFolder(path), ledger });
  const sweeper = startUploadSweeper({ uploads, clock: systemClock, onError });
  stops.push(() => sweeper.stop());
  return uploads;
}

function startThreads(
  { config, log, metrics, stops }: Parts,
  cells: readonly StageCells[],
  entry: URL,
): PipelineThreads {
  const threads = startPipelineThreads({
    settings: pipelineSettings(config).map((settings, thread) => ({ ...settings, cells: cells[thread] })),
    entry,
    onBug: (message) => log.error({ cause: message }, "a fault while processing an image"),
    onThreadDied: (error) => {
      metrics.threadDied();
      log.error({ err: error }, "a pipeline thread died and was replaced");
    },
  });
  stops.push(() => threads.stop());
  return threads;
}

/** Starts what moves chunks: in every role the dispatcher and the upkeep, with threads the worker. Returns what wakes the dispatcher. */
async function startWork(parts: Parts, threads: PipelineThreads | null): Promise<() => void> {
  const { config, log, ledger, queue, onError, stops } = parts;
  const membership = await startMembership({
    ledger,
    clock: systemClock,
    member: threads ? { id: memberId(), ...capacityOf(config) } : null,
    readLoad: parts.readLoad,
    onChange: ({ members, threads: fleetThreads, windowImages, windowChunks }) => {
      log.info({ members, threads: fleetThreads, windowImages, windowChunks }, "the fleet changed");
      threads?.limitPerHost(connectionsPerHost(config, fleetThreads));
    },
    onError,
  });
  stops.push(() => membership.stop());
  const dispatcher = startDispatcher({ ledger, queue, clock: systemClock, window: membership.fleet, onError });
  if (threads) startRunning(parts, threads, dispatcher.wake);
  stops.push(() => dispatcher.stop());
  startUpkeep(parts, dispatcher.wake);
  return dispatcher.wake;
}

function startRunning(
  { config, log, ledger, queue, metrics, onError, stops }: Parts,
  threads: PipelineThreads,
  wake: () => void,
) {
  const worker = startWorker({
    ledger,
    queue,
    runImages: threads.runImages,
    clock: systemClock,
    leaseMs: config.leaseMs,
    prefetch: prefetchOf(config),
    events: {
      onRecorded: (jobId, reply) => {
        metrics.recorded(reply);
        if (reply.jobStatus) log.info({ jobId, status: reply.jobStatus }, "job over");
      },
      onChunkOver: wake,
      onFenced: (lease) => {
        metrics.fenced();
        log.warn(lease, "the chunk went to another worker; nothing was written");
      },
      onCrashed: (lease) => log.warn(lease, "the chunk's thread died; it will run again"),
      onError,
    },
  });
  stops.push(() => worker.stop(STOP_GRACE_MS));
}

function startUpkeep({ config, log, ledger, metrics, onError, stops }: Parts, wake: () => void): void {
  const sweeper = startSweeper({
    ledger,
    clock: systemClock,
    leaseMs: config.leaseMs,
    onRescued: (report) => {
      metrics.rescued(report);
      log.warn(report, "chunks without a living worker run again");
      wake();
    },
    onError,
  });
  stops.push(() => sweeper.stop());
  if (config.keepDays === 0) return;
  const pruner = startPruner({
    ledger,
    clock: systemClock,
    keepMs: config.keepDays * DAY_MS,
    onRemoved: (jobId) => log.info({ jobId }, "job removed, its time is over"),
    onError,
  });
  stops.push(() => pruner.stop());
}

/** Unique for each start: the host's name and process number are for people who read the table. */
function memberId(): string {
  return `${hostname()}-${process.pid}-${randomBytes(6).toString("hex")}`;
}

function addressOf(bound: AddressInfo | string | null): string {
  if (bound === null || typeof bound === "string") throw new Error("the server must listen on a port");
  const host = bound.family === "IPv6" ? `[${bound.address}]` : bound.address;
  return `http://${host}:${bound.port}`;
}
