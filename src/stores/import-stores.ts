/** Brings a store master into the ledger: all of it or nothing. Or says what that would change. */
import type { StoreRecord } from "../domain/store.ts";
import {
  countChanges,
  type ImportMode,
  planStoreChanges,
  type StoreChange,
  type StoreChangeCounts,
} from "../domain/store-changes.ts";
import type { StoreLedger } from "../ledger/port/store-ledger.ts";
import { type ChosenColumns, NO_CHOICE } from "../table/column-names.ts";
import { readStoreTable, type StoreProblem, type StoreTable, type StoreWarning } from "./read-store-table.ts";

export type StoreImport =
  | (StoreChangeCounts & {
      readonly kind: "imported";
      readonly unchanged: number;
      /** The store master's from then on. */
      readonly version: number | null;
      readonly warnings: readonly StoreWarning[];
    })
  | {
      /** What the file's headers were taken for. */
      readonly columns: StoreTable["columns"];
      readonly kind: "refused";
      /** The first hundred; `total` counts all. */
      readonly problems: readonly StoreProblem[];
      readonly total: number;
      readonly warnings: readonly StoreWarning[];
    };

/** What an import would do. */
export type StoreDiff =
  | Extract<StoreImport, { kind: "refused" }>
  | (Omit<Extract<StoreImport, { kind: "imported" }>, "version"> & {
      readonly columns: StoreTable["columns"];
      /** The first hundred. */
      readonly changes: readonly StoreChange[];
    });

export type ImportOptions = {
  readonly mode?: ImportMode;
  readonly chosen?: ChosenColumns;
  /** The key's id; null where no keys are asked for. */
  readonly by?: string | null;
  /** On which stores close that the list lacks; UTC's if not given. */
  readonly today?: string;
};

type Bytes = AsyncIterable<Uint8Array> | Iterable<Uint8Array>;

const MOST_KEPT = 100;
const STORES_A_PAGE = 1_000;

/** Rejects only when the bytes or the ledger fail. */
export async function importStoreMaster(
  deps: { readonly ledger: Pick<StoreLedger, "importStores"> },
  bytes: Bytes,
  { chosen = NO_CHOICE, mode = "merge", by = null, today = utcToday() }: ImportOptions = {},
): Promise<StoreImport> {
  const table = await readStoreTable(bytes, chosen);
  if (table.problems.length > 0) return refusedImport(table);
  const imported = await deps.ledger.importStores(table.stores, { mode, today, by });
  return { kind: "imported", ...imported, warnings: table.warnings };
}

/** Compares a store master with the one in the ledger and changes nothing. Rejects only when the bytes or the ledger fail. */
export async function compareStoreMaster(
  deps: { readonly ledger: Pick<StoreLedger, "readStoreRecords"> },
  bytes: Bytes,
  { chosen = NO_CHOICE, mode = "merge", today = utcToday() }: ImportOptions = {},
): Promise<StoreDiff> {
  const table = await readStoreTable(bytes, chosen);
  if (table.problems.length > 0) return refusedImport(table);
  const changes = planStoreChanges(await readKnown(deps.ledger), table.stores, { mode, today });
  const listed = new Set(table.stores.map(({ id }) => id));
  const ofListed = changes.filter(({ after }) => after && listed.has(after.id)).length;
  return {
    kind: "imported",
    ...countChanges(changes),
    unchanged: table.stores.length - ofListed,
    warnings: table.warnings,
    columns: table.columns,
    changes: changes.slice(0, MOST_KEPT),
  };
}

const utcToday = () => new Date().toISOString().slice(0, 10);

function refusedImport({ problems, warnings, columns }: StoreTable): Extract<StoreImport, { kind: "refused" }> {
  return { kind: "refused", problems: problems.slice(0, MOST_KEPT), total: problems.length, warnings, columns };
}

async function readKnown(ledger: Pick<StoreLedger, "readStoreRecords">): Promise<ReadonlyMap<string, StoreRecord>> {
  const known = new Map<string, StoreRecord>();
  let afterId: string | undefined = "";
  while (afterId !== undefined) {
    const stores: readonly StoreRecord[] = await ledger.readStoreRecords({ afterId, limit: STORES_A_PAGE });
    for (const store of stores) known.set(store.id, store);
    afterId = stores.length < STORES_A_PAGE ? undefined : stores.at(-1)?.id;
  }
  return known;
}
