/**
 * A small Storewalk in one process over a ledger file, which kills itself with SIGKILL at a named step. Run by `failpoints.test.ts`:
 * `failpoint-child.ts LEDGER submit|resume [STEP]`. `submit` accepts a job and runs it; `resume` goes on with what is there.
 */

import type { ImageResult } from "../../src/domain/job.ts";
import { DEFAULT_TENANT } from "../../src/domain/scopes.ts";
import { createIntake } from "../../src/intake/submit-job.ts";
import type { EmbeddedLedger } from "../../src/ledger/port/ledger.ts";
import { openDatabase } from "../../src/ledger/sqlite/database.ts";
import { createSqliteLedger } from "../../src/ledger/sqlite/sqlite-ledger.ts";
import { systemClock } from "../../src/process/clock.ts";
import { createInProcessQueue } from "../../src/queue/in-process.ts";
import { startDispatcher } from "../../src/worker/dispatcher.ts";
import { startWorker } from "../../src/worker/worker.ts";
import { jobLines } from "./failpoint-job.ts";

const [path = "", mode = "", step = ""] = process.argv.slice(2);

function dieAt(reached: string): void {
  if (reached === step) process.kill(process.pid, "SIGKILL");
}

/** The steps between transactions: a call is committed and its answer is on the way. */
function dyingAfterCommit(ledger: EmbeddedLedger): EmbeddedLedger {
  const after =
    <A extends unknown[], R>(name: string, call: (...args: A) => Promise<R>) =>
    async (...args: A) => {
      const answer = await call(...args);
      dieAt(name);
      return answer;
    };
  return {
    ...ledger,
    openJob: after("open:answered", ledger.openJob),
    addVisits: after("add:answered", ledger.addVisits),
    sealJob: after("seal:answered", ledger.sealJob),
    dispatch: after("dispatch:answered", ledger.dispatch),
    claim: after("claim:answered", ledger.claim),
    record: after("record:answered", ledger.record),
  };
}

const ledger = dyingAfterCommit(createSqliteLedger({ db: openDatabase(path), now: Date.now, onStep: dieAt }));
await ledger.recover();

if (mode === "submit") {
  const intake = createIntake({ ledger, defaults: { unknownStores: "fail", integrity: "complete" } });
  await intake.submit({ tenant: DEFAULT_TENANT, format: "ndjson", bytes: jobLines(), options: {} });
}

const over = Promise.withResolvers<void>();
const onError = (error: unknown) => over.reject(error);
const queue = createInProcessQueue();
const dispatcher = startDispatcher({
  ledger,
  queue,
  clock: systemClock,
  window: () => ({ windowImages: 1_000, windowChunks: 100 }),
  onError,
});
const worker = startWorker({
  ledger,
  queue,
  clock: systemClock,
  leaseMs: 30_000,
  prefetch: 2,
  runImages: async ({ images }, onResults) => {
    for (const { no } of images) {
      const outcome = { kind: "measured", format: "png", width: no + 1, height: 1, bytes: 10 } as const;
      onResults([{ no, outcome, attempts: 1, fetchMs: 1, finishedAt: Date.now() } satisfies ImageResult]);
    }
    return "finished";
  },
  events: {
    onRecorded: (_jobId, { jobStatus }) => {
      if (jobStatus) over.resolve();
    },
    onChunkOver: () => dispatcher.wake(),
    onFenced: () => {},
    onCrashed: () => {},
    onError,
  },
});
if ((await ledger.readUnfinished()).length > 0) await over.promise;
await worker.stop(1_000);
while ((await ledger.addUpSums()).more);
await dispatcher.stop();
await ledger.close();
