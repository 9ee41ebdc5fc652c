/** Who changed what, newest first. */
import { Instant } from "../parts/instant.tsx";
import { ErrorNote } from "../parts/notes.tsx";
import { Pager, usePages } from "../parts/pager.tsx";
import { Table } from "../parts/table.tsx";
import type { Change } from "../service/types.ts";

export function Changes({ again }: { readonly again: number }) {
  const pages = usePages<Change>("/api/v1/audit", { limit: 20 }, again);
  const rows = pages.data?.data ?? [];
  return (
    <section class="card">
      <h2>Changes</h2>
      <ErrorNote error={pages.error} />
      {pages.data && rows.length === 0 ? <p class="quiet">Nobody changed anything yet.</p> : null}
      <Table
        rows={rows}
        keyOf={({ no }) => no}
        columns={[
          { name: "When", cell: ({ at }) => <Instant at={at} /> },
          { name: "What", cell: ({ action }) => action },
          { name: "Which", cell: ({ target }) => <code>{target}</code> },
          { name: "Key", cell: ({ key_id }) => key_id ?? "none" },
          { name: "From", cell: ({ address }) => address },
        ]}
      />
      <Pager pages={pages} />
    </section>
  );
}
