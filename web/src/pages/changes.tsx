/** Who changed what, newest first. */
import { Exports } from "../parts/exports.tsx";
import { Instant } from "../parts/instant.tsx";
import { Link } from "../parts/link.tsx";
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
          { name: "What", whole: ({ action }) => action, cell: ({ action }) => inWords(action) },
          { name: "Which", cell: ({ target }) => <Target path={target} /> },
          { name: "Key", cell: ({ key_id }) => key_id ?? "none" },
          { name: "From", cell: ({ address }) => address },
        ]}
      />
      <Pager pages={pages} />
      {rows.length === 0 ? null : <Exports path="/api/v1/audit" query={{}} />}
    </section>
  );
}

/** An operation as it is called (`createKey`) in words: "Create key". */
function inWords(action: string): string {
  const words = action.replace(/(?<=[a-z])(?=[A-Z])/g, " ").toLowerCase();
  return words.charAt(0).toUpperCase() + words.slice(1);
}

/** What has a page of its own under the same name there. */
const SHOWN = /^\/api\/v1(\/(?:jobs|stores)\/[^/?]+)/;
const LISTED = /^\/api\/v1\/(webhooks|keys)\b/;

function Target({ path }: { readonly path: string }) {
  const page = SHOWN.exec(path)?.[1] ?? (LISTED.test(path) ? `/${LISTED.exec(path)?.[1]}` : undefined);
  const name = path.replace(/^\/api\/v1\//, "").replaceAll("/", " ");
  return page === undefined || page === "/stores/import" ? <code>{name}</code> : <Link href={page}>{name}</Link>;
}
