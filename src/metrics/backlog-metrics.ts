/** The work that waits, as the ledger knows it: the same for every process of a fleet. Absent rather than wrong while the ledger is away. */
import { Gauge, type Registry } from "prom-client";
import type { Backlog } from "../ledger/port/job-reader.ts";
import type { RecentReading } from "./recent-reading.ts";

export function addBacklogMetrics(registry: Registry, readBacklog: RecentReading<Backlog>): void {
  /** A gauge without labels that shows nothing where there is nothing to show. */
  function addGauge(name: string, help: string, pick: (backlog: Backlog) => number): void {
    new Gauge({
      name,
      help,
      registers: [registry],
      async collect() {
        const backlog = await readBacklog();
        if (backlog) this.set(pick(backlog));
        else this.remove();
      },
    });
  }

  addGauge("storewalk_backlog_jobs", "Jobs that are not over", ({ jobs }) => jobs);
  addGauge("storewalk_backlog_images", "Images of those jobs without a result", ({ images }) => images);
  addGauge(
    "storewalk_backlog_oldest_queued_seconds",
    "How long the chunk that waits longest in the queue has been there; 0 when none does",
    ({ oldestQueuedMs }) => oldestQueuedMs / 1_000,
  );
  new Gauge({
    name: "storewalk_backlog_chunks",
    help: "Chunks that are not done: not sent yet, in the queue, in a worker's hands",
    labelNames: ["state"],
    registers: [registry],
    async collect() {
      this.reset();
      const backlog = await readBacklog();
      if (!backlog) return;
      for (const [state, chunks] of Object.entries(backlog.chunks)) this.set({ state }, chunks);
    },
  });
  new Gauge({
    name: "storewalk_ledger_up",
    help: "1 when the ledger answered in time, else 0",
    registers: [registry],
    async collect() {
      this.set((await readBacklog()) ? 1 : 0);
    },
  });
}
