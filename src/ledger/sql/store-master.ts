/** The store master's imports and versions, in either database: what changes is decided in one place and written in one transaction. */
import { type GivenStore, NO_DETAILS, type StoreRecord } from "../../domain/store.ts";
import { countChanges, planStoreChanges, reversed, type StoreChange } from "../../domain/store-changes.ts";
import type { ImportedStores, ImportHow, StoreLedger, StoreVersion, UndoneStores } from "../port/store-ledger.ts";
import { integer, integerOrNull, onlyRow, type Row, text, textOrNull } from "./row.ts";
import type { Dialect, Steps, Value } from "./steps.ts";
import { batches, createSums } from "./sums.ts";

const RECORDS = `
  select stores.id, name, area, route, type, opened, closed, latitude, longitude
  from stores left join store_places on store_places.id = stores.id`;
const ALL_RECORDS = `${RECORDS} order by stores.id`;
const PAGE_OF_RECORDS = `${RECORDS} where stores.id > $1 order by stores.id limit $2`;

const COUNT = `
  select count(*) as stores from stores`;

const LATEST = `
  select max(no) as latest from store_versions`;

const ADD_VERSION = `
  insert into store_versions (kind, undoes, actor, at, added, changed, closed, reopened, removed, stores)
  values ($1, $2, $3, storewalk_now(), $4, $5, $6, $7, $8, (select count(*) from stores where closed is null))
  returning no`;

const VERSIONS = `
  select * from store_versions where cast($1 as bigint) is null or no < $1 order by no desc limit $2`;

const CHANGES = `
  select id, before, after from store_changes where version = $1 order by id`;

/** Only what made the latest version can be taken back. */
const FORGET_CHANGES = `
  delete from store_changes where version < $1`;

const MERGE_TODAY: ImportHow = { mode: "merge", today: "", by: null };
const STORES_A_BATCH = 20_000;

export function createStoreMaster(deps: {
  readonly run: (sql: string, values: readonly Value[]) => Promise<readonly Row[]>;
  /** No other import may be between its beginning and its end meanwhile. */
  readonly inTransaction: <T>(steps: () => Steps<T>) => Promise<T>;
  readonly dialect: Dialect;
  /** A text as the database can hold it. */
  readonly storable: (text: string) => string;
}): Pick<StoreLedger, "importStores" | "undoStoreVersion" | "listStoreVersions" | "readStoreRecords"> {
  const { dialect, storable } = deps;
  const sums = createSums(dialect);
  const given = `from ${dialect.elements("$1")} given`;
  const PUT_STORES = `
    insert into stores (id, name, area, route, type, opened, closed)
    select given.value ->> 0, given.value ->> 1, given.value ->> 2, given.value ->> 3, given.value ->> 4, given.value ->> 5, given.value ->> 6
    ${given} where true
    on conflict (id) do update set name = excluded.name, area = excluded.area, route = excluded.route, type = excluded.type,
      opened = excluded.opened, closed = excluded.closed`;
  const PUT_PLACES = `
    insert into store_places (id, latitude, longitude)
    select given.value ->> 0, cast(given.value ->> 1 as double precision), cast(given.value ->> 2 as double precision)
    ${given} where true
    on conflict (id) do update set latitude = excluded.latitude, longitude = excluded.longitude`;
  const DROP_PLACES = `
    delete from store_places where id in (select given.value ->> 0 ${given})`;
  const DROP_STORES = `
    delete from stores where id in (select given.value ->> 0 ${given})`;
  const ADD_CHANGES = `
    insert into store_changes (version, id, before, after)
    select cast($2 as integer), given.value ->> 0, given.value ->> 1, given.value ->> 2 ${given}`;

  function* begin(): Steps<number | null> {
    return integerOrNull(onlyRow(yield [LATEST, []]), "latest");
  }

  function* write(
    changes: readonly StoreChange[],
    version: { readonly kind: StoreVersion["kind"]; readonly undoes: number | null; readonly by: string | null },
  ): Steps<number> {
    const [row] = yield [COUNT, []];
    yield* sums.moveAreas(areaMoves(changes), row ? integer(row, "stores") : 0);
    for (const batch of batches(changes, STORES_A_BATCH)) {
      const after = batch.flatMap((change) => change.after ?? []);
      const gone = batch.flatMap(({ before, after: left }) => (before && !left ? [[before.id]] : []));
      const placed = after.filter(({ latitude }) => latitude !== null);
      const placeless = after.filter(({ latitude }) => latitude === null);
      yield [PUT_STORES, [JSON.stringify(after.map(columnsOf))]];
      yield [PUT_PLACES, [JSON.stringify(placed.map(({ id, latitude, longitude }) => [id, latitude, longitude]))]];
      yield [DROP_PLACES, [JSON.stringify([...placeless.map(({ id }) => [id]), ...gone])]];
      yield [DROP_STORES, [JSON.stringify(gone)]];
    }
    const { added, changed, closed, reopened, removed } = countChanges(changes);
    const values = [version.kind, version.undoes, version.by, added, changed, closed, reopened, removed];
    const no = integer(onlyRow(yield [ADD_VERSION, values]), "no");
    yield [FORGET_CHANGES, [no]];
    for (const batch of batches(changes, STORES_A_BATCH)) {
      const rows = batch.map(({ before, after }) => [
        (after ?? before)?.id ?? "",
        before && JSON.stringify(before),
        after && JSON.stringify(after),
      ]);
      yield [ADD_CHANGES, [JSON.stringify(rows), no]];
    }
    return no;
  }

  function* importing(stores: readonly GivenStore[], how: ImportHow): Steps<ImportedStores> {
    const latest = yield* begin();
    const known = new Map((yield [ALL_RECORDS, []]).map((row) => [text(row, "id"), recordOf(row)]));
    const changes = planStoreChanges(known, stores.map(asStored), how);
    const counts = countChanges(changes);
    const unchanged = stores.length - counts.added - counts.changed - counts.reopened - closedByList(changes, stores);
    if (changes.length === 0) return { ...counts, unchanged, version: latest };
    const version = yield* write(changes, { kind: how.mode, undoes: null, by: how.by });
    return { ...counts, unchanged, version };
  }

  function* undoing(version: number, by: string | null): Steps<UndoneStores> {
    const latest = yield* begin();
    if (latest === null || version > latest || version < 1) return { kind: "unknown" };
    if (version !== latest) return { kind: "not_latest", latest };
    const changes = reversed((yield [CHANGES, [version]]).map(changeOf));
    const made = yield* write(changes, { kind: "undo", undoes: version, by });
    return { kind: "undone", version: made, ...countChanges(changes) };
  }

  function asStored(store: GivenStore): GivenStore {
    const entries = Object.entries(store).map(([name, value]) => [
      name,
      typeof value === "string" ? storable(value) : value,
    ]);
    return { ...store, ...Object.fromEntries(entries) };
  }

  return {
    importStores: (stores, how = MERGE_TODAY) => deps.inTransaction(() => importing(stores, how)),
    undoStoreVersion: (version, by) => deps.inTransaction(() => undoing(version, by)),
    async listStoreVersions({ before, limit }) {
      return (await deps.run(VERSIONS, [before, limit])).map(versionOf);
    },
    async readStoreRecords({ afterId, limit }) {
      return (await deps.run(PAGE_OF_RECORDS, [storable(afterId), limit])).map(recordOf);
    },
  };
}

/** A store that is not known is in no area. */
const areaMoves = (changes: readonly StoreChange[]) =>
  changes.flatMap(({ before, after }) => {
    const [from, to] = [before?.area ?? "", after?.area ?? ""];
    const id = (after ?? before)?.id;
    return id === undefined || (before && after && from === to) ? [] : [{ id, from, to }];
  });

/** Of the stores in the list; others close because they are not in it. */
function closedByList(changes: readonly StoreChange[], stores: readonly GivenStore[]): number {
  const closed = new Set(changes.flatMap(({ kind, after }) => (kind === "closed" && after ? [after.id] : [])));
  return stores.filter(({ id }) => closed.has(id)).length;
}

const columnsOf = ({ id, name, area, route, type, opened, closed }: StoreRecord) => [
  id,
  name,
  area,
  route,
  type,
  opened,
  closed,
];

function recordOf(row: Row): StoreRecord {
  return {
    id: text(row, "id"),
    name: text(row, "name"),
    area: text(row, "area"),
    route: textOrNull(row, "route"),
    type: textOrNull(row, "type"),
    opened: textOrNull(row, "opened"),
    closed: textOrNull(row, "closed"),
    latitude: row.latitude === null ? null : Number(row.latitude),
    longitude: row.longitude === null ? null : Number(row.longitude),
  };
}

function changeOf(row: Row): StoreChange {
  const stored = (name: string): StoreRecord | null => {
    const json = textOrNull(row, name);
    return json === null ? null : { ...NO_DETAILS, ...JSON.parse(json) };
  };
  return { kind: "changed", before: stored("before"), after: stored("after") };
}

function versionOf(row: Row): StoreVersion {
  const kind = text(row, "kind");
  return {
    version: integer(row, "no"),
    kind: kind === "replace" || kind === "undo" ? kind : "merge",
    undoes: integerOrNull(row, "undoes"),
    by: textOrNull(row, "actor"),
    at: integer(row, "at"),
    added: integer(row, "added"),
    changed: integer(row, "changed"),
    closed: integer(row, "closed"),
    reopened: integer(row, "reopened"),
    removed: integer(row, "removed"),
    stores: integer(row, "stores"),
  };
}
