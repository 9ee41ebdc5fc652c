/** What became of an image run by run: each failure that a retry put aside, where it was fetched from then, and the result that counts. */

import type { ImageWithPast } from "../../../sdk/src/api-types.ts";
import { count, counted } from "../parts/format.ts";
import { Instant } from "../parts/instant.tsx";
import { Table } from "../parts/table.tsx";

type Step = {
  readonly name: string;
  readonly at: string | null;
  readonly outcome: ImageWithPast["outcome"];
  readonly code: string | null;
  readonly detail: string | null;
  readonly attempts: number | null;
  readonly url: string;
};

export function ImageHistory({ image }: { readonly image: ImageWithPast }) {
  const steps = stepsOf(image);
  const isMoved = new Set(steps.map(({ url }) => url)).size > 1;
  return (
    <section class="card">
      <h2>History</h2>
      <Table
        rows={steps}
        keyOf={({ name }) => name}
        columns={[
          { name: "Run", isHeading: true, cell: ({ name }) => name },
          { name: "When", cell: ({ at }) => <Instant at={at} /> },
          { name: "Outcome", cell: ({ outcome, code }) => <span class={`mark ${outcome}`}>{code ?? outcome}</span> },
          { name: "In words", look: "answer", cell: ({ detail }) => detail ?? "–" },
          {
            name: "Requests",
            look: "number",
            cell: ({ attempts }) => (attempts === null ? "–" : counted(attempts, "attempt")),
          },
          ...(isMoved ? [{ name: "Fetched from", look: "wide address", cell: ({ url }: Step) => url }] : []),
        ]}
      />
    </section>
  );
}

/** Null where it was not measured. */
export const sizeOf = ({ width, height }: Pick<ImageWithPast, "width" | "height">): string | null =>
  width === null || height === null ? null : `${count(width)} × ${count(height)} pixels`;

/** The newest first. Of a result that counts it is known only that it is of a later run than those before. */
function stepsOf({ past_results: past, ...image }: ImageWithPast): readonly Step[] {
  const earlier = past.map(
    ({ run, code, detail, attempts, finished_at: at, image_url: url }): Step => ({
      name: `run ${run}`,
      at,
      outcome: "failed",
      code,
      detail,
      attempts,
      url,
    }),
  );
  const { finished_at: at, outcome, code, attempts, image_url: url } = image;
  const now: Step = { name: "now", at, outcome, code, detail: sizeOf(image) ?? image.detail, attempts, url };
  return [now, ...earlier.reverse()];
}
