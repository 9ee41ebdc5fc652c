/** A row's name, and where it leads: an area to its stores, a store to its page, others to themselves alone. */

import type { InsightRow } from "../../../sdk/src/api-types.ts";
import { Link } from "../parts/link.tsx";
import { insightLink, type Question, rowName } from "./question.ts";

export function RowName({ row, question }: { readonly row: InsightRow; readonly question: Question }) {
  return (
    <>
      <Link href={hrefOf(question, row.key)}>{rowName(question.of, row.key)}</Link>
      {row.name === null ? null : <small class="labels">{row.name}</small>}
    </>
  );
}

function hrefOf({ of }: Question, key: string): string {
  if (of === "area" && key !== "") return insightLink({ of: "store", area: key, only: null });
  if (of === "store") return `/stores/${encodeURIComponent(key)}`;
  return insightLink({ only: key });
}
