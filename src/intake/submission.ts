/** What a submission is, and what becomes of it. Types only: anyone may import this file. */
import type { UrlFault } from "../domain/image-url.ts";
import type { FinishedRequest } from "../ledger/port/request-ledger.ts";
import type { MadeRun } from "../ledger/port/schedule-ledger.ts";
import type { TableColumn } from "../table/column-names.ts";
import type { Photos } from "./photo-names.ts";
import type { Bytes } from "./pieces.ts";
import type { Problem } from "./problems.ts";
import type { UrlEnds } from "./url-ends.ts";
import type { OpenDates } from "./visit-times.ts";
import type { Warning } from "./warning.ts";

export type SubmissionFormat = "json" | "ndjson" | "csv" | "xlsx";

export type Submission =
  /** Another sending of the same request goes on with it, or another attempt at the same run; nothing of this one is left. */
  | { readonly kind: "superseded" }
  /** The job that was to get the visits was cancelled, or is not there any more. */
  | { readonly kind: "closed" }
  | {
      readonly kind: "added";
      readonly jobId: number;
      readonly visits: number;
      readonly images: number;
      /** Visits that the job had already, by their names. */
      readonly known: number;
      readonly ends: UrlEnds;
      readonly warnings: WarningList;
    }
  | {
      readonly kind: "accepted";
      readonly jobId: number;
      readonly visits: number;
      readonly images: number;
      readonly ends: UrlEnds;
      readonly warnings: WarningList;
    }
  | {
      readonly kind: "refused";
      /** The first hundred; `total` counts all. */
      readonly problems: readonly Problem[];
      readonly total: number;
      /** All of them, when they are the reason. */
      readonly unknownStores: readonly string[];
    };

/** The first of each kind; `total` counts all. */
export type WarningList = { readonly kept: readonly Warning[]; readonly total: number };

export type Intake = {
  /**
   * Resolves after the durable commit, or with the problems. `options` are the query's; a JSON body may have its own.
   * Rejects when the bytes or the ledger fail; nothing of the job is left then.
   */
  submit(body: SubmissionBody, request?: RequestUnderKey): Promise<Submission>;
  /** Reads a submission as `submit` does and keeps nothing. */
  check(body: SubmissionBody): Promise<Check>;
};

/** How many images a submission may bring; each call throws when they are too many. */
export type ImageQuota = {
  /** Asked while it is read, with those that came so far. */
  check(images: number): void;
  /** Asked once, when all of it is in order and before it becomes a job. */
  take(images: number): Promise<void>;
};

export type SubmissionBody = {
  /** Whose job it becomes. */
  readonly tenant: string;
  /** The job that gets the visits; absent for a job of their own. */
  readonly addTo?: number | undefined;
  readonly format: SubmissionFormat;
  readonly bytes: Bytes;
  readonly options: Readonly<Record<string, unknown>>;
  /** Those that came with it, if it may bring any. */
  readonly photos?: Photos;
  readonly quota?: ImageQuota;
  /** Of a schedule, when the job is what it makes; asked for when all of it was read. */
  readonly run?: () => MadeRun;
};

/** The key under which a submission was sent; its fingerprint is known when all of it was read. */
export type RequestUnderKey = Omit<FinishedRequest, "fingerprint"> & { readonly fingerprint: () => string };

/** What a submission would come to. */
export type Check = {
  readonly visits: number;
  readonly images: number;
  /** The first hundred; `total` counts all. With none the submission would be accepted. */
  readonly problems: readonly Problem[];
  readonly total: number;
  /** Whether or not they are a reason to refuse it. */
  readonly unknownStores: readonly string[];
  /** The same, when they are a reason to refuse it. */
  readonly refusedStores: readonly string[];
  readonly ends: UrlEnds;
  readonly warnings: WarningList;
  /** Of a table, in its order. */
  readonly columns: readonly TableColumn[];
  /** Times that could be read if somebody said in which order day and month stand. */
  readonly openDates: OpenDates | null;
};

/** How the image at a URL would fail, as far as its text tells; null for one that may be fetched. */
export type JudgeUrl = (url: string) => UrlFault | null;
