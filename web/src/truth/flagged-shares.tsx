/** Where flagged photos come from: the share of visits with one, by store and by area, the greatest first. */

import type { FlaggedShare, Job, FlaggedShares as Shares } from "../../../sdk/src/api-types.ts";
import { Exports } from "../parts/exports.tsx";
import { count, counted, share } from "../parts/format.ts";
import { Link } from "../parts/link.tsx";
import { ErrorNote } from "../parts/notes.tsx";
import { type Column, Table } from "../parts/table.tsx";
import { withQuery } from "../service/call.ts";
import { useAnswer } from "../service/use-answer.ts";

const SHOWN = 20;

type Part = { readonly job: Job; readonly flag: string; readonly again: unknown };
type Row = { readonly visits: number; readonly flagged_visits: number; readonly share: number };

export function FlaggedShares(part: Part) {
  const stores = useShares("store", part);
  const areas = useShares("area", part);
  return (
    <>
      <ErrorNote error={stores.error ?? areas.error} />
      {stores.data ? (
        <p>
          {count(stores.data.flagged_visits)} of {counted(stores.data.visits, "visit")} have a flagged photo (
          {share(stores.data.flagged_visits, stores.data.visits)}). Dismissed ones are left out.
        </p>
      ) : null}
      <div class="columns">
        <section>
          <h2>Stores</h2>
          <Table
            rows={stores.data?.data ?? []}
            keyOf={({ store_id: id = "" }) => id}
            columns={[
              { name: "Store", isHeading: true, cell: (row) => <StoreName row={row} /> },
              { name: "Area", look: "wide", cell: ({ area }) => area ?? "–" },
              ...SHARES,
            ]}
          />
          <More left={stores.data?.more ?? 0} word="store" />
          <Exports path={SHARES_PATH} query={{ by: "store", job: part.job.job_id, flag: part.flag }} />
        </section>
        <section>
          <h2>Areas</h2>
          <Table
            rows={areas.data?.data ?? []}
            keyOf={({ area }) => area ?? ""}
            columns={[{ name: "Area", isHeading: true, cell: ({ area }) => area ?? "unknown stores" }, ...SHARES]}
          />
          <More left={areas.data?.more ?? 0} word="area" />
          <Exports path={SHARES_PATH} query={{ by: "area", job: part.job.job_id, flag: part.flag }} />
        </section>
      </div>
    </>
  );
}

function useShares(by: "store" | "area", { job, flag, again }: Part) {
  return useAnswer<Shares>(withQuery(SHARES_PATH, { by, job: job.job_id, flag, limit: SHOWN }), {
    again,
  });
}

const SHARES_PATH = "/api/v1/reviews/shares";
const SHARES: readonly Column<Row>[] = [
  {
    name: "Flagged visits",
    look: "number",
    cell: ({ flagged_visits, visits }) => `${count(flagged_visits)} of ${count(visits)}`,
  },
  {
    name: "Share",
    look: "share",
    cell: (row) => (
      <span class="share-bar">
        <span class="bar" aria-hidden="true">
          <span class="flagged" style={{ width: `${100 * row.share}%` }} />
        </span>
        {share(row.flagged_visits, row.visits)}
      </span>
    ),
  },
];

function StoreName({ row }: { readonly row: FlaggedShare }) {
  const { store_id: id = "", store_name: name = null } = row;
  return (
    <>
      {name === null ? id : <Link href={`/stores/${encodeURIComponent(id)}`}>{id}</Link>} <small>{name}</small>
    </>
  );
}

function More({ left, word }: { readonly left: number; readonly word: string }) {
  return left === 0 ? null : <p class="quiet">and {counted(left, `more ${word}`)}</p>;
}
