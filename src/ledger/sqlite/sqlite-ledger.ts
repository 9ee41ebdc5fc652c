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
import { runSteps } from "../sql/steps.ts";
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
  const { onlyOf, ...givenUpHosts } = createGivenUpHosts({
    run: async (sql, values) => run(sql, values),
    dialect: SQLITE,
  });
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
    ...createDeletion({ run: async (sql, values) => run(sql, values), dialect: SQLITE }),
    ...createFleet({ now, onlyOf }),
    ...givenUpHosts,
    ...createAccess({ run: async (sql, values) => run(sql, values), dialect: SQLITE }),
    ...createReader({ db, now }),
    ...createImageReader(db),
    ...createStoreActivity(db),
    ...createAlerts({ run: async (sql, values) => run(sql, values), dialect: SQLITE, skipLocked: "" }),
    ...createSchedules({
      run: async (sql, values) => run(sql, values),
      skipLocked: "",
      listed: "select value from json_each($2)",
      dialect: SQLITE,
    }),
    ...createWebhooks({
      run: async (sql, values) => run(sql, values),
      inTransaction: async (steps) => inTransaction(db, () => runSteps(steps(), run)),
      skipLocked: "",
      listed: "select value from json_each($3)",
      keeping: SQLITE.keeping,
    }),
    ...createKeys({ run: async (sql, values) => run(sql, values) }),
    ...createUploads({
      run: async (sql, values) => run(sql, values),
      listed: "select value as file from json_each($1)",
    }),
    ...createPrints(db),
    ...createReviews(db),
    ...createInsight(db, onStep),
    ...createTenantTimes({ run: async (sql, values) => run(sql, values) }),
    ...createStores(db),
    ...createStorePlaces(db),
    close: async () => db.close(),
  };
}
