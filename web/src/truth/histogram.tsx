/** How many photos have which figure, with a limit drawn in; those on its wrong side are marked by colour and by the line. */
import type { Quality } from "../../../sdk/src/api-types.ts";
import { grouped } from "./evidence.tsx";

const HEIGHT = 90;
/** Room for the figures below. */
const FOOT = 16;

export function Histogram(properties: {
  readonly bins: Quality["figures"][number]["bins"];
  readonly limit: number;
  readonly flaggedWhen: "below" | "above";
  readonly label: string;
}) {
  const { bins, limit, flaggedWhen, label } = properties;
  const least = bins[0]?.from ?? 0;
  const most = bins.at(-1)?.to ?? 1;
  const width = bins.length * 6;
  const highest = Math.max(...bins.map(({ images }) => images), 1);
  const across = most === least ? width / 2 : ((limit - least) / (most - least)) * width;
  const isInside = across >= 0 && across <= width;
  return (
    <svg class="histogram" viewBox={`0 0 ${width} ${HEIGHT + FOOT}`} role="img" aria-label={label}>
      {bins.map(({ from, to, images }, no) => {
        // Some must be seen beside many.
        const height = images === 0 ? 0 : Math.max(1.5, (images / highest) * (HEIGHT - 4));
        const isBeyond = flaggedWhen === "below" ? to <= limit : from >= limit;
        return (
          <rect
            key={from}
            x={no * 6 + 0.5}
            y={HEIGHT - height}
            width="5"
            height={height}
            class={isBeyond ? "flagged" : ""}
          >
            <title>{`${grouped(from)} to ${grouped(to)}: ${images}`}</title>
          </rect>
        );
      })}
      <line x1="0" x2={width} y1={HEIGHT} y2={HEIGHT} />
      {isInside ? <line class="limit" x1={across} x2={across} y1="0" y2={HEIGHT} /> : null}
      <text x="0" y={HEIGHT + FOOT - 3}>
        {grouped(least)}
      </text>
      <text x={width} y={HEIGHT + FOOT - 3} text-anchor="end">
        {grouped(most)}
      </text>
    </svg>
  );
}
