/**
 * Runs chunks: claims one, hands its images to the pipeline, records each outcome under the lease. Must never write without the
 * lease's token, and never acknowledge a chunk to the queue before the ledger has its results, or all that is left of it waits for its hosts:
 * then its lease alone keeps it, and the sweeper sends it again when this worker is gone.
 */

import type { InspectionLevel } from "../domain/findings.ts";
import type { HostAccess } from "../domain/host-access.ts";
import type { Integrity } from "../domain/image.ts";
import type { ImageResult, ImageTask } from "../domain/job.ts";
import type { SealedAccess } from "../ledger/port/access-ledger.ts";
import type { ChunkRef, Claim, Lease, RecordReply, WorkLedger } from "../ledger/port/work-ledger.ts";
import type { Clock } from "../process/clock.ts";
import { startLoop } from "../process/loop.ts";
import type { Delivery, Queue } from "../queue/queue.ts";
import type { Judge, RunResult } from "./judge.ts";
import { createRecorder } from "./recorder.ts";
import { repeatWhileAway } from "./while-away.ts";

export type ImageRun = {
  /** Runs of one lane share the pipeline's places with other lanes as one. */
  readonly lane: string;
  readonly tenant: string;
  /** What its tenant sends to hosts that ask. */
  readonly access: readonly SealedAccess[];
  readonly integrity: Integrity;
  readonly inspect: InspectionLevel;
  readonly images: readonly ImageTask[];
};

/** The same as a pipeline thread is given it: what is sealed has been opened, and whose it is does not matter there. */
export type ThreadRun = Omit<ImageRun, "tenant" | "access"> & {
  /** What its tenant sends to hosts that ask. */
  readonly access: readonly HostAccess[];
};

/** How a run over images ended: with a result for each, cut short by its signal, or with the death of its thread. */
export type RunEnd = "finished" | "aborted" | "crashed";

export type RunImages = (
  run: ImageRun,
  onResults: (results: readonly RunResult[]) => void,
  signal: AbortSignal,
  /** Told when nothing is left of the run but images that wait for their hosts, or no longer so. */
  onParked: (isParked: boolean) => void,
) => Promise<RunEnd>;

export type Worker = {
  /** Claims nothing more, gives what runs `graceMs` to finish, hands the rest back. */
  stop(graceMs: number): Promise<void>;
};

export type WorkerEvents = {
  readonly onRecorded: (jobId: number, reply: Extract<RecordReply, { kind: "recorded" }>) => void;
  /** A chunk left this worker, or what is left of it waits for its hosts alone: there is room for another. */
  readonly onChunkOver: () => void;
  readonly onFenced: (lease: Lease) => void;
  readonly onCrashed: (lease: Lease) => void;
  readonly onError: (error: unknown) => void;
};

type Run = {
  /** Ends it early; what is not done goes back. */
  abort(): void;
  /** Ends it because the chunk is another worker's now. */
  fence(): void;
};

/** What is finished at a stop may wait so long for a ledger that is away. */
const FLUSH_MS = 5_000;

export function startWorker(deps: {
  readonly ledger: Pick<WorkLedger, "claim" | "takeOver" | "record" | "renew" | "release">;
  readonly queue: Pick<Queue, "consume">;
  readonly runImages: RunImages;
  /** Without one, results are recorded as they come. */
  readonly judge?: Judge;
  readonly clock: Clock;
  readonly leaseMs: number;
  readonly prefetch: number;
  readonly events: WorkerEvents;
}): Worker {
  const { ledger, clock, leaseMs, events } = deps;
  const running = new Map<Lease, Run>();
  const inHand = new Set<Promise<void>>();
  const givingUp = new AbortController();
  const whileAway = { clock, signal: givingUp.signal };
  /** The time to finish is over. */
  let isHandingBack = false;

  async function runChunk(
    { lease, tenant, access, integrity, inspect, rules, images, poisoned }: Claim,
    letGo: () => void,
  ): Promise<void> {
    const aborting = new AbortController();
    let fenced = false;
    const run: Run = {
      abort: () => aborting.abort(),
      fence() {
        fenced = true;
        aborting.abort();
      },
    };
    running.set(lease, run);
    const recorder = createRecorder({
      ledger,
      clock,
      lease,
      leaseMs,
      judge: async (results) =>
        deps.judge ? await deps.judge({ jobId: lease.jobId, rules }, images, results) : results,
      givingUp: givingUp.signal,
      onRecorded: (reply) => events.onRecorded(lease.jobId, reply),
      onLost: (reason) => {
        if (reason === "fenced") run.fence();
        else run.abort();
      },
    });
    try {
      const decided = images.flatMap((image) => decideWithoutRunning(image, poisoned, clock.now()));
      recorder.add(decided);
      const rest = poisoned ? [] : images.filter(({ storeKnown }) => storeKnown);
      const order = { lane: String(lease.jobId), tenant, access, integrity, inspect, images: rest };
      const onParked = (isParked: boolean) => {
        if (!isParked) return;
        letGo();
        events.onChunkOver();
      };
      const end = rest.length > 0 ? await deps.runImages(order, recorder.add, aborting.signal, onParked) : "finished";
      await recorder.flush();
      if (fenced) return events.onFenced(lease);
      if (end === "aborted") return await ledger.release(lease, "handed-back");
      if (end === "crashed") {
        events.onCrashed(lease);
        await ledger.release(lease, "crashed");
      }
    } finally {
      running.delete(lease);
    }
  }

  function runsHere(ref: ChunkRef): boolean {
    return [...running.keys()].some(({ jobId, chunk }) => jobId === ref.jobId && chunk === ref.chunk);
  }

  /** A first call whose answer was lost may have claimed the chunk for nobody: the next one takes it over. */
  async function claim(ref: Delivery): Promise<Claim | null> {
    if (ref.redelivered && runsHere(ref)) return null;
    return await repeatWhileAway(whileAway, (attempt) =>
      ref.redelivered || attempt > 1 ? ledger.takeOver(ref, leaseMs) : ledger.claim(ref, leaseMs),
    );
  }

  async function run(ref: Delivery, letGo: () => void): Promise<void> {
    try {
      const claimed = await claim(ref);
      if (claimed && isHandingBack) await ledger.release(claimed.lease, "handed-back");
      else if (claimed) await runChunk(claimed, letGo);
    } catch (error) {
      // The chunk stays the ledger's: its lease or its place in the queue runs out and it is sent again.
      events.onError(error);
    } finally {
      events.onChunkOver();
    }
  }

  /** A queue hands out only so many at a time: what waits for its hosts must not keep the others from coming. */
  async function handle(ref: Delivery): Promise<void> {
    const { promise: wasLetGo, resolve: letGo } = Promise.withResolvers<void>();
    const over = run(ref, letGo).finally(() => inHand.delete(over));
    inHand.add(over);
    await Promise.race([over, wasLetGo]);
  }

  const heartbeat = startLoop({
    clock,
    pauseMs: leaseMs / 3,
    onError: events.onError,
    round: async () => {
      if (running.size === 0) return;
      const lost = await repeatWhileAway(whileAway, () => ledger.renew([...running.keys()], leaseMs));
      for (const lease of running.keys()) {
        if (
          lost.some(
            (other) => other.jobId === lease.jobId && other.chunk === lease.chunk && other.token === lease.token,
          )
        ) {
          running.get(lease)?.fence();
        }
      }
    },
  });
  const stopConsuming = deps.queue.consume(deps.prefetch, handle);

  return {
    async stop(graceMs) {
      const drained = new AbortController();
      const stopped = stopConsuming()
        .then(() => Promise.all(inHand))
        .finally(() => drained.abort());
      await clock.sleep(graceMs, drained.signal);
      isHandingBack = true;
      for (const run of running.values()) run.abort();
      await clock.sleep(FLUSH_MS, drained.signal);
      givingUp.abort();
      await stopped;
      await heartbeat.stop();
    },
  };
}

const NEVER_FETCHED = { attempts: 0, fetchMs: null } as const;

/** The result of an image whose outcome is clear without touching it. */
function decideWithoutRunning(image: ImageTask, poisoned: boolean, finishedAt: number): ImageResult[] {
  if (poisoned) {
    const detail = "the worker died each time it took this image, so it is left alone";
    return [{ no: image.no, outcome: { kind: "failed", code: "poisoned", detail }, ...NEVER_FETCHED, finishedAt }];
  }
  if (image.storeKnown) return [];
  const detail = `store "${image.storeId}" is not in the store master; import it, then retry the image`;
  return [{ no: image.no, outcome: { kind: "failed", code: "unknown_store", detail }, ...NEVER_FETCHED, finishedAt }];
}
