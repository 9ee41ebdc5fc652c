/** All the ways to an image's bytes, put together: uploaded photos, buckets, share links, and URLs of hosts. Decides nothing of its own. */
import { createBucketMemory } from "../buckets/bucket-memory.ts";
import type { UploadPlace } from "../domain/upload-place.ts";
import { withBuckets } from "./bucket-image.ts";
import { createGuard } from "./fetch/guard.ts";
import { createImageFetcher, type ImageFetcher } from "./fetch/image-fetcher.ts";
import { createPaceMemory, openPaceTable, type PaceTable } from "./fetch/pace-table.ts";
import type { FetchSettings } from "./fetch/settings.ts";
import type { OpenImage } from "./process-image.ts";
import { withShareLinks } from "./shared-image.ts";
import { uploadsInFolder, withUploads } from "./uploaded-image.ts";
import { guardOfUploads, uploadsInBucket } from "./uploads-in-bucket.ts";

/** What headers and chunk framing may add to an image on the wire. */
const FRAMING_BYTES = 2 ** 20;

export type ImageOpener = Pick<ImageFetcher, "hosts" | "limitPerHost"> & {
  readonly openImage: OpenImage;
  /** The same for what somebody outside of a job asks for: no uploaded photo, whose address is its tenant's alone. */
  readonly openRemote: OpenImage;
  /** Ends every request under way. */
  close(): Promise<void>;
};

export function createImageOpener(options: {
  readonly guard: { readonly allowHosts: readonly string[]; readonly connectMs: number };
  readonly settings: FetchSettings;
  /** Null where there are none. */
  readonly uploads: UploadPlace | null;
  readonly paces: PaceTable;
  readonly onHostGivenUp: (sentence: string) => void;
  /** Told each time that an image waits before this host's gate no longer: it has come to its turn, or never will. */
  readonly onWaited?: (host: string) => void;
}): ImageOpener {
  const { settings, uploads, onHostGivenUp, onWaited = () => {} } = options;
  const { maxImageBytes: maxBytes } = settings;
  const memory = createBucketMemory();

  function fetcherBehind(allowHosts: readonly string[], paces: PaceTable): ImageFetcher {
    const { connectMs } = options.guard;
    const guard = createGuard({ allowHosts, connectMs, maxWireBytes: maxBytes + FRAMING_BYTES });
    return createImageFetcher({ guard, settings, paces, onHostGivenUp, onWaited });
  }

  const fetcher = fetcherBehind(options.guard.allowHosts, options.paces);
  // Its bucket is nobody else's host: what it bears is found out by each thread.
  const ofUploads =
    uploads?.kind === "bucket"
      ? fetcherBehind(guardOfUploads(uploads).allowHosts, openPaceTable(createPaceMemory(1), 0))
      : null;
  const openUpload =
    uploads?.kind === "bucket" && ofUploads !== null
      ? uploadsInBucket(uploads, { fetcher: ofUploads, memory, now: Date.now })
      : uploadsInFolder({ folder: uploads?.kind === "folder" ? uploads.path : null, maxBytes });
  const openRemote = withBuckets(withShareLinks(fetcher.open), { open: fetcher.open, memory, now: Date.now });

  return {
    openImage: withUploads(openRemote, openUpload),
    openRemote,
    hosts: fetcher.hosts,
    limitPerHost(places) {
      fetcher.limitPerHost(places);
      ofUploads?.limitPerHost(places);
    },
    async close() {
      await fetcher.close();
      await ofUploads?.close();
    },
  };
}
