/** Remembers which stores of a submission the store master does not have, each with the first place where it stands. */
import type { StoreLedger } from "../ledger/port/store-ledger.ts";
import type { Place } from "./visit-rules.ts";

export type UnknownStoreFinder = {
  note(storeId: string, place: Place): void;
  /** Looks up what was noted since the last call. */
  lookUp(): Promise<void>;
  /** Unknown stores in the order in which they came. */
  readonly found: ReadonlyMap<string, Place>;
};

export function createUnknownStoreFinder(ledger: Pick<StoreLedger, "unknownStores">): UnknownStoreFinder {
  const seen = new Set<string>();
  const found = new Map<string, Place>();
  let noted = new Map<string, Place>();
  return {
    note(storeId, place) {
      if (seen.has(storeId)) return;
      seen.add(storeId);
      noted.set(storeId, place);
    },
    async lookUp() {
      if (noted.size === 0) return;
      const asked = noted;
      noted = new Map();
      for (const storeId of await ledger.unknownStores([...asked.keys()])) {
        const place = asked.get(storeId);
        if (place) found.set(storeId, place);
      }
    },
    found,
  };
}
