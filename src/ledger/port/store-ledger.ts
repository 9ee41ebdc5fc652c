/** The ledger's port for stores: the store master, and what was visited of it. Types only: anyone may import this file. */
import type { Store } from "../../domain/store.ts";
import type { Place } from "../../truth/place.ts";

export type StoreLedger = {
  countStores(): Promise<number>;
  /** Adds new stores and replaces changed ones, all or nothing. Stores that are not in the list stay. */
  importStores(
    stores: readonly Store[],
  ): Promise<{ readonly added: number; readonly changed: number; readonly unchanged: number }>;
  /** Which of these ids the store master does not have, in the order given, each once. */
  unknownStores(storeIds: readonly string[]): Promise<readonly string[]>;
  /** Adds and replaces places of stores, all or nothing. */
  putStorePlaces(places: readonly (Place & { readonly id: string })[]): Promise<void>;
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

export type StoreActivity = Store & VisitSums;

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
