/** What an alert watches, as it is now: the causes that there are, each with a sentence for people. Reads only. */
import { THRESHOLDS } from "../domain/alert-kinds.ts";
import { addDays } from "../domain/calendar.ts";
import { imagesWaiting, seenTogether, togetherByHost } from "../domain/host-trouble.ts";
import { plainText, shortText } from "../domain/plain-text.ts";
import type { AlertCause, AlertLedger, DueAlert } from "../ledger/port/alert-ledger.ts";
import type { HostLedger } from "../ledger/port/host-ledger.ts";
import type { InsightLedger } from "../ledger/port/insight-ledger.ts";
import type { JobReader } from "../ledger/port/job-reader.ts";
import type { StoreActivityReader } from "../ledger/port/store-ledger.ts";

const MINUTE_MS = 60_000;
const ENDS_A_ROUND = 200;
const STORES_A_PAGE = 1_000;
/** Of more the rest is told when some of these were visited. */
const MOST_STORES = 10_000;
const MOST_JOBS = 1_000;
const MOST_DETAIL = 300;
/** The rate of the backlog is that of so long, and not known before it went for a while. */
const RATE_MS = 600_000;
const LEAST_RATE_MS = 60_000;

export type WatchedLedger = Pick<AlertLedger, "readJobsWhoseUrlsEnd"> &
  Pick<JobReader, "readBacklog" | "readEnds" | "readJob" | "readTenant"> &
  Pick<HostLedger, "readHosts"> &
  Pick<InsightLedger, "readThroughput"> &
  Pick<StoreActivityReader, "readStoreActivity">;

const WHOLE = new Intl.NumberFormat("en");
const SHARE = new Intl.NumberFormat("en", { style: "percent", maximumFractionDigits: 1 });

/** Failed jobs among the ends after the last one that was looked at, and how far it looked. */
export async function readFailedEnds(ledger: WatchedLedger, { tenant, threshold, lastEnd }: DueAlert) {
  const ends = await ledger.readEnds(lastEnd, ENDS_A_ROUND);
  const causes: AlertCause[] = [];
  for (const { no, jobId, status } of ends) {
    if (status !== "failed" || (await ledger.readTenant(jobId)) !== tenant) continue;
    const job = await ledger.readJob(jobId);
    // Of a job that was deleted, or is retried by now, there is nothing to look at.
    if (!job || job.images === 0 || job.failed * 100 <= threshold * job.images) continue;
    const share = SHARE.format(job.failed / job.images);
    const detail = `Job ${jobId} ended with ${share} of its images failed (${WHOLE.format(job.failed)})`;
    const facts = { job_id: jobId, images: job.images, failed: job.failed };
    causes.push({ cause: `end ${no} of job ${jobId}`, detail, facts });
  }
  return { causes, lastEnd: ends.at(-1)?.no ?? lastEnd, isAll: ends.length < ENDS_A_ROUND };
}

/** All causes that last now. `today` is the tenant's day. */
export async function readCauses(
  ledger: WatchedLedger,
  alert: DueAlert,
  { now, today }: { readonly now: number; readonly today: string },
): Promise<readonly AlertCause[]> {
  switch (alert.kind) {
    case "job_failed":
      throw new Error("ends of jobs are read by readFailedEnds");
    case "host_trouble":
      return await hostsInTrouble(ledger, alert);
    case "urls_end":
      return await jobsWhoseUrlsEnd(ledger, alert, now);
    case "store_not_visited":
      return await storesNotVisited(ledger, alert, today);
    case "backlog":
      return await largeBacklog(ledger, alert);
  }
}

async function hostsInTrouble(ledger: WatchedLedger, { tenant }: DueAlert): Promise<readonly AlertCause[]> {
  return togetherByHost(await ledger.readHosts(tenant), seenTogether).map((host) => {
    const waiting = imagesWaiting(host);
    const last = host.trouble === "" ? "" : `: ${host.trouble}`;
    const detail = `Host ${host.host} is in trouble, ${WHOLE.format(waiting)} images wait for it${last}`;
    return {
      cause: host.host,
      detail: shortText(plainText(detail), MOST_DETAIL),
      facts: { host: host.host, images_waiting: waiting },
    };
  });
}

async function largeBacklog(ledger: WatchedLedger, { tenant, threshold }: DueAlert): Promise<readonly AlertCause[]> {
  const { images, jobs } = await ledger.readBacklog(tenant);
  if (images <= threshold) return [];
  const detail = `${WHOLE.format(images)} images wait, more than ${WHOLE.format(threshold)}`;
  return [{ cause: "backlog", detail, facts: { images, jobs } }];
}

async function jobsWhoseUrlsEnd(
  ledger: WatchedLedger,
  { tenant, threshold }: DueAlert,
  now: number,
): Promise<readonly AlertCause[]> {
  const etaMs = await backlogEtaMs(ledger, tenant, now);
  // Nothing is known of a backlog that does not move but that it is not done within the minutes to spare.
  const doneAt = now + (etaMs ?? 0);
  const jobs = await ledger.readJobsWhoseUrlsEnd(tenant, doneAt + threshold * MINUTE_MS, MOST_JOBS);
  return jobs.map(({ jobId, urlsEndAt }) => {
    const end = new Date(urlsEndAt).toISOString();
    const done =
      etaMs === null ? "nobody knows when its turn comes" : `the backlog is done at ${new Date(doneAt).toISOString()}`;
    return {
      cause: `job ${jobId}`,
      detail: `Signed URLs of job ${jobId} end from ${end} on, ${done}`,
      facts: { job_id: jobId, urls_end_at: end, done_at: etaMs === null ? null : new Date(doneAt).toISOString() },
    };
  });
}

/** Null where nobody knows: nothing was done lately, or only for a moment. */
async function backlogEtaMs(ledger: WatchedLedger, tenant: string, now: number): Promise<number | null> {
  const { images } = await ledger.readBacklog(tenant);
  if (images === 0) return 0;
  const steps = await ledger.readThroughput(tenant, now - RATE_MS);
  const began = Math.min(...steps.filter((step) => step.images > 0).map(({ at }) => at));
  const spanMs = now - began;
  if (!(spanMs >= LEAST_RATE_MS)) return null;
  const done = steps.reduce((sum, step) => sum + step.images, 0);
  return (images / done) * spanMs;
}

async function storesNotVisited(
  ledger: WatchedLedger,
  { tenant, threshold }: DueAlert,
  today: string,
): Promise<readonly AlertCause[]> {
  const notSince = addDays(today, -threshold);
  const filter = { tenant, area: null, isOpen: true, text: null, notSince };
  const causes: AlertCause[] = [];
  for (let afterId = ""; causes.length < MOST_STORES; ) {
    const stores = await ledger.readStoreActivity(filter, { afterId, limit: STORES_A_PAGE });
    for (const { id, name, area, lastVisit, opened } of stores) {
      // Nobody could visit it for so long.
      if (opened !== null && opened > notSince) continue;
      const since = lastVisit === null ? "was never visited" : `was visited last on ${lastVisit}`;
      const detail = shortText(plainText(`Store ${id} (${name}) ${since}`), MOST_DETAIL);
      causes.push({ cause: id, detail, facts: { store_id: id, area, last_visit: lastVisit } });
    }
    afterId = stores.at(-1)?.id ?? "";
    if (stores.length < STORES_A_PAGE) break;
  }
  return causes.slice(0, MOST_STORES);
}

/** Where people look at it, below the dashboard's address. */
export function placeOf(kind: DueAlert["kind"], facts: AlertCause["facts"] | undefined): string {
  const job = facts?.job_id;
  if ((kind === "job_failed" || kind === "urls_end") && typeof job === "number") return `/jobs/${job}`;
  if (kind === "host_trouble") return "/hosts";
  if (kind === "store_not_visited") return "/stores";
  return "/jobs";
}

/** One sentence over all of them. */
export function headlineOf(alert: Pick<DueAlert, "kind" | "threshold">, count: number, first: string): string {
  return count === 1 ? first : THRESHOLDS[alert.kind].several(WHOLE.format(count), alert.threshold);
}
