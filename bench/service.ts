/** The service under measurement, a process of its own that also tells its event-loop delay and its memory when asked. */
import { monitorEventLoopDelay } from "node:perf_hooks";
import { startApp } from "../src/app/app.ts";
import { createLog } from "../src/process/log.ts";
import { loadConfig } from "../src/settings/config.ts";
import { importStoreMaster } from "../src/stores/import-stores.ts";

const RESOLUTION_MS = 2;

const config = loadConfig();
const app = await startApp(config, createLog("error"));
await importStoreMaster({ ledger: app.ledger }, [
  new TextEncoder().encode("store_id,store_name,area_code\nB1,Bench,1\n"),
]);
const delay = monitorEventLoopDelay({ resolution: RESOLUTION_MS });
delay.enable();
let peakRss = 0;

process.on("message", (message) => {
  if (message === "reset") {
    delay.reset();
    // Only now: to look that often costs some of the processor time that others measure.
    setInterval(() => {
      peakRss = Math.max(peakRss, process.memoryUsage.rss());
    }, 20).unref();
    peakRss = process.memoryUsage.rss();
    process.send?.({ rss: peakRss });
  } else if (message === "measure") {
    // The histogram counts the timer's own period; only what comes on top is delay.
    const over = (ns: number) => Math.max(0, ns / 1e6 - RESOLUTION_MS);
    process.send?.({ p99Ms: over(delay.percentile(99)), maxMs: over(delay.max), peakRss });
  }
});
process.on("disconnect", () => process.exit());
process.send?.({ address: app.address });
