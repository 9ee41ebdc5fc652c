/** What would become of a submission, and what is wrong with it. */
import { counted } from "../parts/format.ts";
import { ProblemTable } from "../parts/problem-table.tsx";
import type { DryRun } from "../service/types.ts";

export function CheckResult({ check }: { readonly check: DryRun }) {
  const { problems, problems_total: total, unknown_stores: unknown, ignored_columns: ignored } = check;
  return (
    <>
      <p class={check.would_be_accepted ? "note good" : "note error"}>
        {counted(check.visits, "visit")} with {counted(check.images, "image")}{" "}
        {check.would_be_accepted ? "are in order." : "could be read; "}
        {check.would_be_accepted ? null : `${counted(total, "problem")} must be mended first.`}
      </p>
      {problems.length > 0 ? <ProblemTable problems={problems} total={total} /> : null}
      {check.warnings.map(({ pointer, detail }) => (
        <p key={`${pointer} ${detail}`} class="note warning">
          {pointer === "" ? null : `${pointer}: `}
          {detail}
        </p>
      ))}
      {unknown.length > 0 ? (
        <p class="note warning">
          {counted(unknown.length, "store")} not in the store master: {unknown.slice(0, 10).join(", ")}
          {unknown.length > 10 ? " …" : ""}
        </p>
      ) : null}
      {check.warnings_total > check.warnings.length ? (
        <p class="quiet">and {counted(check.warnings_total - check.warnings.length, "more warning")}</p>
      ) : null}
      {ignored.length > 0 ? <p class="note warning">Columns that mean nothing here: {ignored.join(", ")}</p> : null}
    </>
  );
}
