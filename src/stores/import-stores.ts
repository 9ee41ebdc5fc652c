/** Brings a store master into the ledger: all of it or nothing. */

import type { Store } from "../domain/store.ts";
import type { StoreLedger } from "../ledger/port/store-ledger.ts";
import { type ChosenColumns, NO_CHOICE } from "../table/column-names.ts";
import { readStoreTable, type StoreProblem, type StoreTable, type StoreWarning } from "./read-store-table.ts";

export type StoreImport =
  | {
      readonly kind: "imported";
      readonly added: number;
      readonly changed: number;
      readonly unchanged: number;
      readonly warnings: readonly StoreWarning[];
    }
  | {
      readonly kind: "refused";
      /** The first hundred; `total` counts all. */
      readonly problems: readonly StoreProblem[];
      readonly total: number;
      readonly warnings: readonly StoreWarning[];
    };

export type StoreChange =
  | { readonly kind: "added"; readonly store: Store }
  | { readonly kind: "changed"; readonly store: Store; readonly before: Store };

/** What an import would do. */
export type StoreDiff =
  | Extract<StoreImport, { kind: "refused" }>
  | (Extract<StoreImport, { kind: "imported" }> & {
      /** The first hundred. */
      readonly changes: readonly StoreChange[];
    });

const MOST_KEPT = 100;
const STORES_A_PAGE = 1_000;

/** Rejects only when the bytes or the ledger fail. */
export async function importStoreMaster(
  deps: { readonly ledger: Pick<StoreLedger, "importStores" | "putStorePlaces"> },
  bytes: AsyncIterable<Uint8Array> | Iterable<Uint8Array>,
  chosen: ChosenColumns = NO_CHOICE,
): Promise<StoreImport> {
  const csv = await readStoreTable(bytes, chosen);
  if (csv.problems.length > 0) return refusedImport(csv);
  const imported = await deps.ledger.importStores(csv.stores);
  // Apart from the stores, and safe to repeat: an import that breaks off here is made again.
  await deps.ledger.putStorePlaces(csv.places);
  return { kind: "imported", ...imported, warnings: csv.warnings };
}

/** Compares a store master with the one in the ledger and changes nothing. Rejects only when the bytes or the ledger fail. */
export async function compareStoreMaster(
  deps: { readonly ledger: Pick<StoreLedger, "readStores"> },
  bytes: AsyncIterable<Uint8Array> | Iterable<Uint8Array>,
  chosen: ChosenColumns = NO_CHOICE,
): Promise<StoreDiff> {
  const csv = await readStoreTable(bytes, chosen);
  if (csv.problems.length > 0) return refusedImport(csv);
  const known = await readKnown(deps.ledger);
  const changes = csv.stores.flatMap((store): StoreChange[] => {
    const before = known.get(store.id);
    if (!before) return [{ kind: "added", store }];
    return before.name === store.name && before.area === store.area ? [] : [{ kind: "changed", store, before }];
  });
  const added = changes.filter(({ kind }) => kind === "added").length;
  return {
    kind: "imported",
    added,
    changed: changes.length - added,
    unchanged: csv.stores.length - changes.length,
    warnings: csv.warnings,
    changes: changes.slice(0, MOST_KEPT),
  };
}

function refusedImport({ problems, warnings }: StoreTable): Extract<StoreImport, { kind: "refused" }> {
  return { kind: "refused", problems: problems.slice(0, MOST_KEPT), total: problems.length, warnings };
}

async function readKnown(ledger: Pick<StoreLedger, "readStores">): Promise<ReadonlyMap<string, Store>> {
  const known = new Map<string, Store>();
  let afterId: string | undefined = "";
  while (afterId !== undefined) {
    const stores: readonly Store[] = await ledger.readStores({ area: null, afterId, limit: STORES_A_PAGE });
    for (const store of stores) known.set(store.id, store);
    afterId = stores.length < STORES_A_PAGE ? undefined : stores.at(-1)?.id;
  }
  return known;
}
