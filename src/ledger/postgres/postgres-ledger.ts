/**
 * The ledger of a fleet, in PostgreSQL from 13 on: any number of processes share it, and each of them may die, freeze or lose its connection at any
 * moment. Every call is safe to repeat after LedgerUnavailable, whether or not it was done (docs/decisions/0009).
 */
import { chunkSizeFor } from "../../domain/job.ts";
import { type DatabaseAddress, databaseAddressFromUrl } from "../../postgres/address.ts";
import { createCallsInHand } from "../../postgres/calls-in-hand.ts";
import { createDatabase, type DatabaseEvent } from "../../postgres/database.ts";
import type { Ledger } from "../port/ledger.ts";
import { LedgerUnavailable } from "../port/ledger-unavailable.ts";
import { LedgerUnusable } from "../port/ledger-unusable.ts";
import { createAccess } from "../sql/access.ts";
import { createAlerts } from "../sql/alerts.ts";
import { createDeletion } from "../sql/deletion.ts";
import { createGivenUpHosts } from "../sql/given-up-hosts.ts";
import { createKeys } from "../sql/keys.ts";
import { createSchedules } from "../sql/schedules.ts";
import { runStepsAwaiting, type Shared } from "../sql/steps.ts";
import { createTenantTimes } from "../sql/tenant-times.ts";
import { createUploads } from "../sql/uploads.ts";
import { createWebhooks } from "../sql/webhooks.ts";
import { createChunkWork } from "./chunk-work.ts";
import { POSTGRES } from "./dialect.ts";
import { createDispatch } from "./dispatch.ts";
import { createFleet } from "./fleet.ts";
import { createImageReader } from "./image-reader.ts";
import { createInsight } from "./insight.ts";
import { createIntake } from "./intake.ts";
import { prepareTables } from "./migrate.ts";
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

const WAIT_FOR_SERVER_MS = 30_000;

export type LedgerEvent =
  /** At the start: the server is not there yet. Told once for each reason. */
  { readonly kind: "waiting"; readonly reason: string } | DatabaseEvent;

/** Rejects with LedgerUnusable when the database cannot be used as it is, or does not answer in time. No message repeats the password. */
export async function openPostgresLedger(options: {
  readonly url: string;
  readonly onEvent: (event: LedgerEvent) => void;
  /** How long to wait for a server that is starting. */
  readonly waitMs?: number;
  /** At a time, a third of them for reads. */
  readonly connections?: number;
  readonly chunkSize?: (images: number) => number;
}): Promise<Ledger> {
  const { onEvent, waitMs = WAIT_FOR_SERVER_MS, connections, chunkSize = chunkSizeFor } = options;
  const address = usableAddress(options.url);
  await prepareTables({ address, waitMs, onWaiting: (reason) => onEvent({ kind: "waiting", reason }) });
  const db = createDatabase({ address, connections, awayError: LedgerUnavailable, onEvent });
  const { discardUntouched, ...intake } = createIntake({ db, chunkSize });
  const shared: Shared = {
    run: (sql, values) => db.write(sql, values),
    inTransaction: (steps) => db.inTransaction((run) => runStepsAwaiting(steps(), run)),
    dialect: POSTGRES,
  };
  const { onlyOf, ...givenUpHosts } = createGivenUpHosts(shared);
  const calls = {
    ...intake,
    ...createDispatch(db),
    ...createChunkWork(db),
    ...createUpkeep({ db, discardUntouched }),
    ...createRequests(db),
    ...createRetry(db),
    ...createPrune(db),
    ...createDeletion(shared),
    ...createFleet(db, onlyOf),
    ...givenUpHosts,
    ...createAccess(shared),
    ...createReader(db),
    ...createImageReader(db),
    ...createStoreActivity(db),
    ...createAlerts(shared),
    ...createSchedules(shared),
    ...createWebhooks(shared),
    ...createKeys(shared),
    ...createUploads(shared),
    ...createPrints(db),
    ...createReviews(db),
    ...createInsight(db),
    ...createTenantTimes(shared),
    ...createStores(db),
    ...createStorePlaces(db),
  };
  return closingBehind(calls, db.close);
}

/** A call may take several statements, so the connections must not end between two of them. */
function closingBehind(calls: Omit<Ledger, "close">, end: () => Promise<void>): Ledger {
  const inHand = createCallsInHand();
  const counted = Object.entries(calls).map(([name, call]) => {
    const any = call as (...values: readonly unknown[]) => Promise<unknown>;
    return [name, (...values: readonly unknown[]) => inHand.add(any(...values))] as const;
  });
  return {
    ...(Object.fromEntries(counted) as typeof calls),
    async close() {
      await inHand.ended();
      await end();
    },
  };
}

function usableAddress(url: string): DatabaseAddress {
  try {
    return databaseAddressFromUrl(url);
  } catch (error) {
    throw new LedgerUnusable(error instanceof Error ? error.message : String(error));
  }
}
