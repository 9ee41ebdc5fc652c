/**
 * Asks for one image as a tenant's jobs would, for somebody who wants to know whether its credentials do: what is sent, and what comes. Keeps nothing, and
 * shows nothing of what is secret. Must never hold up the service: few are tried at a time, few wait.
 */
import type { AccessTable } from "../domain/access-table.ts";
import { bucketAddressOf } from "../domain/bucket-address.ts";
import { ImageFault } from "../domain/error-codes.ts";
import type { HostAccess } from "../domain/host-access.ts";
import type { ImageOutcome } from "../domain/image.ts";
import { plainText, shortText } from "../domain/plain-text.ts";
import { createFairSemaphore } from "../pipeline/fair-semaphore.ts";
import { introductionTo } from "../pipeline/fetch/introduction.ts";
import { createImageMeasurer, DEFAULT_MAX_HEADER_BYTES } from "../pipeline/measure/measure-image.ts";
import type { OpenImage } from "../pipeline/process-image.ts";
import type { ReadAccessTable } from "./read-access-table.ts";

const TRIED_AT_A_TIME = 2;
const MOST_WAITING = 20;
const TIME_LIMIT_MS = 20_000;
const MOST_DETAIL = 500;

export type TriedUrl = {
  readonly kind: "tried";
  /** Of the row that holds for the URL; null where none does. */
  readonly pattern: string | null;
  /** Names of what is sent for it: headers, and parameters with a question mark. */
  readonly sends: readonly string[];
  readonly outcome: ImageOutcome;
};

export type TryUrl = (tenant: string, url: string) => Promise<TriedUrl | { readonly kind: "busy" }>;

export function createTryUrl(deps: {
  readonly openRemote: OpenImage;
  readonly readAccessTable: ReadAccessTable;
  readonly maxPixels: number;
}): TryUrl {
  const places = createFairSemaphore(TRIED_AT_A_TIME);
  const { measure } = createImageMeasurer({
    maxPixels: deps.maxPixels,
    maxHeaderBytes: DEFAULT_MAX_HEADER_BYTES,
    decoder: null,
  });

  async function outcomeOf(url: string, access: AccessTable, signal: AbortSignal): Promise<ImageOutcome> {
    const image = deps.openRemote(url, { lane: "hosts", access: () => access, signal });
    try {
      return await measure(image, "header", signal);
    } catch (error) {
      if (error instanceof ImageFault) return { kind: "failed", code: error.code, detail: error.message };
      if (!signal.aborted) throw error;
      return { kind: "failed", code: "timeout", detail: `it took more than ${TIME_LIMIT_MS / 1_000} s` };
    } finally {
      image.release();
    }
  }

  return async (tenant, text) => {
    if (places.waiting >= MOST_WAITING) return { kind: "busy" };
    const signal = AbortSignal.timeout(TIME_LIMIT_MS);
    const free = await places.acquire(tenant, signal);
    try {
      const access = await deps.readAccessTable(tenant);
      const outcome = await outcomeOf(text, access, signal);
      return { kind: "tried", ...knownFor(text, access), outcome: presentable(outcome, access) };
    } finally {
      free();
    }
  };
}

function presentable(outcome: ImageOutcome, access: AccessTable): ImageOutcome {
  if (outcome.kind === "measured") return outcome;
  const detail = shortText(plainText(access.withoutSecrets(outcome.detail)), MOST_DETAIL);
  return { ...outcome, detail };
}

/** The row that holds for the address, told as for jobs: an object in a bucket by its key as it is written. */
function knownFor(text: string, access: AccessTable): Pick<TriedUrl, "pattern" | "sends"> {
  const address = bucketAddressOf(text);
  const url = address === null ? URL.parse(text.trim()) : null;
  const ofBucket = address === null || "fault" in address ? null : access.toObject(address);
  const row = url === null ? ofBucket : access.to(url);
  return row === null ? { pattern: null, sends: [] } : { pattern: row.pattern, sends: sentFor(url, row) };
}

function sentFor(url: URL | null, access: HostAccess): readonly string[] {
  switch (access.kind) {
    case "unusable":
      return [];
    case "web": {
      const said = url && introductionTo(url, access);
      const agent = access.userAgent === null ? [] : ["User-Agent"];
      if (url === null || said === null || said.lines + said.search === url.search) return agent;
      return [...access.headerNames, ...access.queryNames.map((name) => `?${name}`), ...agent];
    }
    case "s3":
      return ["Authorization", ...(access.hasSessionToken ? ["X-Amz-Security-Token"] : [])];
    case "azure":
      return access.by === "key" ? ["Authorization"] : ["?sig"];
  }
}
