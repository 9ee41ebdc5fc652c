/** The ledger on the embedded database, as one object. Its calls are synchronous inside: run it in a thread of its own beside an event loop that must stay free. */
import type { DatabaseSync } from "node:sqlite";
import { chunkSizeFor } from "../../domain/job.ts";
import type { EmbeddedLedger } from "../port/ledger.ts";
import { createAccess } from "../sql/access.ts";
import { createAlerts } from "../sql/alerts.ts";
import { createDeletion } from "../sql/deletion.ts";
import { createGivenUpHosts } from "../sql/given-up-hosts.ts";
import { createKeys } from "../sql/keys.ts";
import { createSchedules } from "../sql/schedules.ts";
import { runSteps, type Shared } from "../sql/steps.ts";
import { createTenantTimes } from "../sql/tenant-times.ts";
import { createUploads } from "../sql/uploads.ts";
import { createWebhooks } from "../sql/webhooks.ts";
import { type ChunkStep, createChunkWork } from "./chunk-work.ts";
import { inTransaction } from "./database.ts";
import { createRunStatement, SQLITE } from "./dialect.ts";
import { createDispatch } from "./dispatch.ts";
import { createFleet } from "./fleet.ts";
import { createImageReader } from "./image-reader.ts";
import { createInsight, type InsightStep } from "./insight.ts";
import { createIntake, type IntakeStep } from "./intake.ts";
import { createPrints } from "./prints.ts";
import { createPrune } from "./prune.ts";
import { createReader } from "./reader.ts";
import { createRequests } from "./requests.ts";
import { createRetry } from "./retry.ts";
import { createReviews } from "./reviews.ts";
import { createStoreActivity } from "./store-activity.ts";
import { createStorePlaces } from "./store-places.ts";
import { createStores } from "./stores.ts";
import { createUpkeep } from "./upkeep.ts";

/** A point inside a transaction at which a test may kill the process. */
export type LedgerStep = IntakeStep | ChunkStep | InsightStep;

/** `db` comes from `openDatabase`; `now` is in epoch milliseconds. */
export function createSqliteLedger(deps: {
  db: DatabaseSync;
  now: () => number;
  chunkSize?: (images: number) => number;
  onStep?: (step: LedgerStep) => void;
}): EmbeddedLedger {
  const { db, now, chunkSize = chunkSizeFor, onStep = () => {} } = deps;
  db.function("storewalk_now", now);
  const run = createRunStatement(db);
  const shared: Shared = {
    run: async (sql, values) => run(sql, values),
    inTransaction: async (steps) => inTransaction(db, () => runSteps(steps(), run)),
    dialect: SQLITE,
  };
  const { onlyOf, ...givenUpHosts } = createGivenUpHosts(shared);
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
    ...createDeletion(shared),
    ...createFleet({ now, onlyOf }),
    ...givenUpHosts,
    ...createAccess(shared),
    ...createReader({ db, now }),
    ...createImageReader(db),
    ...createStoreActivity(db),
    ...createAlerts(shared),
    ...createSchedules(shared),
    ...createWebhooks(shared),
    ...createKeys(shared),
    ...createUploads(shared),
    ...createPrints(db),
    ...createReviews(db),
    ...createInsight(db, onStep),
    ...createTenantTimes(shared),
    ...createStores(db),
    ...createStorePlaces(db),
    close: async () => db.close(),
  };
}
