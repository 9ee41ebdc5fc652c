/** How much a process can have in hand, from its settings and the machine's processors. Arithmetic only. */
import { availableParallelism } from "node:os";

import type { Member } from "../ledger/port/fleet-ledger.ts";
import type { PipelineSettings } from "../pipeline/create-pipeline.ts";
import { userAgentFor } from "../pipeline/fetch/settings.ts";
import type { Config } from "../settings/config.ts";
import { uploadPlaceOf } from "../settings/upload-place.ts";
import type { Parked } from "../worker/pipeline-threads.ts";

/** What the ledger takes for in flight though it is done: results on their way to it, and the chunks that come next. */
const WINDOW_SLACK_IMAGES = 2_000;
/** In one process the window bounds the chunks in hand; the queue may hand out all that it has. */
const EMBEDDED_PREFETCH = 1_000;
/** A worker that dies gives back no more than this; a broker that counts deliveries never blames a chunk's many neighbours. */
const FLEET_PREFETCH = 4;
/** Chunks that wait in a fleet's queue for each worker, so that the next is there when one ends. */
const FLEET_WAITING = 2;

export function prefetchOf(config: Config): number {
  return config.databaseUrl === null ? EMBEDDED_PREFETCH : FLEET_PREFETCH;
}

/** Some 300 bytes each. A host that lets nobody wait in vain for longer than it takes to give it up needs no more. */
const MOST_PARKED_IMAGES = 20_000;

/**
 * Enough images in flight to keep every place of every stage busy while chunks end and begin. What is parked keeps none of them busy, so as
 * much may come on top.
 */
export function capacityOf(config: Config, parked: Parked): Omit<Member, "id"> {
  const fetching = config.workerThreads * config.connections;
  const processing = config.gpuLatencyMs.most > 0 ? config.gpuDevices * config.gpuStreams : 0;
  const waiting = config.databaseUrl === null ? 0 : FLEET_WAITING;
  return {
    windowImages: 2 * (fetching + processing) + WINDOW_SLACK_IMAGES + Math.min(parked.images, MOST_PARKED_IMAGES),
    windowChunks: prefetchOf(config) + waiting + parked.chunks,
    threads: config.workerThreads,
  };
}

/** A thread's connections to one host when so many threads share what the fleet may have; each has at least one. */
export function connectionsPerHost(config: Config, fleetThreads: number): number {
  const share = Math.floor(config.fleetConnectionsPerHost / Math.max(1, fleetThreads));
  return Math.max(1, Math.min(share, config.connectionsPerHost));
}

/** What each of so many threads has of so many, without a rest. */
function shareOf(all: number, thread: number, threads: number): number {
  return Math.floor((all + thread) / threads);
}

/** One entry a thread; the GPU's places are divided among the threads without a rest. */
export function pipelineSettings(config: Config): readonly PipelineSettings[] {
  const places = config.gpuDevices * config.gpuStreams;
  return Array.from({ length: config.workerThreads }, (_, thread) => ({
    guard: { allowHosts: config.allowHosts, connectMs: config.connectMs },
    fetch: {
      connections: config.connections,
      connectionsPerHost: config.connectionsPerHost,
      imageDeadlineMs: config.imageDeadlineMs,
      hostGiveUpMs: config.hostGiveUpMs,
      hostPatienceMs: config.hostPatienceMs,
      headersMs: config.headersMs,
      bodyIdleMs: config.bodyIdleMs,
      maxAttempts: config.maxAttempts,
      maxRedirects: config.maxRedirects,
      maxImageBytes: config.maxImageBytes,
      userAgent: userAgentFor(config.contact),
    },
    uploads: uploadPlaceOf(config),
    measure: {
      maxPixels: config.maxPixels,
      decodeMs: config.decodeMs,
      decodeMemoryBytes: config.decodeMemoryBytes,
      decodeProcesses: shareOf(Math.max(availableParallelism(), config.workerThreads), thread, config.workerThreads),
    },
    gpu: {
      places: Math.max(1, shareOf(places, thread, config.workerThreads)),
      latencyMs: config.gpuLatencyMs,
      batch: config.gpuBatch,
      failureRate: config.gpuFailureRate,
      seed: config.gpuSeed === null ? null : config.gpuSeed + thread,
    },
  }));
}
