/** The plans that a server writes to its log, by auto_explain: gathered, waited for, and asked which of them read a table from end to end. */

import { randomUUID } from "node:crypto";
import { EventEmitter, once } from "node:events";
import { Type } from "typebox";
import { Value } from "typebox/value";

type Node = { readonly [name: string]: unknown };
type Plan = { readonly query: string; readonly root: Node };

const Written = Type.Object({ "Query Text": Type.String(), Plan: Type.Record(Type.String(), Type.Unknown()) });
/** In front of each entry; what follows, in JSON, is over where the next begins. */
const PREFIX = "@@@@ ";

export type PlanLog = {
  /** For the server. */
  readonly settings: readonly string[];
  readonly take: (text: string) => void;
  forget(): void;
  /** Has a statement with a mark run and resolves when its plan is there, and with it all before. */
  upTo(run: (mark: string) => Promise<unknown>): Promise<void>;
  wholeReads(tables: ReadonlySet<string>): readonly string[];
};

export function createPlanLog(): PlanLog {
  const arrived = new EventEmitter();
  let text = "";
  let plans: Plan[] = [];

  function take(more: string): void {
    text += more;
    const entries = text.split(PREFIX);
    text = entries.pop() ?? "";
    for (const entry of entries) {
      const plan = planIn(entry);
      if (plan) plans.push(plan);
    }
    arrived.emit("more");
  }

  return {
    settings: [
      "shared_preload_libraries=auto_explain",
      "auto_explain.log_min_duration=0",
      "auto_explain.log_nested_statements=on",
      "auto_explain.log_format=json",
      `log_line_prefix=${PREFIX}`,
    ],
    take,
    forget() {
      plans = [];
    },
    async upTo(run) {
      const mark = randomUUID();
      const isThere = () => plans.some(({ query }) => query.includes(mark));
      while (!isThere()) {
        const more = once(arrived, "more");
        // The second one ends the entry of the first.
        await run(mark);
        await run("end");
        if (!isThere()) await more;
      }
    },
    wholeReads: (tables) =>
      plans.flatMap(({ query, root }) =>
        nodesOf(root)
          .filter((node) => isWhole(node) && tables.has(String(node["Relation Name"])))
          .map((node) => `${node["Relation Name"]}: ${query.replace(/\s+/g, " ").trim().slice(0, 300)}`),
      ),
  };
}

/** All of a table, or all that one of its indexes knows. */
function isWhole(node: Node): boolean {
  if (node["Node Type"] === "Seq Scan") return true;
  const isBitmap = node["Node Type"] === "Bitmap Heap Scan";
  return (
    isBitmap && nodesOf(node).some((one) => one["Node Type"] === "Bitmap Index Scan" && one["Index Cond"] === undefined)
  );
}

function planIn(entry: string): Plan | null {
  const [, written = ""] = /\bplan:\s*(\{[\s\S]*\})\s*$/.exec(entry) ?? [];
  if (written === "") return null;
  const { "Query Text": query, Plan: root } = Value.Parse(Written, JSON.parse(written));
  return { query, root };
}

function nodesOf(node: Node): readonly Node[] {
  const below = Array.isArray(node.Plans) ? node.Plans : [];
  return [node, ...below.flatMap((one: Node) => nodesOf(one))];
}
