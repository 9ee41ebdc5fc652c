/** What the roles share: the engines behind the ports, the figures, and who must be stopped. Starts no work of its own. */
import { type AccessSeal, createAccessSeal } from "../access/seal.ts";
import { readAuthSecret } from "../keys/auth-secret.ts";
import type { Ledger } from "../ledger/port/ledger.ts";
import { createMetrics, type Metrics } from "../metrics/create-metrics.ts";
import { createStageCells, readStageCells, type StageCells } from "../pipeline/stage-cells.ts";
import type { Log } from "../process/log.ts";
import type { Queue } from "../queue/queue.ts";
import type { Config } from "../settings/config.ts";
import { openQueue, openServiceLedger } from "./adapters.ts";
import { pipelineSettings } from "./capacity.ts";

/** What ends the parts that are started; the last one in is called first. */
export type Stops = (() => Promise<void>)[];

export type Parts = {
  readonly config: Config;
  readonly log: Log;
  /** Its calls are timed. */
  readonly ledger: Ledger;
  /** The service's own; null for a fleet that was given none. */
  readonly authSecret: string | null;
  readonly accessSeal: AccessSeal;
  /** Images without a result. Not timed: whoever watches asks it, no work does. */
  readonly readBacklogImages: () => Promise<number>;
  readonly queue: Queue;
  readonly metrics: Metrics;
  /** What each pipeline thread counts; empty where none runs. */
  readonly cells: readonly StageCells[];
  readonly onError: (error: unknown) => void;
  readonly stops: Stops;
};

/** Rejects with LedgerUnusable. */
export async function openParts(config: Config, log: Log, stops: Stops): Promise<Parts> {
  const ledger = await openServiceLedger(config, log);
  stops.push(() => ledger.close());
  const readBacklog = () => ledger.readBacklog(null);
  const cells = config.role === "api" ? [] : pipelineSettings(config).map(({ gpu }) => createStageCells(gpu.places));
  const metrics = createMetrics({
    readBacklog,
    readPipeline: () => readStageCells(cells),
    now: () => performance.now(),
  });
  const authSecret = readAuthSecret(config);
  const queue = await openQueue(config, log);
  stops.push(() => queue.close());
  return {
    config,
    log,
    ledger: metrics.timeCalls(ledger),
    authSecret,
    accessSeal: createAccessSeal(authSecret),
    readBacklogImages: async () => (await readBacklog()).images,
    queue,
    metrics,
    cells,
    onError: (error) => log.error({ err: error }, "ledger or queue could not be used; trying again"),
    stops,
  };
}
