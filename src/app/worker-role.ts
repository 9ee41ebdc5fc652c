/** What only a process that runs chunks has: its pipeline threads, its place in the fleet, and the worker that feeds the ones from the other. */
import { randomBytes } from "node:crypto";
import { hostname } from "node:os";
import { createComparer } from "../pipeline/compare-photos.ts";
import { createPaceMemory } from "../pipeline/fetch/pace-table.ts";
import { systemClock } from "../process/clock.ts";
import { startGivenUpHosts } from "../worker/given-up-hosts.ts";
import { createJudge } from "../worker/judge.ts";
import type { Membership } from "../worker/membership.ts";
import { type PipelineThreads, startPipelineThreads } from "../worker/pipeline-threads.ts";
import { startTenantAccess } from "../worker/tenant-access.ts";
import { createHostWatch, type HostWatch } from "../worker/watch-hosts.ts";
import { startWorker } from "../worker/worker.ts";
import { capacityOf, connectionsPerHost, pipelineSettings, prefetchOf } from "./capacity.ts";
import { joinFleet } from "./every-role.ts";
import type { Parts } from "./parts.ts";

/** What runs may finish within this time of a stop; the rest is handed back. With the flush after it a stop stays under 30 s. */
const STOP_GRACE_MS = 15_000;

/** `threadEntry` is the module of a pipeline thread; `onChunkOver` is called when there may be room for another chunk. */
export async function startWorkerRole(
  parts: Parts,
  { threadEntry, onChunkOver }: { readonly threadEntry: URL; readonly onChunkOver: () => void },
): Promise<Membership> {
  const { config } = parts;
  const id = memberId();
  const watch = watchHosts(parts);
  const threads = startThreads(parts, threadEntry, watch);
  const membership = await joinFleet(parts, {
    readMember: () => ({ id, ...capacityOf(config, threads.parked()) }),
    readHosts: watch.hosts,
    onFleetThreads: (fleetThreads) => threads.limitPerHost(connectionsPerHost(config, fleetThreads)),
  });
  startRunning(parts, threads, onChunkOver);
  return membership;
}

/** A host's trouble is said once, and once that it is over. */
function watchHosts({ log }: Parts): HostWatch {
  return createHostWatch({
    onTrouble: ({ host, trouble, atOnce, perSecond, waiting }) =>
      log.warn(
        { host, cause: trouble, atOnce, perSecond, jobs: waiting.length },
        "a host is in trouble; its images wait",
      ),
    onOver: (host) => log.info({ host }, "no image waits for this host's trouble any more"),
  });
}

function startThreads({ config, log, metrics, cells, stops }: Parts, entry: URL, watch: HostWatch): PipelineThreads {
  const memory = createPaceMemory(config.workerThreads);
  const threads = startPipelineThreads({
    settings: pipelineSettings(config).map((settings, thread) => ({
      ...settings,
      cells: cells[thread],
      paces: { memory, thread },
    })),
    entry,
    onBug: (message) => log.error({ cause: message }, "a fault while processing an image"),
    onHostGivenUp: (message) =>
      log.warn({ cause: message }, "a host is waited for no longer; its images fail until it answers"),
    onHosts: watch.tell,
    onThreadDied: (error) => {
      metrics.threadDied();
      log.error({ err: error }, "a pipeline thread died and was replaced");
    },
  });
  stops.push(() => threads.stop());
  return threads;
}

function startRunning(parts: Parts, threads: PipelineThreads, onChunkOver: () => void): void {
  const { config, log, ledger, queue, metrics, onError, stops } = parts;
  const tenantAccess = startTenantAccess({
    ledger,
    open: parts.accessSeal.open,
    clock: systemClock,
    runImages: threads.runImages,
    tell: threads.tellAccess,
    onUnusable: ({ tenant, pattern }, cause) =>
      log.error({ tenant, host: pattern, cause }, "credentials of a host cannot be used; its images fail"),
    onError,
  });
  stops.push(() => tenantAccess.stop());
  const givenUpHosts = startGivenUpHosts({
    ledger,
    clock: systemClock,
    runImages: tenantAccess.runImages,
    giveUp: (order) => {
      log.warn(
        { jobId: Number(order.lane), cause: order.sentence },
        "a host was given up by hand; its images of this job fail",
      );
      threads.giveUp(order);
    },
    onError,
  });
  stops.push(() => givenUpHosts.stop());
  const comparer = createComparer();
  stops.push(() => comparer.stop());
  const worker = startWorker({
    ledger,
    queue,
    runImages: givenUpHosts.runImages,
    judge: createJudge({ ledger, compare: comparer.compare, onError }),
    clock: systemClock,
    leaseMs: config.leaseMs,
    prefetch: prefetchOf(config),
    events: {
      onRecorded: (jobId, reply) => {
        metrics.recorded(reply);
        if (reply.jobStatus) log.info({ jobId, status: reply.jobStatus }, "job over");
      },
      onChunkOver,
      onFenced: (lease) => {
        metrics.fenced();
        log.warn(lease, "the chunk went to another worker; nothing was written");
      },
      onCrashed: (lease) => log.warn(lease, "the chunk's thread died; it will run again"),
      onError,
    },
  });
  stops.push(() => worker.stop(STOP_GRACE_MS));
}

/** Unique for each start: the host's name and process number are for people who read the table. */
function memberId(): string {
  return `${hostname()}-${process.pid}-${randomBytes(6).toString("hex")}`;
}
