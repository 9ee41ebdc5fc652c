/** What would become of a submission, and what is wrong with it: green without a word against it, amber with one, red where nothing would be taken. */

import type { DryRun } from "../../../sdk/src/api-types.ts";
import { count, counted } from "../parts/format.ts";
import { Link } from "../parts/link.tsx";
import { ProblemTable } from "../parts/problem-table.tsx";
import { Warnings } from "../parts/warnings.tsx";

const MOST_SHOWN = 10;

export function CheckResult({ check }: { readonly check: DryRun }) {
  const { problems, problems_total: total, unknown_stores: unknown } = check;
  const doubts = check.warnings_total + unknown.length;
  const [look, verdict] = !check.would_be_accepted
    ? ["error", `could be read; ${counted(total, "problem")} must be mended first.`]
    : doubts > 0
      ? ["warning", "can be submitted, but look at this first:"]
      : ["good", "can be submitted."];
  return (
    <>
      <p class={`note ${look}`}>
        {counted(check.visits, "visit")} with {counted(check.images, "image")} {verdict}
      </p>
      {problems.length > 0 ? <ProblemTable problems={problems} total={total} /> : null}
      <Warnings of={check} />
      {unknown.length > 0 ? (
        <p class="note warning">
          {counted(unknown.length, "store")} not in the store master: {unknown.slice(0, MOST_SHOWN).join(", ")}
          {unknown.length > MOST_SHOWN ? ` and ${count(unknown.length - MOST_SHOWN)} more` : ""}.{" "}
          <Link href="/stores">Import stores</Link>
        </p>
      ) : null}
    </>
  );
}
