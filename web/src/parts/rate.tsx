/** How fast images came over the last ten minutes, as the service kept it: a chart, the same as a table and as a file. Must not say that nothing ran where the first results are just coming. */
import type { Overview } from "../../../sdk/src/api-types.ts";
import { Exports } from "./exports.tsx";
import { rate } from "./format.ts";
import { RateChart, type Sample } from "./rate-chart.tsx";
import { Table } from "./table.tsx";

/** To the second: its steps are seconds. */
const CLOCK = new Intl.DateTimeFormat("en-GB", { hour: "2-digit", minute: "2-digit", second: "2-digit" });

export function Rate({ throughput }: Pick<Overview, "throughput">) {
  const samples = samplesOf(throughput);
  const some = samples.filter(({ imagesPerSecond }) => imagesPerSecond > 0);
  if (some.length === 0) {
    const isBegun = (throughput.images.at(-1) ?? 0) > 0;
    return (
      <p class="quiet">
        {isBegun
          ? "The first results of the last ten minutes are coming in."
          : "Nothing has run in the last ten minutes."}
      </p>
    );
  }
  return (
    <>
      <RateChart samples={samples} />
      <details>
        <summary>As a table</summary>
        <Table
          rows={some.toReversed()}
          keyOf={({ at }) => at}
          columns={[
            {
              name: `${throughput.step_seconds} seconds until`,
              isHeading: true,
              cell: ({ at }) => CLOCK.format(at),
            },
            { name: "Images per second", look: "number", cell: ({ imagesPerSecond }) => rate(imagesPerSecond) },
          ]}
        />
      </details>
      <Exports path="/api/v1/overview" query={{}} text="The last ten minutes" />
    </>
  );
}

/** The steps that are over; what the last one has is not yet a rate. */
function samplesOf({ from, step_seconds: step, images }: Overview["throughput"]): readonly Sample[] {
  const first = Date.parse(from);
  return images.slice(0, -1).map((some, no) => ({ at: first + (no + 1) * step * 1_000, imagesPerSecond: some / step }));
}
