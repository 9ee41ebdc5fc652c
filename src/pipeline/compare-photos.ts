/**
 * Compares photos in a thread of its own, for whoever must stay free: each pair that is alike takes milliseconds. The thread starts with the first
 * pair and ends after a rest. Whatever becomes of it, every promise given here ends.
 */
import type { Worker } from "node:worker_threads";
import { startThread } from "../process/start-thread.ts";
import { type Candidate, type Compared, type ComparePhotos, comparePhotos } from "../truth/match.ts";
import type { Sketch } from "../truth/sketch.ts";

export type CompareTask = {
  readonly id: number;
  readonly later: Sketch;
  readonly photos: readonly Candidate[];
};
export type CompareAnswer = { readonly id: number; readonly compared: readonly Compared[] };

const ENTRY = new URL("./compare-thread.ts", import.meta.url);
/** Sketches come and go, and are small. */
const HEAP = { maxYoungGenerationSizeMb: 8, maxOldGenerationSizeMb: 64 };
const REST_MS = 30_000;

type Waiting = {
  readonly resolve: (compared: readonly Compared[]) => void;
  readonly reject: (error: Error) => void;
};

type Thread = { readonly worker: Worker; readonly waiting: Map<number, Waiting>; rest: NodeJS.Timeout | null };

export type Comparer = {
  /** Rejects when the thread dies over it. */
  readonly compare: ComparePhotos;
  /** Ends the thread, and what it has in hand. */
  stop(): Promise<void>;
};

/** `restMs` is how long a thread without work stays. */
export function createComparer({ restMs = REST_MS, entry = ENTRY } = {}): Comparer {
  let thread: Thread | null = null;
  let lastId = 0;
  let isStopped = false;

  function start(): Thread {
    const worker = startThread(entry, { workerData: null, heap: HEAP });
    const started: Thread = { worker, waiting: new Map(), rest: null };
    let cause: unknown = null;
    worker.on("message", ({ id, compared }: CompareAnswer) => {
      started.waiting.get(id)?.resolve(compared);
      started.waiting.delete(id);
      if (started.waiting.size === 0) restLater(started);
    });
    worker.on("error", (error) => {
      cause = error;
    });
    worker.once("exit", () => {
      if (thread === started) thread = null;
      for (const { reject } of started.waiting.values()) {
        reject(new Error("the thread that compares photos ended", { cause }));
      }
    });
    return started;
  }

  function restLater(resting: Thread): void {
    resting.rest = setTimeout(() => {
      if (thread === resting) thread = null;
      void resting.worker.terminate();
    }, restMs);
    resting.rest.unref();
  }

  function inThread(later: Sketch, photos: readonly Candidate[]): Promise<readonly Compared[]> {
    if (isStopped) return Promise.reject(new Error("photos are not compared any more"));
    thread ??= start();
    const { worker, waiting, rest } = thread;
    if (rest) clearTimeout(rest);
    const id = ++lastId;
    return new Promise((resolve, reject) => {
      waiting.set(id, { resolve, reject });
      const plain = photos.map(({ hasSameBytes, sketch, guesses }) => ({ hasSameBytes, sketch, guesses }));
      worker.postMessage({ id, later, photos: plain } satisfies CompareTask);
    });
  }

  return {
    async compare(later, photos) {
      const isQuick = later === null || photos.every(({ hasSameBytes, sketch }) => hasSameBytes || sketch === null);
      return isQuick ? comparePhotos(later, photos) : await inThread(later, photos);
    },
    async stop() {
      isStopped = true;
      await thread?.worker.terminate();
    },
  };
}
