/**
 * The ledger's port: the durable record of jobs, visits, images, chunks and results, split by who uses it into the
 * files beside this one. Every promise made there is checked by `contract/` against each adapter. Types only: anyone may import them.
 *
 * Instants are epoch milliseconds of the ledger's own clock. Each method is one transaction unless it says otherwise.
 */
import type { AccessLedger } from "./access-ledger.ts";
import type { AlertLedger } from "./alert-ledger.ts";
import type { DeletionLedger } from "./deletion-ledger.ts";
import type { FleetLedger } from "./fleet-ledger.ts";
import type { FreshUrlLedger } from "./fresh-url-ledger.ts";
import type { HostLedger } from "./host-ledger.ts";
import type { InsightLedger } from "./insight-ledger.ts";
import type { InspectionLedger } from "./inspection-ledger.ts";
import type { IntakeLedger } from "./intake-ledger.ts";
import type { JobReader } from "./job-reader.ts";
import type { KeyLedger } from "./key-ledger.ts";
import type { RequestLedger } from "./request-ledger.ts";
import type { ReviewLedger } from "./review-ledger.ts";
import type { ScheduleLedger } from "./schedule-ledger.ts";
import type { StoreActivityReader, StoreLedger } from "./store-ledger.ts";
import type { TenantLedger } from "./tenant-ledger.ts";
import type { UpkeepLedger } from "./upkeep-ledger.ts";
import type { UploadLedger } from "./upload-ledger.ts";
import type { WebhookLedger } from "./webhook-ledger.ts";
import type { WorkLedger } from "./work-ledger.ts";

export type Ledger = IntakeLedger &
  RequestLedger &
  WorkLedger &
  InspectionLedger &
  ReviewLedger &
  InsightLedger &
  UpkeepLedger &
  FleetLedger &
  HostLedger &
  AccessLedger &
  FreshUrlLedger &
  DeletionLedger &
  JobReader &
  StoreActivityReader &
  UploadLedger &
  KeyLedger &
  TenantLedger &
  WebhookLedger &
  ScheduleLedger &
  AlertLedger &
  StoreLedger & {
    /** Ends after the calls in hand. No call may follow. */
    close(): Promise<void>;
  };

/** A ledger that one process owns: nobody else can hold a lease or prepare a job when it is opened. */
export type EmbeddedLedger = Ledger & {
  /** At the start of its process: every lease, every run of a schedule and every queued chunk of the process before is void, every job in preparation is removed. */
  recover(): Promise<void>;
};
