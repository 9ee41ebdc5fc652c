/** Figures of the process itself: prom-client's own, and how late the main thread's event loop runs. */
import { monitorEventLoopDelay } from "node:perf_hooks";
import { collectDefaultMetrics, Gauge, type Registry } from "prom-client";

/** How often the event loop is asked; Node counts this pause as part of each delay. */
const RESOLUTION_MS = 10;
const QUANTILES = [0.5, 0.99, 1] as const;

/** To be called once a process: Node keeps its observers to the end. */
export function addProcessMetrics(registry: Registry): void {
  collectDefaultMetrics({ register: registry });
  const delays = monitorEventLoopDelay({ resolution: RESOLUTION_MS });
  delays.enable();
  new Gauge({
    name: "storewalk_event_loop_lag_seconds",
    help: "How late the main thread's event loop ran since the scrape before; 1 is the greatest",
    labelNames: ["quantile"],
    registers: [registry],
    collect() {
      if (delays.count === 0) return;
      for (const quantile of QUANTILES) this.set({ quantile }, lagSeconds(delays, quantile));
      delays.reset();
    },
  });
}

function lagSeconds(delays: ReturnType<typeof monitorEventLoopDelay>, quantile: number): number {
  return Math.max(0, delays.percentile(100 * quantile) / 1e9 - RESOLUTION_MS / 1_000);
}
