/** Brings a store master into the ledger: all of it or nothing. */
import type { StoreLedger } from "../ledger/ledger.ts";
import { readStoreCsv, type StoreProblem } from "./store-csv.ts";

export type StoreImport =
  | {
      readonly kind: "imported";
      readonly added: number;
      readonly changed: number;
      readonly unchanged: number;
      readonly warnings: readonly StoreProblem[];
    }
  | {
      readonly kind: "refused";
      /** The first hundred; `total` counts all. */
      readonly problems: readonly StoreProblem[];
      readonly total: number;
      readonly warnings: readonly StoreProblem[];
    };

const MOST_KEPT = 100;

/** Rejects only when the bytes or the ledger fail. */
export async function importStoreMaster(
  deps: { readonly ledger: Pick<StoreLedger, "importStores"> },
  bytes: AsyncIterable<Uint8Array> | Iterable<Uint8Array>,
): Promise<StoreImport> {
  const { stores, problems, warnings } = await readStoreCsv(bytes);
  if (problems.length > 0) {
    return { kind: "refused", problems: problems.slice(0, MOST_KEPT), total: problems.length, warnings };
  }
  return { kind: "imported", ...(await deps.ledger.importStores(stores)), warnings };
}
