/** Images per second over the last minutes, as the service kept them. */
import { useEffect, useRef } from "preact/hooks";
import UPlot from "uplot";
import "uplot/dist/uPlot.min.css";

export type Sample = { readonly at: number; readonly imagesPerSecond: number };

const HEIGHT = 170;

const CLOCK = new Intl.DateTimeFormat("en-GB", { hour: "2-digit", minute: "2-digit", second: "2-digit" });
const clock = (seconds: number): string => CLOCK.format(new Date(seconds * 1_000));
const MINUTES = 10;

function lastMinutes(): [number, number] {
  const now = Date.now() / 1_000;
  return [now - MINUTES * 60, now];
}

const colour = (name: string) => getComputedStyle(document.documentElement).getPropertyValue(name).trim();

export function RateChart({ samples }: { readonly samples: readonly Sample[] }) {
  const box = useRef<HTMLDivElement>(null);
  const chart = useRef<UPlot | null>(null);

  useEffect(() => {
    const element = box.current;
    if (!element) return;
    const axis = { stroke: () => colour("--quiet"), grid: { stroke: () => colour("--line"), width: 1 } };
    const plot = new UPlot(
      {
        width: element.clientWidth,
        height: HEIGHT,
        cursor: { show: false },
        legend: { show: false },
        scales: { x: { range: lastMinutes }, y: { range: (_, _least, most) => [0, Math.max(10, most * 1.1)] } },
        axes: [
          { ...axis, space: 70, values: (_, instants) => instants.map(clock) },
          { ...axis, size: 52 },
        ],
        series: [
          {},
          { stroke: () => colour("--accent"), fill: () => colour("--accent-soft"), width: 2, points: { show: false } },
        ],
      },
      [[], []],
      element,
    );
    chart.current = plot;
    const resized = new ResizeObserver(() => plot.setSize({ width: element.clientWidth, height: HEIGHT }));
    resized.observe(element);
    const theme = window.matchMedia("(prefers-color-scheme: dark)");
    const redraw = () => plot.redraw(false, true);
    theme.addEventListener("change", redraw);
    return () => {
      theme.removeEventListener("change", redraw);
      resized.disconnect();
      plot.destroy();
    };
  }, []);

  useEffect(() => {
    chart.current?.setData([
      samples.map(({ at }) => at / 1_000),
      samples.map(({ imagesPerSecond }) => imagesPerSecond),
    ]);
  }, [samples]);

  return <div ref={box} class="chart" role="img" aria-label="Images per second over the last ten minutes" />;
}
