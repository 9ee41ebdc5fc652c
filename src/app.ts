/**
 * The composition root: puts the parts together and takes them apart again in reverse order.
 * The only importer of adapters; decides nothing that a part could decide.
 */
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { systemClock } from "./clock.ts";
import type { Config } from "./config.ts";
import { createServer } from "./http/server.ts";
import { createIntake } from "./intake/submit-job.ts";
import type { Ledger } from "./ledger/ledger.ts";
import { holdFolder } from "./ledger/sqlite/folder-lock.ts";
import { openThreadedLedger } from "./ledger/sqlite/threaded-ledger.ts";
import type { Log } from "./log.ts";
import type { PipelineSettings } from "./pipeline/create-pipeline.ts";
import { createInProcessQueue } from "./queue/in-process.ts";
import { startDispatcher } from "./worker/dispatcher.ts";
import { startPipelineThreads } from "./worker/pipeline-threads.ts";
import { startSweeper } from "./worker/sweeper.ts";
import { startWorker } from "./worker/worker.ts";

const PIPELINE_THREAD = new URL("./worker/pipeline-thread.ts", import.meta.url);
/** Chunks in hand are bounded by the dispatcher's window; the worker takes all that it is sent. */
const PREFETCH_CHUNKS = 1_000;
/** What runs may finish within this time of a stop; the rest is handed back. With the flush after it a stop stays under 30 s. */
const STOP_GRACE_MS = 15_000;

export type App = {
  /** `http://127.0.0.1:8080`, with the port that was really taken. */
  readonly address: string;
  readonly ledger: Ledger;
  /** Resolves when everything is over and recorded; nothing that was recorded is done again. */
  stop(): Promise<void>;
};

/** The embedded ledger's file within the data folder. */
export function ledgerPath(dataDir: string): string {
  return join(dataDir, "storewalk.db");
}

/** Starts everything. Rejects, with nothing left running, when a part cannot start. */
export async function startApp(config: Config, log: Log): Promise<App> {
  const stops: (() => Promise<void>)[] = [];
  const stop = async () => {
    for (const stopPart of stops.reverse().splice(0)) await stopPart();
  };
  try {
    return { ...(await startParts(config, log, stops)), stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

async function startParts(config: Config, log: Log, stops: (() => Promise<void>)[]): Promise<Omit<App, "stop">> {
  const lock = holdFolder(config.dataDir);
  stops.push(async () => lock.release());
  const ledger = await openThreadedLedger(ledgerPath(config.dataDir));
  stops.push(() => ledger.close());
  await ledger.recover();

  const queue = createInProcessQueue();
  const onError = (error: unknown) => log.error({ err: error }, "the ledger could not be used; trying again");
  const threads = startPipelineThreads({
    settings: pipelineSettings(config),
    entry: PIPELINE_THREAD,
    onBug: (message) => log.error({ cause: message }, "a fault while processing an image"),
    onThreadDied: (error) => log.error({ err: error }, "a pipeline thread died and was replaced"),
  });
  stops.push(() => threads.stop());
  const dispatcher = startDispatcher({
    ledger,
    queue,
    clock: systemClock,
    window: () => ({ windowImages: windowOf(config), windowChunks: PREFETCH_CHUNKS }),
    onError,
  });
  const worker = startWorker({
    ledger,
    queue,
    runImages: threads.runImages,
    clock: systemClock,
    leaseMs: config.leaseMs,
    prefetch: PREFETCH_CHUNKS,
    events: {
      onRecorded: (jobId, { jobStatus }) => {
        if (jobStatus) log.info({ jobId, status: jobStatus }, "job over");
      },
      onChunkOver: () => dispatcher.wake(),
      onFenced: (lease) => log.warn(lease, "the chunk went to another worker; nothing was written"),
      onCrashed: (lease) => log.warn(lease, "the chunk's thread died; it will run again"),
      onError,
    },
  });
  stops.push(() => worker.stop(STOP_GRACE_MS));
  stops.push(() => dispatcher.stop());
  const sweeper = startSweeper({
    ledger,
    clock: systemClock,
    pauseMs: config.leaseMs / 6,
    onRescued: (report) => {
      log.warn(report, "chunks without a living worker run again");
      dispatcher.wake();
    },
    onError,
  });
  stops.push(() => sweeper.stop());

  const intake = createIntake({
    ledger,
    defaults: { unknownStores: config.unknownStores, integrity: config.integrity },
  });
  const server = createServer({
    ledger,
    intake,
    log,
    now: Date.now,
    maxBodyBytes: config.maxBodyBytes,
    onSealed: () => dispatcher.wake(),
  });
  stops.push(() => server.close());
  await server.listen({ host: config.host, port: config.port });
  return { address: addressOf(server.server.address()), ledger };
}

/** What the ledger takes for in flight though it is done: results on their way to it, and the chunks that come next. */
const WINDOW_SLACK_IMAGES = 2_000;

/** Enough images in flight to keep every place of every stage busy while chunks end and begin. */
function windowOf(config: Config): number {
  const fetching = config.workerThreads * config.connections;
  const processing = config.gpuLatency.most > 0 ? config.gpuDevices * config.gpuStreams : 0;
  return 2 * (fetching + processing) + WINDOW_SLACK_IMAGES;
}

/** One entry a thread; the GPU's places are divided among the threads without a rest. */
function pipelineSettings(config: Config): readonly PipelineSettings[] {
  const places = config.gpuDevices * config.gpuStreams;
  return Array.from({ length: config.workerThreads }, (_, thread) => ({
    guard: { allowHosts: config.allowHosts, connectMs: config.connectMs },
    fetch: {
      connections: config.connections,
      connectionsPerHost: config.connectionsPerHost,
      imageDeadlineMs: config.imageDeadlineMs,
      headersMs: config.headersMs,
      bodyIdleMs: config.bodyIdleMs,
      maxAttempts: config.maxAttempts,
      maxRedirects: config.maxRedirects,
      maxImageBytes: config.maxImageBytes,
    },
    measure: { maxPixels: config.maxPixels },
    gpu: {
      places: Math.max(1, Math.floor((places + thread) / config.workerThreads)),
      latencyMs: config.gpuLatency,
      batch: config.gpuBatch,
      failureRate: config.gpuFailureRate,
      seed: config.gpuSeed === null ? null : config.gpuSeed + thread,
    },
  }));
}

function addressOf(bound: AddressInfo | string | null): string {
  if (bound === null || typeof bound === "string") throw new Error("the server must listen on a port");
  const host = bound.family === "IPv6" ? `[${bound.address}]` : bound.address;
  return `http://${host}:${bound.port}`;
}
