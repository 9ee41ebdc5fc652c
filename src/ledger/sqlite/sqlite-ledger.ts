/** The ledger on the embedded database, as one object. Its calls are synchronous inside: run it in a thread of its own beside an event loop that must stay free. */
import type { DatabaseSync } from "node:sqlite";
import { chunkSizeFor } from "../../domain/job.ts";
import type { EmbeddedLedger } from "../ledger.ts";
import { type ChunkStep, createChunkWork } from "./chunk-work.ts";
import { createDispatch } from "./dispatch.ts";
import { createFleet } from "./fleet.ts";
import { createImageReader } from "./image-reader.ts";
import { createIntake, type IntakeStep } from "./intake.ts";
import { createPrune } from "./prune.ts";
import { createReader } from "./reader.ts";
import { createRequests } from "./requests.ts";
import { createRetry } from "./retry.ts";
import { createStoreActivity } from "./store-activity.ts";
import { createStores } from "./stores.ts";
import { createUpkeep } from "./upkeep.ts";

/** A point inside a transaction at which a test may kill the process. */
export type LedgerStep = IntakeStep | ChunkStep;

/** `db` comes from `openDatabase`; `now` is in epoch milliseconds. */
export function createSqliteLedger(deps: {
  db: DatabaseSync;
  now: () => number;
  chunkSize?: (images: number) => number;
  onStep?: (step: LedgerStep) => void;
}): EmbeddedLedger {
  const { db, now, chunkSize = chunkSizeFor, onStep = () => {} } = deps;
  const { finishRequest, ...requests } = createRequests({ db, now });
  const intake = createIntake({ db, now, chunkSize, finishRequest, onStep });
  return {
    ...intake,
    ...requests,
    ...createDispatch({ db, now }),
    ...createChunkWork({ db, now, onStep }),
    ...createUpkeep({ db, now, discardJob: intake.discardJob }),
    ...createRetry(db),
    ...createPrune({ db, now }),
    ...createFleet({ now }),
    ...createReader({ db, now }),
    ...createImageReader(db),
    ...createStoreActivity(db),
    ...createStores(db),
    close: async () => db.close(),
  };
}
