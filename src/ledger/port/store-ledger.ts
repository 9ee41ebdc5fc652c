/** The ledger's port for stores: the store master, and what was visited of it. Types only: anyone may import this file. */
import type { GivenStore, Store, StoreDetails, StoreRecord } from "../../domain/store.ts";
import type { ImportMode, StoreChangeCounts } from "../../domain/store-changes.ts";
import type { Place } from "../../truth/place.ts";

export type ImportHow = {
  readonly mode: ImportMode;
  /** The day, `YYYY-MM-DD`, on which stores close that the list lacks. */
  readonly today: string;
  /** The key's id; null where no keys are asked for. */
  readonly by: string | null;
};

export type ImportedStores = StoreChangeCounts & {
  readonly unchanged: number;
  /** The store master's latest version, of this import or an earlier one; null where there never was one. */
  readonly version: number | null;
};

export type UndoneStores =
  | ({ readonly kind: "undone"; readonly version: number } & StoreChangeCounts)
  | { readonly kind: "unknown" }
  | { readonly kind: "not_latest"; readonly latest: number };

export type StoreVersion = StoreChangeCounts & {
  readonly version: number;
  readonly kind: ImportMode | "undo";
  /** The version that it took back. */
  readonly undoes: number | null;
  readonly by: string | null;
  readonly at: number;
  /** Open stores from then on. */
  readonly stores: number;
};

export type StoreLedger = {
  countStores(): Promise<number>;
  /**
   * Adds new stores and changes others, all or nothing; with `replace`, closes those that the list lacks. What changed anything is a new
   * version of the store master. Without `how` it merges.
   */
  importStores(stores: readonly GivenStore[], how?: ImportHow): Promise<ImportedStores>;
  /** Takes back what made a version, as a version of its own. Only the latest can be taken back: nothing was built on it. */
  undoStoreVersion(version: number, by: string | null): Promise<UndoneStores>;
  /** Newest first, before `before`. */
  listStoreVersions(page: { readonly before: number | null; readonly limit: number }): Promise<readonly StoreVersion[]>;
  /** Stores by id, after `afterId`, with all that is known of them. */
  readStoreRecords(page: { readonly afterId: string; readonly limit: number }): Promise<readonly StoreRecord[]>;
  /** Which of these ids the store master does not have, in the order given, each once. */
  unknownStores(storeIds: readonly string[]): Promise<readonly string[]>;
  /** Of those stores that have one. */
  readStorePlaces(storeIds: readonly string[]): Promise<ReadonlyMap<string, Place>>;
  readStore(storeId: string): Promise<Store | null>;
  /** Stores by id, after `afterId`, of one area or of all. */
  readStores(page: {
    readonly area: string | null;
    readonly afterId: string;
    readonly limit: number;
  }): Promise<readonly Store[]>;
};

/** `images`, `failed`: of jobs that are not removed yet; `lastVisit` is a date `YYYY-MM-DD`, null when no visit has one. */
export type VisitSums = {
  readonly visits: number;
  readonly images: number;
  readonly failed: number;
  readonly lastVisit: string | null;
};

export type StoreActivity = Store & Omit<StoreDetails, "latitude" | "longitude"> & VisitSums;

export type AreaActivity = VisitSums & {
  readonly area: string;
  readonly stores: number;
  readonly visitedStores: number;
};

export type VisitDay = Omit<VisitSums, "lastVisit"> & { readonly date: string };

/** What a list of stores is narrowed to; null for no limit. */
export type StoreFilter = {
  /** Whose visits count; null for all. Stores themselves belong to nobody. */
  readonly tenant: string | null;
  readonly area: string | null;
  /** Only stores that are open, or closed. */
  readonly isOpen: boolean | null;
  /** Part of an id or a name, whatever its case. */
  readonly text: string | null;
  /** Only stores without a visit on this day or later. */
  readonly notSince: string | null;
};

export type StoreActivityReader = {
  /** Stores by id, after `afterId`. Cost: the visits of one page's stores. */
  readStoreActivity(
    filter: StoreFilter,
    page: { readonly afterId: string; readonly limit: number },
  ): Promise<readonly StoreActivity[]>;
  /** Null for a store that the store master does not have. */
  readOneStoreActivity(storeId: string, tenant: string | null): Promise<StoreActivity | null>;
  /** Days with a visit of a store, the latest first. */
  readStoreDays(storeId: string, tenant: string | null, limit: number): Promise<readonly VisitDay[]>;
  /** Areas by name. Cost: all visits. */
  readAreas(tenant: string | null): Promise<readonly AreaActivity[]>;
};
