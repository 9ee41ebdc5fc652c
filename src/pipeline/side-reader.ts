/** Reads single images for people who look at them: a fetcher and a decoder of their own, so that looking never takes a place from a running job. */
import type { UploadPlace } from "../domain/upload-place.ts";
import { createPaceMemory, openPaceTable } from "./fetch/pace-table.ts";
import { DEFAULT_FETCH_SETTINGS, type FetchSettings } from "./fetch/settings.ts";
import { createDecoder } from "./measure/decode-pool.ts";
import type { Decoder } from "./measure/decoder.ts";
import { createImageOpener } from "./open-images.ts";
import type { OpenImage } from "./process-image.ts";

/** A larger file is not looked at: it would be held whole. */
export const MOST_SIDE_BYTES = 32 * 2 ** 20;
const DECODE = { timeLimitMs: 10_000, maxMemoryBytes: 768 * 2 ** 20 } as const;

export type SideReader = {
  /** An image of a job. */
  readonly openImage: OpenImage;
  /** An image at a URL that somebody names. */
  readonly openRemote: OpenImage;
  readonly decoder: Pick<Decoder, "thumbnail" | "inspect">;
  /** Ends what is under way. */
  close(): Promise<void>;
};

export function openSideReader(options: {
  readonly guard: { readonly allowHosts: readonly string[]; readonly connectMs: number };
  readonly fetch: Partial<FetchSettings>;
  readonly uploads: UploadPlace | null;
  readonly maxPixels: number;
}): SideReader {
  const settings = { ...DEFAULT_FETCH_SETTINGS, ...options.fetch };
  const maxImageBytes = Math.min(settings.maxImageBytes, MOST_SIDE_BYTES);
  const opener = createImageOpener({
    guard: options.guard,
    settings: { ...settings, maxImageBytes, maxAttempts: 1 },
    uploads: options.uploads,
    paces: openPaceTable(createPaceMemory(1), 0),
    // Somebody looks at pictures: what waits for a host here is no job.
    onHostGivenUp: () => {},
  });
  const decoder = createDecoder({ maxPixels: options.maxPixels, ...DECODE });
  return {
    openImage: opener.openImage,
    openRemote: opener.openRemote,
    decoder,
    async close() {
      await opener.close();
      await decoder.close();
    },
  };
}
