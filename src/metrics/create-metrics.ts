/** All figures of one process in a registry of its own. Reading them waits for nobody longer than a second. */
import { Registry } from "prom-client";
import type { Backlog } from "../ledger/port/job-reader.ts";
import type { PipelineReading } from "../pipeline/stage-cells.ts";
import { addBacklogMetrics } from "./backlog-metrics.ts";
import { addHttpMetrics, type HttpMetrics } from "./http-metrics.ts";
import { addLedgerMetrics, type LedgerMetrics } from "./ledger-metrics.ts";
import { addPipelineMetrics } from "./pipeline-metrics.ts";
import { addProcessMetrics } from "./process-metrics.ts";
import { createRecentReading } from "./recent-reading.ts";
import { addRefusalMetrics, type RefusalMetrics } from "./refusal-metrics.ts";
import { addWorkMetrics, type WorkMetrics } from "./work-metrics.ts";

const BACKLOG_KEEP_MS = 1_500;
const BACKLOG_WAIT_MS = 1_000;

export type Metrics = WorkMetrics &
  HttpMetrics &
  RefusalMetrics &
  LedgerMetrics & {
    /** Prometheus' text format. */
    readonly contentType: string;
    text(): Promise<string>;
  };

export function createMetrics(deps: {
  readonly readBacklog: () => Promise<Backlog>;
  readonly readPipeline: () => PipelineReading;
  /** Milliseconds of a clock that only goes forward. */
  readonly now: () => number;
}): Metrics {
  const registry = new Registry();
  const readBacklog = createRecentReading({
    read: deps.readBacklog,
    keepMs: BACKLOG_KEEP_MS,
    waitMs: BACKLOG_WAIT_MS,
    now: deps.now,
  });
  const work = addWorkMetrics(registry);
  addPipelineMetrics(registry, deps.readPipeline);
  addBacklogMetrics(registry, readBacklog);
  const ledger = addLedgerMetrics(registry, deps.now);
  const http = addHttpMetrics(registry);
  const refusals = addRefusalMetrics(registry);
  addProcessMetrics(registry);
  return {
    ...work,
    ...ledger,
    ...http,
    ...refusals,
    contentType: registry.contentType,
    text: () => registry.metrics(),
  };
}
