/**
 * Have we seen this photo before? Asked with a URL or with the photo itself, among the inspected photos of one tenant. Keeps nothing of what
 * it was asked with. Must never hold up the service: few are looked at a time, few wait, and decoding happens in a child process.
 */
import { type AccessTable, faultWithoutSecrets } from "../domain/access-table.ts";
import { ImageFault } from "../domain/error-codes.ts";
import type { ReuseKind } from "../domain/findings.ts";
import { USUAL_SETTINGS } from "../domain/truth-rules.ts";
import type { AlikePhoto, InspectionLedger } from "../ledger/port/inspection-ledger.ts";
import type { JobReader } from "../ledger/port/job-reader.ts";
import type { LayOver, ReviewLedger } from "../ledger/port/review-ledger.ts";
import type { StoreLedger } from "../ledger/port/store-ledger.ts";
import { createFairSemaphore } from "../pipeline/fair-semaphore.ts";
import { createImageInspector, type InspectedImage } from "../pipeline/inspect-image.ts";
import type { SideReader } from "../pipeline/side-reader.ts";
import { NO_PROBES } from "../truth/fingerprint.ts";
import { layOverOf } from "../truth/lay-over.ts";
import { type ComparePhotos, type Match, matchesAmong } from "../truth/match.ts";
import { doubtsOf, KIND_WORDS, kindOf, thresholdFor } from "../truth/reuse-rules.ts";

const LOOKED_AT_A_TIME = 2;
const MOST_WAITING = 20;
/** Fetching, decoding and looking up together. */
const TIME_LIMIT_MS = 20_000;
const ONE_IMAGE = { outcome: null, code: null, storeId: null, visit: null } as const;

export type SimilarPhoto = {
  readonly jobId: number;
  readonly image: number;
  readonly imageUrl: string;
  readonly storeId: string;
  readonly storeName: string | null;
  readonly area: string | null;
  readonly visitTime: string;
  readonly kind: ReuseKind;
  readonly score: number;
  readonly why: string;
  readonly layOver: LayOver | null;
  readonly isMeasured: boolean;
};

export type SimilarAnswer =
  | { readonly kind: "matches"; readonly matches: readonly SimilarPhoto[] }
  /** It could not be looked at; `why` says the reason. */
  | { readonly kind: "not-inspected"; readonly why: string }
  /** Too many wait already. */
  | { readonly kind: "busy" };

export type SimilarPhotos = {
  toUrl(tenant: string, url: string): Promise<SimilarAnswer>;
  /** `read` is called when there is a place: nothing is held of those who wait. What it throws is thrown on. */
  toPhoto(tenant: string, read: () => Promise<Uint8Array>): Promise<SimilarAnswer>;
};

const NOTHING_TO_SEE = {
  kind: "not-inspected",
  why: "no picture could be read from it, or one too plain to be told from others",
} as const;

type Ledger = Pick<InspectionLedger, "findAlikeTo"> &
  Pick<JobReader, "readImages"> &
  Pick<ReviewLedger, "readTruthSettings"> &
  Pick<StoreLedger, "readStore">;

export function createSimilarPhotos(deps: {
  readonly ledger: Ledger;
  readonly reader: Pick<SideReader, "openRemote" | "decoder">;
  readonly compare: ComparePhotos;
  /** What the tenant sends to hosts that ask. */
  readonly readAccessTable: (tenant: string) => Promise<AccessTable>;
}): SimilarPhotos {
  const { ledger } = deps;
  const places = createFairSemaphore(LOOKED_AT_A_TIME);
  const inspect = createImageInspector(deps.reader.decoder);

  async function withPlace(
    tenant: string,
    look: (signal: AbortSignal) => Promise<InspectedImage>,
  ): Promise<SimilarAnswer> {
    if (places.waiting >= MOST_WAITING) return { kind: "busy" };
    const signal = AbortSignal.timeout(TIME_LIMIT_MS);
    let free = () => {};
    try {
      free = await places.acquire(tenant, signal);
      const seen = await look(signal);
      return seen.kind === "inspected" ? await matchesOf(tenant, seen) : seen;
    } catch (error) {
      if (error instanceof ImageFault) return { kind: "not-inspected", why: error.message };
      if (error instanceof Error && error.name === "TimeoutError") {
        return { kind: "not-inspected", why: `it took more than ${TIME_LIMIT_MS / 1_000} s` };
      }
      throw error;
    } finally {
      free();
    }
  }

  async function matchesOf(
    tenant: string,
    { digest, inspection: { fingerprint, restsOn } }: Extract<InspectedImage, { readonly kind: "inspected" }>,
  ): Promise<SimilarAnswer> {
    const { settings } = (await ledger.readTruthSettings(tenant)) ?? { settings: USUAL_SETTINGS };
    const matches: SimilarPhoto[] = [];
    const alike = await ledger.findAlikeTo(tenant, digest, fingerprint?.probes ?? NO_PROBES);
    for (const { photo, match } of await matchesAmong(deps.compare, fingerprint?.sketch ?? null, alike)) {
      if (match.score < thresholdFor(settings.reuse.other_store.leastScore, match.isWall)) continue;
      const byThumbnail = restsOn === "thumbnail" || photo.restsOn === "thumbnail";
      const similar = await similarPhoto(photo, match, doubtsOf({ isWall: match.isWall, byThumbnail }));
      if (similar) matches.push(similar);
    }
    if (matches.length === 0 && !fingerprint) return NOTHING_TO_SEE;
    return { kind: "matches", matches: matches.sort((a, b) => b.score - a.score) };
  }

  async function similarPhoto(photo: AlikePhoto, match: Match, doubts: string): Promise<SimilarPhoto | null> {
    const { jobId, image, storeId, visitTime, hasSameBytes: sameBytes } = photo;
    const [row] = (await ledger.readImages(jobId, ONE_IMAGE, { after: image - 1, limit: 1 })).rows;
    if (row?.image !== image) return null;
    const store = await ledger.readStore(storeId);
    const kind = kindOf({ sameBytes, view: match.view });
    return {
      jobId,
      image,
      imageUrl: row.imageUrl,
      storeId,
      storeName: store?.name ?? null,
      area: store?.area ?? null,
      visitTime,
      kind,
      score: match.score,
      why: `${KIND_WORDS[kind]} in store ${storeId} (${visitTime})${sameBytes ? "" : doubts}`,
      layOver: layOverOf(match, "onto"),
      isMeasured: row.result?.outcome === "measured",
    };
  }

  return {
    toUrl: (tenant, url) =>
      withPlace(tenant, async (signal) => {
        const access = await deps.readAccessTable(tenant);
        const image = deps.reader.openRemote(url, { lane: "similar", access: () => access, signal });
        try {
          return await inspect(image, "full", signal);
        } catch (error) {
          throw faultWithoutSecrets(error, access);
        } finally {
          image.release();
        }
      }),

    toPhoto: (tenant, read) =>
      withPlace(tenant, async (signal) => {
        const bytes = await read();
        const all = async () => bytes;
        const source = {
          prefix: async () => ({ bytes, complete: true }),
          tail: async (length: number) => bytes.subarray(Math.max(0, bytes.length - length)),
          whole: all,
          totalBytes: () => bytes.length,
        };
        return await inspect(source, "full", signal);
      }),
  };
}
