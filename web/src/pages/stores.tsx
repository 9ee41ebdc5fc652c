/** Stores and areas: what was visited, and what was not for some days. */
import { NumberFilter, TextFilter } from "../parts/filter.tsx";
import { count, share } from "../parts/format.ts";
import { Link } from "../parts/link.tsx";
import { Empty, ErrorNote } from "../parts/notes.tsx";
import { Pager, usePages } from "../parts/pager.tsx";
import { location, setQuery } from "../router.ts";
import { changes } from "../service/live.ts";
import type { Area, Store, Sums } from "../service/types.ts";
import { useAnswer } from "../service/use-answer.ts";

const IMPORT = "npm run -s storewalk -- stores import examples/store_master.csv";

export function StoresPage() {
  const { query } = location.value;
  const days = query.get("days") ?? "";
  const area = query.get("area") ?? "";
  const text = query.get("q") ?? "";
  const list = days === "" ? "/api/v1/stores" : "/api/v1/stores/inactive";
  const stores = usePages<Store>(list, { q: text, area, days }, changes.value);
  const rows = stores.data?.data ?? [];
  const isFiltered = `${days}${area}${text}` !== "";
  return (
    <>
      <h1>Stores</h1>
      <form class="filters" aria-label="Filters" onSubmit={(event) => event.preventDefault()}>
        <TextFilter name="q" label="Id or name" />
        <TextFilter name="area" label="Area" />
        <NumberFilter name="days" label="Not visited for days" most={3_650} proposed={[7, 14, 30, 60, 90]} />
      </form>
      <ErrorNote error={stores.error} />
      {stores.data === null ? null : rows.length > 0 ? (
        <section class="card">
          <StoreTable stores={rows} />
          <Pager pages={stores} />
        </section>
      ) : isFiltered ? (
        <Empty>
          No store is like that. <Link href="/stores">Show all stores</Link>
        </Empty>
      ) : (
        <Empty line={IMPORT}>The store master is empty. Import one:</Empty>
      )}
      <Areas />
    </>
  );
}

function SumCells({ sums }: { readonly sums: Sums }) {
  return (
    <>
      <td class="number">{count(sums.visits)}</td>
      <td class="number">{count(sums.images)}</td>
      <td class="number">{share(sums.failed, sums.images)}</td>
      <td class="number">{sums.last_visit_date ?? "never"}</td>
    </>
  );
}

function SumHeads() {
  return (
    <>
      {["Visits", "Images", "Failed", "Last visit"].map((name) => (
        <th key={name} scope="col" class="number">
          {name}
        </th>
      ))}
    </>
  );
}

function StoreTable({ stores }: { readonly stores: readonly Store[] }) {
  return (
    <div class="scroll">
      <table>
        <thead>
          <tr>
            <th scope="col">Store</th>
            <th scope="col">Name</th>
            <th scope="col">Area</th>
            <SumHeads />
          </tr>
        </thead>
        <tbody>
          {stores.map((store) => (
            <tr key={store.store_id}>
              <th scope="row">
                <Link href={`/stores/${encodeURIComponent(store.store_id)}`}>{store.store_id}</Link>
              </th>
              <td>{store.store_name}</td>
              <td>{store.area}</td>
              <SumCells sums={store} />
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

function Areas() {
  const { data, error } = useAnswer<{ readonly data: readonly Area[] }>("/api/v1/areas", { again: changes.value });
  if (!data || data.data.length === 0) return <ErrorNote error={error} />;
  return (
    <section class="card">
      <h2>Areas</h2>
      <div class="scroll">
        <table>
          <thead>
            <tr>
              <th scope="col">Area</th>
              <th scope="col" class="number">
                Stores visited
              </th>
              <SumHeads />
            </tr>
          </thead>
          <tbody>
            {data.data.map((area) => (
              <tr key={area.area}>
                <th scope="row">
                  <button type="button" class="link" onClick={() => setQuery({ area: area.area })}>
                    {area.area}
                  </button>
                </th>
                <td class="number">
                  {count(area.visited_stores)} of {count(area.stores)}
                </td>
                <SumCells sums={area} />
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </section>
  );
}
