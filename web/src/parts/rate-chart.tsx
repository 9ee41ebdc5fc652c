/** Images per second over the last minutes, as the service kept them. The drawing takes whatever room there is; its words stand beside it, so that they keep their size. */
import "./rate-chart.css";
import { count } from "./format.ts";

export type Sample = { readonly at: number; readonly imagesPerSecond: number };

const MINUTE_MS = 60_000;
const MINUTES = 10;
const CLOCK_EVERY_MS = 2 * MINUTE_MS;
const CLOCK = new Intl.DateTimeFormat("en-GB", { hour: "2-digit", minute: "2-digit" });

/** Of the drawing itself, which is stretched. */
const WIDTH = 1_000;
const HEIGHT = 100;

export function RateChart({ samples }: { readonly samples: readonly Sample[] }) {
  const until = Date.now();
  const from = until - MINUTES * MINUTE_MS;
  const top = roundAbove(Math.max(...samples.map(({ imagesPerSecond }) => imagesPerSecond)));
  const share = (at: number) => (at - from) / (until - from);
  const shown = samples.filter(({ at }) => at >= from);
  const points = shown.map(
    ({ at, imagesPerSecond }) => `${share(at) * WIDTH},${HEIGHT - (imagesPerSecond / top) * HEIGHT}`,
  );
  const [first, last] = [share(shown.at(0)?.at ?? until) * WIDTH, share(shown.at(-1)?.at ?? until) * WIDTH];
  const clocks = Array.from(
    { length: (MINUTES * MINUTE_MS) / CLOCK_EVERY_MS },
    (_, no) => Math.ceil(from / CLOCK_EVERY_MS) * CLOCK_EVERY_MS + no * CLOCK_EVERY_MS,
  );
  return (
    <div class="chart" role="img" aria-label="Images per second over the last ten minutes">
      <div class="scale">
        {[top, top / 2, 0].map((rate) => (
          <span key={rate}>{count(rate)}</span>
        ))}
      </div>
      <svg viewBox={`0 0 ${WIDTH} ${HEIGHT}`} preserveAspectRatio="none" aria-hidden="true">
        {[0, HEIGHT / 2, HEIGHT].map((y) => (
          <path key={y} class="grid" d={`M0 ${y}H${WIDTH}`} />
        ))}
        <polygon points={`${first},${HEIGHT} ${points.join(" ")} ${last},${HEIGHT}`} />
        <polyline points={points.join(" ")} />
      </svg>
      <div class="clocks">
        {clocks.map((at) => (
          <span key={at} style={{ left: `${share(at) * 100}%` }}>
            {CLOCK.format(at)}
          </span>
        ))}
      </div>
    </div>
  );
}

/** A number that halves well. */
function roundAbove(most: number): number {
  const power = 10 ** Math.floor(Math.log10(Math.max(10, most)));
  return [1, 2, 4, 6, 10].map((times) => times * power).find((round) => round >= most) ?? most;
}
