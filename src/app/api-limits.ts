/** The limits of the API out of the settings, and the readings of the machine that they are held against. */
import { statfs } from "node:fs/promises";
import { totalmem } from "node:os";
import { createHeadroom, type Headroom } from "../http/limits/headroom.ts";
import type { ServerLimits } from "../http/server.ts";
import type { Config } from "../settings/config.ts";
import { uploadPlaceOf } from "../settings/upload-place.ts";

/** The rest is for work in hand, and for what the kernel keeps of the ledger's files. */
const SHARE_OF_MEMORY = 0.75;

export function serverLimits(config: Config): ServerLimits {
  return {
    requestsPerMinute: config.requestsPerMinute,
    imagesPerHour: config.imagesPerHour,
    attemptsPerMinute: config.attemptsPerMinute,
    lagMs: config.maxLagMs,
    connections: config.maxConnections,
    trustedProxies: config.trustedProxies,
    compressionShare: config.compressionShare,
  };
}

export function openHeadroom(
  config: Config,
  { readBacklogImages }: { readonly readBacklogImages: () => Promise<number> },
): Headroom {
  const uploads = uploadPlaceOf(config);
  const folders = [
    ...(config.databaseUrl === null ? [config.dataDir] : []),
    ...(uploads?.kind === "folder" ? [uploads.path] : []),
  ];
  return createHeadroom({
    limits: {
      backlogImages: config.maxBacklogImages,
      freeBytes: config.minFreeBytes,
      memoryBytes: config.maxMemoryBytes || SHARE_OF_MEMORY * memoryOfMachine(),
    },
    readBacklogImages,
    readFreeBytes: async () => (folders.length === 0 ? null : Math.min(...(await Promise.all(folders.map(freeBytes))))),
    readMemoryBytes: () => process.memoryUsage.rss(),
    now: () => performance.now(),
  });
}

async function freeBytes(folder: string): Promise<number> {
  const { bavail, bsize } = await statfs(folder);
  return bavail * bsize;
}

/** Of the container, if it has less than the machine. */
function memoryOfMachine(): number {
  const constrained = process.constrainedMemory();
  return constrained > 0 ? Math.min(constrained, totalmem()) : totalmem();
}
