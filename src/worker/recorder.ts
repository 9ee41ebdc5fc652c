/**
 * Writes one chunk's results to the ledger in batches, one at a time and in order. After the ledger says that the lease is lost,
 * nothing more is written.
 */

import type { ImageResult } from "../domain/job.ts";
import type { Lease, RecordReply, WorkLedger } from "../ledger/port/work-ledger.ts";
import type { Clock } from "../process/clock.ts";
import type { RunResult } from "./judge.ts";
import { repeatWhileAway } from "./while-away.ts";

/** As many as the largest chunk has: a commit costs as much for one row as for some hundred. */
const BATCH_RESULTS = 500;
/** How long a result may wait for company: progress stays live, and a slow chunk still writes a few rows at a time. */
const BATCH_WAIT_MS = 150;

export type Recorder = {
  add(results: readonly RunResult[]): void;
  /** Writes what is left; resolves when everything added so far is in the ledger, or the lease is lost. Rejects when the ledger cannot write. */
  flush(): Promise<void>;
};

export function createRecorder(deps: {
  readonly ledger: Pick<WorkLedger, "record">;
  readonly clock: Clock;
  readonly lease: Lease;
  readonly leaseMs: number;
  /** Turns inspections into findings. Called again for the same results after the ledger was away. */
  readonly judge: (results: readonly RunResult[]) => Promise<readonly ImageResult[]>;
  /** Ends the wait for a ledger that is away; what was not written then is given up. */
  readonly givingUp: AbortSignal;
  readonly onRecorded: (reply: Extract<RecordReply, { kind: "recorded" }>) => void;
  /** The lease is lost, or the ledger failed: the chunk's run should end. */
  readonly onLost: (reason: "fenced" | "ledger-failed") => void;
}): Recorder {
  let buffer: RunResult[] = [];
  let writing: Promise<void> | null = null;
  let waiting: AbortController | null = null;
  let over = false;
  let fault: { readonly error: unknown } | null = null;

  async function writeAll(): Promise<void> {
    while (buffer.length > 0 && !over) {
      const batch = buffer.slice(0, BATCH_RESULTS);
      buffer = buffer.slice(BATCH_RESULTS);
      const reply = await repeatWhileAway({ clock: deps.clock, signal: deps.givingUp }, async () =>
        deps.ledger.record(deps.lease, await deps.judge(batch), deps.leaseMs),
      );
      if (reply.kind === "recorded") deps.onRecorded(reply);
      else lose("fenced");
    }
  }

  function lose(reason: "fenced" | "ledger-failed"): void {
    over = true;
    buffer = [];
    deps.onLost(reason);
  }

  function write(): Promise<void> {
    waiting?.abort();
    waiting = null;
    writing ??= writeAll()
      .catch((error: unknown) => {
        fault = { error };
        lose("ledger-failed");
      })
      .finally(() => {
        writing = null;
      });
    return writing;
  }

  function writeLater(): void {
    if (waiting || writing) return;
    const pause = new AbortController();
    waiting = pause;
    void deps.clock.sleep(BATCH_WAIT_MS, pause.signal).then(() => {
      if (!pause.signal.aborted) return write();
    });
  }

  return {
    add(results) {
      if (over) return;
      buffer.push(...results);
      if (buffer.length >= BATCH_RESULTS) void write();
      else writeLater();
    },
    async flush() {
      do await write();
      while (buffer.length > 0);
      if (fault) throw fault.error;
    },
  };
}
