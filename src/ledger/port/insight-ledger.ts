/**
 * The ledger's port for sums over jobs. They follow from the results and flags that are there: what comes and what goes is noted in the
 * same transaction and added up a moment later. A visit counts with the result of its first image, on the visit's own date.
 */
import type { Grain, Span } from "../../domain/calendar.ts";
import { ERROR_CODE_NAMES, type ErrorCode } from "../../domain/error-codes.ts";
import { PHOTO_FLAGS, type PhotoFlag } from "../../domain/findings.ts";
import type { ImageRow } from "./job-reader.ts";

/** What sums are kept of. `all` has the one key ''. Images of stores that the store master does not have are of the area ''. */
export const DIMENSIONS = ["all", "area", "store", "host", "agent"] as const;
export type Dimension = (typeof DIMENSIONS)[number];

export const SUM_NAMES = ["visits", "images", "failed", "perimeter", "flagged"] as const;

export type Sums = {
  readonly visits: number;
  /** Images that have a result. */
  readonly images: number;
  readonly failed: number;
  /** Of the measured ones. */
  readonly perimeter: number;
  /** With a flag that nobody dismissed. */
  readonly flagged: number;
};

/** Why images failed, or what they are flagged with. */
export type Cause = ErrorCode | `flag:${PhotoFlag}`;
export const CAUSES: readonly Cause[] = [...ERROR_CODE_NAMES, ...PHOTO_FLAGS.map((flag) => `flag:${flag}` as const)];

/** A period of a grain; `none` with the day '' has the visits without a readable date. */
export type Period = { readonly grain: Grain | "none"; readonly day: string };

/** `tenant` is null for all of them. */
export type SumsOf = { readonly tenant: string | null; readonly dimension: Dimension };

export type KeySums = { readonly key: string } & Sums;
export type CellSums = KeySums & Period;
export type CauseSum = { readonly key: string; readonly cause: Cause; readonly images: number };
export type CauseCell = CauseSum & Period;

/** Images that got their result in the ten seconds that begin at `at`. */
export type Throughput = { readonly at: number; readonly images: number };

/** What a list of images of all jobs is narrowed to; null for no limit. */
export type AnyImageFilter = {
  readonly tenant: string | null;
  readonly jobId: number | null;
  /** Of a store that is in this area now; '' for stores that the store master does not have. */
  readonly area: string | null;
  readonly storeId: string | null;
  readonly host: string | null;
  readonly agent: string | null;
  readonly outcome: "measured" | "failed" | null;
  readonly code: ErrorCode | null;
  readonly flag: PhotoFlag | null;
  /** Visits of these days, both included. Visits without a date are in no range. */
  readonly from: string | null;
  readonly to: string | null;
  /** Only visits without a readable date. */
  readonly undated: boolean;
};

/** Leaves all in. Whose images is left to say, so that nobody forgets it. */
export const ANY_IMAGE: Omit<AnyImageFilter, "tenant"> = {
  jobId: null,
  area: null,
  storeId: null,
  host: null,
  agent: null,
  outcome: null,
  code: null,
  flag: null,
  from: null,
  to: null,
  undated: false,
};

/** Where a page of images ended. `day` is '' behind all days. */
export type AnyImagePlace = {
  readonly day: string;
  readonly jobId: number;
  readonly visit: number;
  readonly image: number;
};

export type AnyImageRow = ImageRow & {
  readonly jobId: number;
  readonly visitDate: string | null;
  readonly storeName: string | null;
  readonly area: string | null;
};

export type InsightLedger = {
  /** One bounded step of adding up; of several processes that call at the same time one works. */
  addUpSums(): Promise<{ readonly more: boolean }>;
  /** Changes that are not in the sums yet. */
  countSumChanges(): Promise<number>;
  /** Sums by key over spans; `area` leaves only its stores. */
  readKeySums(
    of: SumsOf & { readonly area: string | null; readonly spans: readonly Span[] },
  ): Promise<readonly KeySums[]>;
  /** Images with one cause, by key over spans. */
  readKeyCauses(
    of: SumsOf & { readonly area: string | null; readonly spans: readonly Span[]; readonly cause: Cause },
  ): Promise<readonly CauseSum[]>;
  /** Sums of each of these keys in each of these periods, where there are any. */
  readCells(
    of: SumsOf & { readonly keys: readonly string[]; readonly periods: readonly Period[] },
  ): Promise<readonly CellSums[]>;
  /** Images by cause of each of these keys in each of these periods. */
  readCauseCells(
    of: SumsOf & { readonly keys: readonly string[]; readonly periods: readonly Period[] },
  ): Promise<readonly CauseCell[]>;
  /** By rising time, from `from` on, at most of the last day; times without a result are left out. */
  readThroughput(tenant: string | null, from: number): Promise<readonly Throughput[]>;
  /** Of those that the store master has. */
  readStoreNames(storeIds: readonly string[]): Promise<ReadonlyMap<string, string>>;
  /**
   * Images with a result, of all jobs: the latest day first, those without a date last; of a day the newest job and its last visit first. A
   * page of something rare may be short, or empty, and have a next one. Narrowed by the sums: what is not added up yet may be missing.
   */
  listAnyImages(
    filter: AnyImageFilter,
    page: { readonly after: AnyImagePlace | null; readonly limit: number },
  ): Promise<{ readonly rows: readonly AnyImageRow[]; readonly next: AnyImagePlace | null }>;
};
