/**
 * Whether there is room for more work: in the backlog, on the disks, in memory. What was accepted is never touched by it. An answer that cannot be
 * had in time counts as room: the ledger then says for itself what is wrong.
 */
import { createRecentReading } from "../../metrics/recent-reading.ts";

export type Shortage = {
  readonly reason: "backlog" | "disk" | "memory";
  readonly detail: string;
  readonly waitMs: number;
};

export type Headroom = {
  /** Null while there is room. */
  shortage(): Promise<Shortage | null>;
  /** Images that were accepted here since the backlog was read last. */
  accepted(images: number): void;
};

export type HeadroomLimits = {
  /** 0 in each place: no limit. */
  readonly backlogImages: number;
  readonly freeBytes: number;
  readonly memoryBytes: number;
};

/** A shortage ends with work, not with time: clients ask again after as long. */
const BACKLOG_WAIT_MS = 30_000;
const DISK_WAIT_MS = 60_000;
const MEMORY_WAIT_MS = 5_000;
const KEEP_MS = 1_000;
const READ_MS = 1_000;

export function createHeadroom(deps: {
  readonly limits: HeadroomLimits;
  readonly readBacklogImages: () => Promise<number>;
  /** Of the disk that has least: the ledger's, the uploads'. Null where there is none of ours. */
  readonly readFreeBytes: () => Promise<number | null>;
  readonly readMemoryBytes: () => number;
  readonly now: () => number;
}): Headroom {
  const { limits, now } = deps;
  let acceptedSince = 0;

  async function readImages(): Promise<number> {
    // What is accepted while the ledger reads may be counted twice, for a second.
    acceptedSince = 0;
    return await deps.readBacklogImages();
  }

  const reading = { keepMs: KEEP_MS, waitMs: READ_MS, now };
  const recentImages = createRecentReading({ read: readImages, ...reading });
  const recentFree = createRecentReading({ read: deps.readFreeBytes, ...reading });

  async function shortOfBacklog(): Promise<Shortage | null> {
    if (limits.backlogImages === 0) return null;
    const images = await recentImages();
    if (images === null || images + acceptedSince <= limits.backlogImages) return null;
    const detail = `${images + acceptedSince} images wait for their results, more than the ${limits.backlogImages} up to which jobs are accepted`;
    return { reason: "backlog", detail, waitMs: BACKLOG_WAIT_MS };
  }

  async function shortOfDisk(): Promise<Shortage | null> {
    if (limits.freeBytes === 0) return null;
    const free = await recentFree();
    if (free === null || free >= limits.freeBytes) return null;
    const detail = `the disk has ${free} bytes left, fewer than the ${limits.freeBytes} that are kept for work in hand`;
    return { reason: "disk", detail, waitMs: DISK_WAIT_MS };
  }

  function shortOfMemory(): Shortage | null {
    const used = deps.readMemoryBytes();
    if (limits.memoryBytes === 0 || used <= limits.memoryBytes) return null;
    const detail = `the process has ${used} bytes of memory, more than the ${limits.memoryBytes} up to which jobs are accepted`;
    return { reason: "memory", detail, waitMs: MEMORY_WAIT_MS };
  }

  return {
    shortage: async () => shortOfMemory() ?? (await shortOfDisk()) ?? (await shortOfBacklog()),
    accepted(images) {
      acceptedSince += images;
    },
  };
}
