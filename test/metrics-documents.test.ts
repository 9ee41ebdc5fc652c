import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { before, describe, it } from "node:test";
import { type Static, Type } from "typebox";
import { Value } from "typebox/value";
import { createMetrics } from "../src/metrics/create-metrics.ts";
import { createStageCells, readStageCells } from "../src/pipeline/stage-cells.ts";
import { type DeclaredMetric, declaredMetrics } from "../src/testing/metrics-text.ts";

const read = (path: string) => readFileSync(new URL(`../${path}`, import.meta.url), "utf8");

/** Everything that a process can show, each metric with its labels. */
async function allMetrics(): Promise<ReadonlyMap<string, DeclaredMetric>> {
  const cells = createStageCells(8);
  const chunks = { pending: 0, queued: 0, running: 0 };
  const metrics = createMetrics({
    readBacklog: async () => ({ jobs: 0, images: 0, chunks, oldestQueuedMs: 0 }),
    readPipeline: () => readStageCells([cells]),
    now: () => performance.now(),
  });
  await metrics.timeCalls({ readFleet: async () => 0 }).readFleet();
  metrics.requestOver({ route: "/healthz", method: "GET", status: 200, ms: 1 });
  // The event loop's lag is there from its second turn on.
  for (;;) {
    const text = await metrics.text();
    if (text.includes("storewalk_event_loop_lag_seconds{")) return declaredMetrics(text);
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}

let metrics: ReadonlyMap<string, DeclaredMetric>;
before(async () => {
  metrics = await allMetrics();
});

describe("docs/metrics.md", () => {
  const document = read("docs/metrics.md");

  it("lists every metric of Storewalk with its type and labels, and none that is gone", () => {
    const documented = [...document.matchAll(/^\| `(storewalk_\w+)` \| (\w+) \| (.+?) \| .+ \| .+ \|$/gm)].map(
      ([, name, type, labels = ""]) => [name, type, [...labels.matchAll(/`(\w+)`/g)].map(([, label]) => label)],
    );
    const registered = [...metrics].filter(([name]) => name.startsWith("storewalk_"));
    assert.deepEqual(
      documented.toSorted(),
      registered.map(([name, { type, labels }]) => [name, type, labels]).toSorted(),
    );
  });

  it("names every metric of Node's own, and none that is gone", () => {
    const documented = [...document.matchAll(/`((?:process|nodejs)_\w+)`/g)].map(([, name]) => name);
    const registered = [...metrics.keys()].filter((name) => !name.startsWith("storewalk_"));
    assert.deepEqual(documented.toSorted(), registered.toSorted());
  });
});

const Place = Type.Object({ x: Type.Integer(), y: Type.Integer(), w: Type.Integer(), h: Type.Integer() });
const Source = Type.Object({ type: Type.Literal("prometheus"), uid: Type.Literal(`\${datasource}`) });
const Target = Type.Object({ refId: Type.String(), expr: Type.String({ minLength: 1 }), datasource: Source });
const Row = Type.Object({ id: Type.Integer(), type: Type.Literal("row"), title: Type.String(), gridPos: Place });
const Panel = Type.Object({
  id: Type.Integer(),
  type: Type.Enum(["timeseries", "stat"]),
  title: Type.String({ minLength: 1 }),
  gridPos: Place,
  datasource: Source,
  targets: Type.Array(Target, { minItems: 1 }),
  fieldConfig: Type.Object({ defaults: Type.Object({}), overrides: Type.Array(Type.Unknown()) }),
  options: Type.Object({}),
});
const Variable = Type.Object({ name: Type.String(), type: Type.String(), query: Type.Unknown() });
const Dashboard = Type.Object({
  title: Type.String(),
  uid: Type.String(),
  schemaVersion: Type.Integer({ minimum: 36 }),
  panels: Type.Array(Type.Union([Row, Panel])),
  templating: Type.Object({ list: Type.Array(Variable) }),
});

type Panel = Static<typeof Panel>;

/** Labels that Prometheus adds by itself. */
const SCRAPE_LABELS = ["instance", "job"];

/** The metrics of a query, and every label by which it chooses or groups. */
function partsOf(expr: string): { readonly names: readonly string[]; readonly labels: readonly string[] } {
  const names = [...expr.matchAll(/\b(?:storewalk|process|nodejs)_\w+/g)].map(([name]) => name);
  const grouped = [...expr.matchAll(/\b(?:by|without) \(([^)]*)\)/g)].flatMap(([, list = ""]) => list.split(/,\s*/));
  const chosen = [...expr.matchAll(/\{([^}]*)\}/g)].flatMap(([, list = ""]) =>
    [...list.matchAll(/(\w+)\s*(?:=~|!~|!=|=)/g)].map(([, label = ""]) => label),
  );
  return { names, labels: [...grouped, ...chosen] };
}

describe("examples/grafana-dashboard.json", () => {
  const dashboard = Value.Parse(Dashboard, JSON.parse(read("examples/grafana-dashboard.json")));
  const panels = dashboard.panels.filter((panel): panel is Panel => panel.type !== "row");
  const queries = panels.flatMap(({ title, targets }) => targets.map(({ expr }) => ({ title, expr })));

  it("asks for metrics that exist, by labels that they have", () => {
    for (const { title, expr } of queries) {
      const { names, labels } = partsOf(expr);
      assert.ok(names.length > 0, `${title} asks for nothing: ${expr}`);
      for (const name of names) {
        const histogram = metrics.get(name.replace(/_(bucket|sum|count)$/, ""));
        const metric = metrics.get(name) ?? (histogram?.type === "histogram" ? histogram : undefined);
        assert.ok(metric, `${title}: there is no metric ${name}`);
        const known = [...metric.labels, ...SCRAPE_LABELS, ...(name.endsWith("_bucket") ? ["le"] : [])];
        assert.deepEqual(
          labels.filter((label) => !known.includes(label)),
          [],
          `${title}: ${expr}`,
        );
      }
    }
  });

  it("shows every metric of Storewalk but those that only count along", () => {
    const asked = new Set(queries.flatMap(({ expr }) => partsOf(expr).names));
    const shown = (name: string) => ["", "_bucket", "_sum", "_count"].some((suffix) => asked.has(name + suffix));
    const left = [...metrics.keys()].filter((name) => name.startsWith("storewalk_") && !shown(name));
    assert.deepEqual(left, ["storewalk_backlog_jobs"]);
  });

  it("takes rates of counters only, and of every counter", () => {
    for (const { title, expr } of queries) {
      for (const name of partsOf(expr).names) {
        const isCounter = metrics.get(name)?.type !== "gauge";
        const isRate = new RegExp(`(rate|increase)\\(${name}\\b`).test(expr);
        assert.equal(isRate, isCounter, `${title}: ${name}`);
      }
    }
  });

  it("lets people choose the data source, the scrape job and the processes", () => {
    assert.deepEqual(
      dashboard.templating.list.map(({ name, type }) => [name, type]),
      [
        ["datasource", "datasource"],
        ["job", "query"],
        ["instance", "query"],
      ],
    );
  });

  it("puts each panel in a place of its own", () => {
    const taken = new Map<string, string>();
    for (const { title, gridPos } of dashboard.panels) {
      assert.ok(gridPos.x + gridPos.w <= 24, title);
      for (let x = gridPos.x; x < gridPos.x + gridPos.w; x++) {
        for (let y = gridPos.y; y < gridPos.y + gridPos.h; y++) {
          assert.equal(taken.get(`${x}/${y}`), undefined, `${title} lies over another`);
          taken.set(`${x}/${y}`, title);
        }
      }
    }
    const ids = dashboard.panels.map(({ id }) => id);
    assert.equal(new Set(ids).size, ids.length);
  });
});
