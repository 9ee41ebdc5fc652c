/** How a job's photos lie by each figure that has a limit, and how many another limit would flag. */
import { useState } from "preact/hooks";
import type { Job, Quality } from "../../../sdk/src/api-types.ts";
import { Exports } from "../parts/exports.tsx";
import { flagWord } from "../parts/flags.tsx";
import { count, counted, share } from "../parts/format.ts";
import { Empty, ErrorNote } from "../parts/notes.tsx";
import { Table } from "../parts/table.tsx";
import { useAnswer } from "../service/use-answer.ts";
import { grouped, MEASURES, number } from "./evidence.tsx";
import { Histogram } from "./histogram.tsx";

type QualityFigure = Quality["figures"][number];

export function QualityFigures({ job, again }: { readonly job: Job; readonly again: unknown }) {
  const { data, error } = useAnswer<Quality>(`/api/v1/jobs/${job.job_id}/quality`, { again });
  if (!data) return <ErrorNote error={error} />;
  const figures = data.figures.filter(({ bins }) => bins.length > 0);
  if (figures.length === 0) return <Empty>No photo of this job has figures.</Empty>;
  return (
    <>
      <p class="quiet">
        Move a limit to see how many photos it would flag. A job keeps the limits that it was submitted with; the
        option's name is what the next submission may say.
        {data.looked_at < data.images ? ` Counted are ${count(data.looked_at)} of ${count(data.images)} photos.` : null}
      </p>
      <div class="columns figures-of-quality">
        {figures.map((figure) => (
          <Figure key={figure.figure} figure={figure} />
        ))}
      </div>
      <Exports path={`/api/v1/jobs/${job.job_id}/quality`} query={{}} text="All figures" />
    </>
  );
}

function Figure({ figure }: { readonly figure: QualityFigure }) {
  const { bins, threshold, flagged_when: side } = figure;
  // At the edges of bins the numbers are exact.
  const edges = [...(bins[0] ? [bins[0].from] : []), ...bins.map(({ to }) => to)];
  const [moved, setMoved] = useState<number | null>(null);
  const limit = moved === null ? threshold : (edges[moved] ?? threshold);
  const flagged = moved === null ? figure.flagged : flaggedAt(figure, limit);
  const name = MEASURES[figure.figure] ?? figure.figure;
  return (
    <section class="quality">
      <h2>
        {name[0]?.toUpperCase() + name.slice(1)}{" "}
        <small>
          {flagWord(figure.flag)} when {side}
        </small>
      </h2>
      <Histogram bins={bins} limit={limit} flaggedWhen={side} label={`${name} of ${counted(figure.images, "photo")}`} />
      <label class="stacked">
        Limit
        <input
          type="range"
          min={0}
          max={edges.length - 1}
          value={moved ?? nearest(edges, threshold)}
          aria-valuetext={`${number(limit)}: ${counted(flagged, "photo")}`}
          onInput={(event) => setMoved(Number(event.currentTarget.value))}
        />
      </label>
      <p aria-live="polite">
        <code>
          {figure.option}={number(limit)}
        </code>{" "}
        flags {counted(flagged, "photo")} ({share(flagged, figure.images)})
        {moved === null ? (
          <small> as it is</small>
        ) : (
          <>
            <small>; now {count(figure.flagged)}</small>{" "}
            <button type="button" class="small" onClick={() => setMoved(null)}>
              Back
            </button>
          </>
        )}
      </p>
      <details>
        <summary>As a table</summary>
        <Table
          rows={bins.filter(({ images }) => images > 0)}
          keyOf={({ from }) => from}
          columns={[
            { name: "From", look: "number", isHeading: true, cell: ({ from }) => grouped(from) },
            { name: "To", look: "number", cell: ({ to }) => grouped(to) },
            { name: "Photos", look: "number", cell: ({ images }) => count(images) },
          ]}
        />
      </details>
    </section>
  );
}

function flaggedAt({ bins, flagged_when: side }: QualityFigure, limit: number): number {
  const beyond = bins.filter(({ from, to }) => (side === "below" ? to <= limit : from >= limit));
  return beyond.reduce((sum, { images }) => sum + images, 0);
}

function nearest(edges: readonly number[], value: number): number {
  const distances = edges.map((edge) => Math.abs(edge - value));
  return distances.indexOf(Math.min(...distances));
}
