/** Puts thumbnails together: a fetcher and a decoder of their own, so that looking at a job never takes a place from running one. */
import { join } from "node:path";
import { createGuard } from "../pipeline/fetch/guard.ts";
import { createImageFetcher } from "../pipeline/fetch/image-fetcher.ts";
import { createPaceMemory, openPaceTable } from "../pipeline/fetch/pace-table.ts";
import { DEFAULT_FETCH_SETTINGS, type FetchSettings } from "../pipeline/fetch/settings.ts";
import { createDecoder } from "../pipeline/measure/decode-pool.ts";
import { type UploadSettings, withUploads } from "../pipeline/uploaded-image.ts";
import { openPictureCache } from "./picture-cache.ts";
import { createThumbnails, type Thumbnails } from "./thumbnails.ts";

/** A larger file has no thumbnail: it would be held whole. */
const MAX_IMAGE_BYTES = 32 * 2 ** 20;
const FRAMING_BYTES = 2 ** 20;
const DECODE = { timeLimitMs: 10_000, maxMemoryBytes: 768 * 2 ** 20 } as const;

export async function openThumbnails(options: {
  readonly dataDir: string;
  readonly cacheBytes: number;
  readonly guard: { readonly allowHosts: readonly string[]; readonly connectMs: number };
  readonly fetch: Partial<FetchSettings>;
  readonly uploads: UploadSettings;
  readonly maxPixels: number;
}): Promise<Thumbnails> {
  const settings = { ...DEFAULT_FETCH_SETTINGS, ...options.fetch };
  const maxImageBytes = Math.min(settings.maxImageBytes, MAX_IMAGE_BYTES);
  const guard = createGuard({ ...options.guard, maxWireBytes: maxImageBytes + FRAMING_BYTES });
  const fetcher = createImageFetcher({
    guard,
    settings: { ...settings, maxImageBytes, maxAttempts: 1 },
    paces: openPaceTable(createPaceMemory(1), 0),
  });
  const decoder = createDecoder({ maxPixels: options.maxPixels, ...DECODE });
  return createThumbnails({
    cache: await openPictureCache(join(options.dataDir, "thumbnails"), options.cacheBytes),
    openImage: withUploads(fetcher.open, { ...options.uploads, maxBytes: maxImageBytes }),
    decoder,
    async close() {
      await fetcher.close();
      await decoder.close();
    },
  });
}
