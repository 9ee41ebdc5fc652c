/** Builders of ledger input with defaults, for tests only. */
import type { ErrorCode } from "../domain/error-codes.ts";
import type { Finding, Findings } from "../domain/findings.ts";
import type { ImageResult, JobOptions } from "../domain/job.ts";
import { NO_LABELS } from "../domain/labels.ts";
import { DEFAULT_TENANT } from "../domain/scopes.ts";
import type { Store } from "../domain/store.ts";
import type { NewVisit } from "../domain/visit.ts";
import type { Ledger } from "../ledger/port/ledger.ts";
import type { NewSchedule } from "../ledger/port/schedule-ledger.ts";
import type { Claim, DispatchedChunk } from "../ledger/port/work-ledger.ts";

export function aStore(store: Partial<Store> = {}): Store {
  return { id: "S1", name: "Corner shop", area: "7100015", ...store };
}

export function aVisit(
  visit: Omit<Partial<NewVisit>, "images"> & { readonly images?: number; readonly imageUrls?: readonly string[] } = {},
): NewVisit {
  const { images = 1, imageUrls = urls(images), ...given } = visit;
  return {
    storeId: "S1",
    images: imageUrls.map((url) => ({ url, labels: NO_LABELS })),
    visitTime: "2024-05-01T10:00:00Z",
    visitDate: "2024-05-01",
    visitAt: null,
    labels: NO_LABELS,
    ...given,
  };
}

const urls = (count: number) => Array.from({ length: count }, (_, no) => `http://photos.example/${no}.jpg`);

export function jobOptions(options: Partial<JobOptions> = {}): JobOptions {
  return {
    integrity: "complete",
    inspect: "off",
    rules: null,
    priority: 5,
    labels: NO_LABELS,
    callbackUrl: null,
    tenant: DEFAULT_TENANT,
    ...options,
  };
}

export function aSchedule(schedule: Partial<NewSchedule> = {}): NewSchedule {
  return {
    tenant: DEFAULT_TENANT,
    name: "Mondays",
    cron: "0 6 * * 1",
    timeZone: "Asia/Kolkata",
    source: { kind: "url", url: "https://files.example/manifest.csv" },
    format: "csv",
    options: { priority: 7 },
    dueAt: 1_000_100,
    ...schedule,
  };
}

export function measured(no: number, given: { width?: number; height?: number; host?: string } = {}): ImageResult {
  const { width = 3, height = 4, host = "photos.example" } = given;
  return {
    no,
    host,
    outcome: { kind: "measured", format: "jpeg", width, height, bytes: 100 },
    attempts: 1,
    fetchMs: 7,
    finishedAt: 5,
  };
}

export function failed(no: number, code: ErrorCode = "not_found"): ImageResult {
  return {
    no,
    outcome: { kind: "failed", code, detail: `image ${no} is not there` },
    attempts: 1,
    fetchMs: 7,
    finishedAt: 5,
  };
}

/** Submits a job in one go and returns its id. */
export async function submitJob(
  ledger: Ledger,
  visits: readonly NewVisit[],
  options: Partial<JobOptions> = {},
): Promise<number> {
  const jobId = await ledger.openJob(jobOptions(options));
  await ledger.addVisits(jobId, visits);
  await ledger.sealJob(jobId);
  return jobId;
}

/** Queues everything that may go. */
export async function dispatchAll(ledger: Ledger): Promise<readonly DispatchedChunk[]> {
  return await ledger.dispatch({ windowImages: 1_000_000, windowChunks: 1_000_000, maxChunks: 10_000 });
}

/** Dispatches and claims the next chunk; throws when there is none. */
export async function claimNext(ledger: Ledger, leaseMs = 1_000): Promise<Claim> {
  const [ref] = await ledger.dispatch({ windowImages: 1_000_000, windowChunks: 1_000_000, maxChunks: 1 });
  const claim = ref ? await ledger.claim(ref, leaseMs) : null;
  if (!claim) throw new Error("there must be a chunk to claim");
  return claim;
}

export function aFinding(...flags: readonly Finding["flag"][]): Findings {
  const finding = { why: "no light", measure: "p95", figure: 61, threshold: 90, weight: "likely" } as const;
  return { flags: flags.map((flag) => ({ flag, ...finding })), figures: { p95: 61 }, notInspected: null };
}
