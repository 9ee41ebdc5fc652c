/**
 * The whole service at one look, from the ledger, so that any process can tell it. What costs more than a page of rows is read again only
 * after a while, however many look.
 */
import type { CountsByCode, ErrorCode } from "../domain/error-codes.ts";
import type { FleetLedger } from "../ledger/port/fleet-ledger.ts";
import type { InsightLedger } from "../ledger/port/insight-ledger.ts";
import { ANY_JOB, type JobFilter, type JobReader, type JobSnapshot } from "../ledger/port/job-reader.ts";
import type { StoreLedger } from "../ledger/port/store-ledger.ts";
import { readFailureGroups } from "./read-failure-groups.ts";

const HOUR_MS = 3_600_000;
const MOST_JOBS = 100;
/** Failures of the running jobs that failed most are looked into, and not all the time. */
const JOBS_LOOKED_INTO = 3;
const TROUBLE_KEPT_MS = 10_000;
const MOST_HOSTS = 10;
export const THROUGHPUT_STEP_SECONDS = 10;
const STEP_MS = THROUGHPUT_STEP_SECONDS * 1_000;
const STEPS_SHOWN = 60;

/** Failures that say something about a host, not about one image of it. */
const HOST_CODES: ReadonlySet<ErrorCode> = new Set([
  "dns_failed",
  "connect_failed",
  "tls_failed",
  "timeout",
  "rate_limited",
  "http_error",
  "host_unavailable",
]);

export type HostInTrouble = { readonly host: string; readonly code: ErrorCode; readonly failed: number };

type Ledger = Pick<JobReader, "listJobs" | "readBacklog" | "readResults"> &
  Pick<FleetLedger, "readFleet"> &
  Pick<StoreLedger, "countStores"> &
  Pick<InsightLedger, "readThroughput">;

export function createOverview(deps: { readonly ledger: Ledger; readonly now: () => number }) {
  const { ledger, now } = deps;
  /** By tenant. */
  const trouble = new Map<string | null, { readonly at: number; readonly hosts: Promise<readonly HostInTrouble[]> }>();

  const list = async (filter: Pick<JobFilter, "tenant" | "statuses">) =>
    (await ledger.listJobs({ ...ANY_JOB, ...filter }, { before: null, limit: MOST_JOBS })).jobs;

  async function hostsInTrouble(
    tenant: string | null,
    running: readonly JobSnapshot[],
  ): Promise<readonly HostInTrouble[]> {
    const at = now();
    const known = trouble.get(tenant);
    if (known && at - known.at < TROUBLE_KEPT_MS) return await known.hosts;
    const hosts = readHosts(running);
    // One that failed says nothing for the next ten seconds but its own fault.
    hosts.catch(() => {});
    trouble.set(tenant, { at, hosts });
    return await hosts;
  }

  async function readHosts(running: readonly JobSnapshot[]): Promise<readonly HostInTrouble[]> {
    const worst = running.toSorted((a, b) => b.failed - a.failed).slice(0, JOBS_LOOKED_INTO);
    const found = new Map<string, HostInTrouble>();
    for (const job of worst.filter(({ failed }) => failed > 0)) {
      const groups = (await readFailureGroups(ledger, job.jobId)).list({ hosts: MOST_HOSTS, stores: 0 });
      for (const { code, hosts } of groups.filter((group) => HOST_CODES.has(group.code))) {
        for (const { host, images } of hosts) {
          const key = `${code} ${host}`;
          found.set(key, { host, code, failed: images + (found.get(key)?.failed ?? 0) });
        }
      }
    }
    return [...found.values()].sort((a, b) => b.failed - a.failed).slice(0, MOST_HOSTS);
  }

  /** Results of each ten seconds, those without any too. */
  async function readThroughput(tenant: string | null) {
    const from = (Math.floor(now() / STEP_MS) - STEPS_SHOWN + 1) * STEP_MS;
    const known = new Map((await ledger.readThroughput(tenant, from)).map(({ at, images }) => [at, images]));
    return { from, images: Array.from({ length: STEPS_SHOWN }, (_, step) => known.get(from + step * STEP_MS) ?? 0) };
  }

  /** Of one tenant, or of all for null; the fleet and the store master are everybody's. */
  return async (tenant: string | null) => {
    const [running, ended, backlog, fleet, stores, throughput] = await Promise.all([
      list({ tenant, statuses: ["ongoing", "paused"] }),
      list({ tenant, statuses: ["completed", "failed", "cancelled"] }),
      ledger.readBacklog(tenant),
      ledger.readFleet(),
      ledger.countStores(),
      readThroughput(tenant),
    ]);
    const lastHour = [...running, ...ended.filter(({ finishedAt }) => (finishedAt ?? 0) > now() - HOUR_MS)];
    return {
      running,
      backlog,
      fleet,
      stores,
      throughput,
      failuresByCode: sumByCode(lastHour),
      failed: lastHour.reduce((sum, { failed }) => sum + failed, 0),
      done: lastHour.reduce((sum, { failed, succeeded }) => sum + failed + succeeded, 0),
      hostsInTrouble: await hostsInTrouble(tenant, running),
    };
  };
}

function sumByCode(jobs: readonly JobSnapshot[]): CountsByCode {
  const sums: Partial<Record<ErrorCode, number>> = {};
  for (const { failuresByCode } of jobs) {
    for (const [code, images] of Object.entries(failuresByCode) as [ErrorCode, number][]) {
      sums[code] = (sums[code] ?? 0) + images;
    }
  }
  return sums;
}
