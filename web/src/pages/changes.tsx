/** Who changed what, newest first. */
import { when } from "../parts/format.ts";
import { ErrorNote } from "../parts/notes.tsx";
import { Pager, usePages } from "../parts/pager.tsx";
import type { Change } from "../service/types.ts";

export function Changes({ again }: { readonly again: number }) {
  const pages = usePages<Change>("/api/v1/audit", { limit: 20 }, again);
  const rows = pages.data?.data ?? [];
  return (
    <section class="card">
      <h2>Changes</h2>
      <ErrorNote error={pages.error} />
      {pages.data && rows.length === 0 ? <p class="quiet">Nobody changed anything yet.</p> : null}
      {rows.length > 0 ? (
        <div class="scroll">
          <table>
            <thead>
              <tr>
                <th scope="col">When</th>
                <th scope="col">What</th>
                <th scope="col">Which</th>
                <th scope="col">Key</th>
                <th scope="col">From</th>
              </tr>
            </thead>
            <tbody>
              {rows.map((change) => (
                <tr key={change.no}>
                  <td>{when(change.at)}</td>
                  <td>{change.action}</td>
                  <td>
                    <code>{change.target}</code>
                  </td>
                  <td>{change.key_id ?? "none"}</td>
                  <td>{change.address}</td>
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      ) : null}
      <Pager pages={pages} />
    </section>
  );
}
