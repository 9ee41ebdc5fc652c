/** What an import of a store master changes. Pure: the ledger and the look before it decide by the same rules. */
import { type GivenStore, NO_DETAILS, type StoreRecord } from "./store.ts";

/** `merge` adds and changes; after `replace` a store that the list lacks is closed. */
export const IMPORT_MODES = ["merge", "replace"] as const;
export type ImportMode = (typeof IMPORT_MODES)[number];

export const STORE_CHANGE_KINDS = ["added", "changed", "closed", "reopened", "removed"] as const;
export type StoreChangeKind = (typeof STORE_CHANGE_KINDS)[number];

/** `before` is null for a new store, `after` for one that an undo takes away again. */
export type StoreChange = {
  readonly kind: StoreChangeKind;
  readonly before: StoreRecord | null;
  readonly after: StoreRecord | null;
};

export type StoreChangeCounts = Readonly<Record<StoreChangeKind, number>>;

/** `today` is the day on which stores that are missing close. The last of several with one id counts. */
export function planStoreChanges(
  known: ReadonlyMap<string, StoreRecord>,
  given: readonly GivenStore[],
  { mode, today }: { readonly mode: ImportMode; readonly today: string },
): readonly StoreChange[] {
  const listed = new Map(given.map((store) => [store.id, store]));
  const changes = [...listed.values()].flatMap((store) => changeOf(known.get(store.id) ?? null, store, mode));
  if (mode === "merge") return changes;
  const missing = [...known.values()].filter(({ id, closed }) => closed === null && !listed.has(id));
  return [
    ...changes,
    ...missing.map((before): StoreChange => ({ kind: "closed", before, after: { ...before, closed: today } })),
  ];
}

function changeOf(before: StoreRecord | null, given: GivenStore, mode: ImportMode): readonly StoreChange[] {
  const said = Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined));
  // Whoever stands in a list of all stores is open, unless the list says when it closed.
  const open = mode === "replace" && given.closed === undefined ? { closed: null } : {};
  const after: StoreRecord = { ...NO_DETAILS, ...before, ...given, ...detailsOf(before, said), ...open };
  if (!before) return [{ kind: "added", before, after }];
  if (isSame(before, after)) return [];
  return [{ kind: kindOf(before, after), before, after }];
}

function detailsOf(before: StoreRecord | null, said: Readonly<Record<string, unknown>>): StoreRecord | object {
  const kept = Object.entries(before ?? NO_DETAILS).filter(([name]) => !(name in said));
  return Object.fromEntries(kept);
}

function kindOf(before: StoreRecord, after: StoreRecord): StoreChangeKind {
  if (before.closed !== null && after.closed === null) return "reopened";
  return before.closed === null && after.closed !== null ? "closed" : "changed";
}

const FIELDS = ["name", "area", "route", "type", "opened", "closed", "latitude", "longitude"] as const;
const isSame = (a: StoreRecord, b: StoreRecord) => FIELDS.every((field) => a[field] === b[field]);

/** The other way round: what takes changes back. */
export function reversed(changes: readonly StoreChange[]): readonly StoreChange[] {
  return changes.map(({ before, after }): StoreChange => {
    if (!before) return { kind: "removed", before: after, after: null };
    return { kind: after ? kindOf(after, before) : "added", before: after, after: before };
  });
}

export function countChanges(changes: readonly StoreChange[]): StoreChangeCounts {
  const counts = { added: 0, changed: 0, closed: 0, reopened: 0, removed: 0 };
  for (const { kind } of changes) counts[kind] += 1;
  return counts;
}
