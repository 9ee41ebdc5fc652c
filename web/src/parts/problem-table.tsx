/** What is wrong with a file, by line. */
import type { ProblemPlace } from "../../../sdk/src/api-types.ts";
import { count } from "./format.ts";
import { inPageWords } from "./page-words.ts";
import { Table } from "./table.tsx";

export function ProblemTable({
  problems,
  total,
}: {
  readonly problems: readonly ProblemPlace[];
  readonly total: number;
}) {
  return (
    <>
      <Table
        rows={problems}
        keyOf={({ pointer, detail }) => `${pointer} ${detail}`}
        columns={[
          { name: "Where", cell: ({ pointer }) => <code>{pointer === "" ? "the file" : pointer}</code> },
          { name: "What", cell: ({ detail }) => inPageWords(detail) },
        ]}
      />
      {total > problems.length ? <p class="quiet">and {count(total - problems.length)} more</p> : null}
    </>
  );
}
