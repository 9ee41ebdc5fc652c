/** Stores and areas: what was visited, and what was not for some days. */
import { useState } from "preact/hooks";
import type { Area, Store } from "../../../sdk/src/api-types.ts";
import { Exports } from "../parts/exports.tsx";
import { ChoiceFilter, NumberFilter, TextFilter } from "../parts/filter.tsx";
import { count, share } from "../parts/format.ts";
import { Day } from "../parts/instant.tsx";
import { Link } from "../parts/link.tsx";
import { Empty, ErrorNote } from "../parts/notes.tsx";
import { Pager, usePages } from "../parts/pager.tsx";
import { type Column, Table } from "../parts/table.tsx";
import { location, setQuery } from "../router.ts";
import { changes } from "../service/live.ts";
import { may } from "../service/session.ts";
import { useAnswer } from "../service/use-answer.ts";
import { StoresImport } from "./stores-import.tsx";

const IMPORT = "npm run -s storewalk -- stores import examples/store_master.csv";

export function StoresPage() {
  const { query } = location.value;
  const days = query.get("days") ?? "";
  const area = query.get("area") ?? "";
  const text = query.get("q") ?? "";
  const list = days === "" ? "/api/v1/stores" : "/api/v1/stores/inactive";
  const [imports, setImports] = useState(0);
  const again = `${changes.value} ${imports}`;
  const state = query.get("state") ?? "";
  const filters = { q: text, area, days, state: days === "" ? state : "" };
  const stores = usePages<Store>(list, filters, again);
  const rows = stores.data?.data ?? [];
  const isFiltered = `${days}${area}${text}${state}` !== "";
  return (
    <>
      <div class="head">
        <h1>Stores</h1>
        {may("stores:write") ? (
          <a class="button" href="#import">
            Import stores
          </a>
        ) : null}
      </div>
      <form class="filters" aria-label="Filters" onSubmit={(event) => event.preventDefault()}>
        <TextFilter name="q" label="Id or name" />
        <TextFilter name="area" label="Area" />
        <ChoiceFilter name="state" label="State" choices={["open", "closed"]} all="open or closed" />
        <NumberFilter name="days" label="Not visited for days" most={3_650} proposed={[7, 14, 30, 60, 90]} />
      </form>
      <ErrorNote error={stores.error} />
      {stores.data === null ? null : rows.length > 0 ? (
        <section class="card">
          <StoreTable stores={rows} />
          <Pager pages={stores} />
          <Exports path={list} query={filters} />
        </section>
      ) : isFiltered ? (
        <Empty>
          No store is like that. <Link href="/stores">Show all stores</Link>
        </Empty>
      ) : (
        <Empty line={IMPORT}>The store master is empty. Import it below, or from a terminal:</Empty>
      )}
      <Areas again={again} />
      {may("stores:write") ? <StoresImport again={again} onChanged={() => setImports(imports + 1)} /> : null}
    </>
  );
}

type Sums = Pick<Store & Area, "visits" | "images" | "failed" | "last_visit_date">;

const SUMS: readonly Column<Sums>[] = [
  { name: "Visits", look: "number", cell: ({ visits }) => count(visits) },
  { name: "Images", look: "number", cell: ({ images }) => count(images) },
  { name: "Failed", look: "number", cell: ({ failed, images }) => share(failed, images) },
  { name: "Last visit", look: "number", cell: ({ last_visit_date }) => <Day date={last_visit_date} none="never" /> },
];

function StoreTable({ stores }: { readonly stores: readonly Store[] }) {
  return (
    <Table
      rows={stores}
      keyOf={({ store_id }) => store_id}
      columns={[
        {
          name: "Store",
          isHeading: true,
          cell: ({ store_id }) => <Link href={`/stores/${encodeURIComponent(store_id)}`}>{store_id}</Link>,
        },
        {
          name: "Name",
          cell: ({ store_name, closed }) => (
            <>
              {store_name}
              {closed === null ? null : (
                <small class="labels">
                  closed <Day date={closed} />
                </small>
              )}
            </>
          ),
        },
        { name: "Area", cell: ({ area }) => area },
        ...SUMS,
      ]}
    />
  );
}

function Areas({ again }: { readonly again: string }) {
  const { data, error } = useAnswer<{ readonly data: readonly Area[] }>("/api/v1/areas", { again });
  if (!data || data.data.length === 0) return <ErrorNote error={error} />;
  return (
    <section class="card">
      <h2>Areas</h2>
      <Table
        rows={data.data}
        keyOf={({ area }) => area}
        columns={[
          {
            name: "Area",
            isHeading: true,
            cell: ({ area }) => (
              <button type="button" class="link" onClick={() => setQuery({ area })}>
                {area}
              </button>
            ),
          },
          {
            name: "Stores visited",
            look: "number",
            cell: ({ visited_stores, stores }) => `${count(visited_stores)} of ${count(stores)}`,
          },
          ...SUMS,
        ]}
      />
      <Exports path="/api/v1/areas" query={{}} />
    </section>
  );
}
