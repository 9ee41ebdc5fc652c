/** A histogram that is counted elsewhere: its buckets are read when it is asked for. prom-client only has histograms that it counts itself. */
import { Histogram, type Registry } from "prom-client";

export type ReadTimes = {
  /** Counts of the buckets, not summed up; one more than there are bounds. */
  readonly buckets: readonly number[];
  readonly seconds: number;
};

export function addReadHistogram<L extends string>(deps: {
  readonly registry: Registry;
  readonly name: string;
  readonly help: string;
  readonly label: L;
  readonly bounds: readonly number[];
  /** By the label's value. */
  readonly read: () => Readonly<Record<string, ReadTimes>>;
}): void {
  const { name, label } = deps;

  function valuesOf(value: string, { buckets, seconds }: ReadTimes) {
    const labels = { [label]: value };
    let images = 0;
    const bucketValues = buckets.map((counted, no) => {
      images += counted;
      return { metricName: `${name}_bucket`, labels: { ...labels, le: deps.bounds[no] ?? "+Inf" }, value: images };
    });
    return [
      ...bucketValues,
      { metricName: `${name}_sum`, labels, value: seconds },
      { metricName: `${name}_count`, labels, value: images },
    ];
  }

  const histogram = new Histogram({ name, help: deps.help, labelNames: [label], registers: [deps.registry] });
  async function get() {
    const values = Object.entries(deps.read()).flatMap(([value, times]) => valuesOf(value, times));
    return { name, help: deps.help, type: "histogram", aggregator: "sum", values };
  }
  // The registry asks for one of these two, whether it writes text or objects.
  Object.assign(histogram, { get, getForPromString: get });
}
