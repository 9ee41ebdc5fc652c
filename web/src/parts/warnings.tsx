/** What was taken all the same and may fail later. */
import type { JobWithWarnings } from "../../../sdk/src/api-types.ts";
import { counted } from "./format.ts";
import { inPageWords } from "./page-words.ts";

export type Warned = Pick<JobWithWarnings, "warnings" | "warnings_total">;

export function Warnings({ of: { warnings, warnings_total: total } }: { readonly of: Warned }) {
  return (
    <>
      {warnings.map(({ pointer, detail }) => (
        <p key={`${pointer} ${detail}`} class="note warning">
          {pointer === "" ? null : `${pointer}: `}
          {inPageWords(detail)}
        </p>
      ))}
      {total > warnings.length ? <p class="quiet">and {counted(total - warnings.length, "more warning")}</p> : null}
    </>
  );
}
