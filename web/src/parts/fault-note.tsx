/** What is wrong with a file that the service took nothing of: by line where it says so, else its sentence. */

import type { Problem } from "../../../sdk/src/api-types.ts";
import { ServiceError } from "../service/call.ts";
import { counted } from "./format.ts";
import { ErrorNote } from "./notes.tsx";
import { ProblemTable } from "./problem-table.tsx";

export type Fault = { readonly message: string; readonly problem: Problem | null };

export const faultOf = (cause: unknown): Fault => ({
  message: cause instanceof Error ? cause.message : String(cause),
  problem: cause instanceof ServiceError ? cause.problem : null,
});

/** `sentence` stands above the problems, which it is given in words: `2 problems`. */
export function FaultNote(properties: {
  readonly fault: Fault | null;
  readonly sentence: (problems: string) => string;
}) {
  const { fault, sentence } = properties;
  const { problems = [], problems_total: total = problems.length } = fault?.problem ?? {};
  if (problems.length === 0) return <ErrorNote error={fault?.message ?? null} />;
  return (
    <>
      <p class="note error" role="alert">
        {sentence(counted(total, "problem"))}
      </p>
      <ProblemTable problems={problems} total={total} />
    </>
  );
}
