/** What was refused because there was too much of it, by reason. */
import { Counter, type Registry } from "prom-client";

const REASONS = [
  "requests",
  "images",
  "attempts",
  "backlog",
  "disk",
  "memory",
  "lag",
  "reports",
  "events",
  "connections",
  "pipelining",
] as const;
export type RefusalReason = (typeof REASONS)[number];

export type RefusalMetrics = { refused(reason: RefusalReason): void };

export function addRefusalMetrics(registry: Registry): RefusalMetrics {
  const refused = new Counter({
    name: "storewalk_refused_total",
    help: "Requests and connections refused by a limit",
    labelNames: ["reason"],
    registers: [registry],
  });
  // From 0 on, so that the first refusal is a step that a rule can see.
  for (const reason of REASONS) refused.inc({ reason }, 0);
  return { refused: (reason) => refused.inc({ reason }) };
}
