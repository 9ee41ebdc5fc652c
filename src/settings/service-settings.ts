/** The process itself: where it listens, where its data are, how many threads work, how it ends and what it writes down. */
import { availableParallelism } from "node:os";
import { HOUR_MS, setting } from "./setting.ts";
import { integer, oneOf, text } from "./setting-rules.ts";

const threads = String(Math.max(1, availableParallelism() - 1));

export const SERVICE_SETTINGS = {
  host: setting("STOREWALK_HOST", "127.0.0.1", "Address on which the API listens", text),
  port: setting("STOREWALK_PORT", "8080", "Port on which the API listens; 0 takes a free one", integer(0, 65_535)),
  dataDir: setting("STOREWALK_DATA_DIR", "./data", "Folder of the embedded ledger", text),
  workerThreads: setting(
    "STOREWALK_WORKER_THREADS",
    threads,
    "Threads that fetch and measure; the default is the machine's cores less one",
    integer(1, 256),
  ),
  storeMaster: setting("STOREWALK_STORE_MASTER", "", "CSV file imported at start when the ledger has no stores", text),
  keepDays: setting(
    "STOREWALK_KEEP_DAYS",
    "0",
    "Days for which jobs that are over are kept; 0 keeps them for ever",
    integer(0, 36_500),
  ),
  drainMs: setting(
    "STOREWALK_DRAIN_MS",
    "0",
    "Time between the moment /readyz says draining and the stop, for load balancers to look elsewhere",
    integer(0, HOUR_MS),
  ),
  logLevel: setting(
    "STOREWALK_LOG_LEVEL",
    "info",
    "Least serious log lines written",
    oneOf(["trace", "debug", "info", "warn", "error", "silent"]),
  ),
} as const;
