/** A store of the store master. */
export type Store = {
  readonly id: string;
  readonly name: string;
  readonly area: string;
};

/** What a store master may say of a store besides; null for what nobody said. Dates are `YYYY-MM-DD`. */
export type StoreDetails = {
  readonly route: string | null;
  readonly type: string | null;
  readonly opened: string | null;
  /** From this day on the store is no more. */
  readonly closed: string | null;
  readonly latitude: number | null;
  readonly longitude: number | null;
};

export type StoreRecord = Store & StoreDetails;

export const NO_DETAILS: StoreDetails = {
  route: null,
  type: null,
  opened: null,
  closed: null,
  latitude: null,
  longitude: null,
};

/** A store as an import gives it: what it does not say stays as it is. */
export type GivenStore = Store & Partial<StoreDetails>;
