/** Reads `/metrics` as Prometheus does, for tests. */
import assert from "node:assert/strict";

/** Values by series as the text writes them: `name{label="value"}`. */
export function seriesOf(text: string): ReadonlyMap<string, number> {
  const lines = text.split("\n").filter((line) => line !== "" && !line.startsWith("#"));
  return new Map(
    lines.map((line) => {
      const [, series, value] = /^(.+) (\S+)$/.exec(line) ?? [];
      assert.ok(series !== undefined && (value === "Nan" || Number.isFinite(Number(value))), line);
      return [series, Number(value)];
    }),
  );
}

export type DeclaredMetric = { readonly type: string; readonly labels: readonly string[] };

/** What the text declares by name; labels as far as it has series with them, `le` left out. */
export function declaredMetrics(text: string): ReadonlyMap<string, DeclaredMetric> {
  const declared = new Map<string, { type: string; labels: Set<string> }>();
  for (const [, name = "", type = ""] of text.matchAll(/^# TYPE (\S+) (\S+)$/gm)) {
    declared.set(name, { type, labels: new Set() });
  }
  for (const series of seriesOf(text).keys()) {
    const [, name = "", labels = ""] = /^([^{]+)(?:\{(.*)\})?$/.exec(series) ?? [];
    const metric = declared.get(name) ?? declared.get(name.replace(/_(bucket|sum|count)$/, ""));
    assert.ok(metric, `${series} belongs to no declared metric`);
    for (const [, label = ""] of labels.matchAll(/(\w+)="/g)) if (label !== "le") metric.labels.add(label);
  }
  return new Map([...declared].map(([name, { type, labels }]) => [name, { type, labels: [...labels].toSorted() }]));
}
