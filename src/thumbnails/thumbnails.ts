/**
 * Small pictures of measured images: fetched behind the same guard as the images, made in a child process that may be killed, kept in a bounded
 * cache. Must never hold up the service: few are made at a time, few wait, and each request for the same one shares its making.
 */
import { type AccessTable, faultWithoutSecrets } from "../domain/access-table.ts";
import { ImageFault } from "../domain/error-codes.ts";
import { createFairSemaphore } from "../pipeline/fair-semaphore.ts";
import type { Decoder } from "../pipeline/measure/decoder.ts";
import type { OpenImage } from "../pipeline/process-image.ts";
import type { PictureCache } from "./picture-cache.ts";

/** Widest and highest: for lists, and for whoever looks at one photo. */
const SIDE_PIXELS = { small: 256, large: 1_280 } as const;
export type ThumbnailSize = keyof typeof SIDE_PIXELS;

const MADE_AT_A_TIME = 4;
const MOST_WAITING = 200;
/** Fetching and making together. */
const TIME_LIMIT_MS = 20_000;

export type ThumbnailAnswer =
  | { readonly kind: "picture"; readonly bytes: Uint8Array }
  /** It cannot be made; `detail` says why. */
  | { readonly kind: "unavailable"; readonly detail: string }
  /** Too many wait already. */
  | { readonly kind: "busy" };

export type Thumbnails = {
  /** `small` if not given. `tenant` is the one whose job it is: its image is fetched with what that tenant sends to hosts. */
  get(image: {
    readonly tenant: string;
    readonly jobId: number;
    readonly image: number;
    readonly url: string;
    readonly size?: ThumbnailSize;
  }): Promise<ThumbnailAnswer>;
  /** Ends what is under way. */
  close(): Promise<void>;
};

export function createThumbnails(deps: {
  readonly cache: PictureCache;
  readonly openImage: OpenImage;
  readonly readAccessTable: (tenant: string) => Promise<AccessTable>;
  readonly decoder: Pick<Decoder, "thumbnail">;
}): Thumbnails {
  const { cache } = deps;
  const places = createFairSemaphore(MADE_AT_A_TIME);
  const making = new Map<string, Promise<ThumbnailAnswer>>();
  const closing = new AbortController();

  async function make(tenant: string, url: string, size: ThumbnailSize): Promise<ThumbnailAnswer> {
    const signal = AbortSignal.any([closing.signal, AbortSignal.timeout(TIME_LIMIT_MS)]);
    const free = await places.acquire("thumbnails", signal);
    const access = await deps.readAccessTable(tenant);
    const image = deps.openImage(url, { lane: "thumbnails", access: () => access, signal });
    try {
      const made = await deps.decoder.thumbnail(await image.whole(), SIDE_PIXELS[size], signal);
      return made.kind === "picture" ? made : { kind: "unavailable", detail: made.detail };
    } catch (error) {
      throw faultWithoutSecrets(error, access);
    } finally {
      image.release();
      free();
    }
  }

  async function makeAndKeep(name: string, tenant: string, url: string, size: ThumbnailSize): Promise<ThumbnailAnswer> {
    try {
      const made = await make(tenant, url, size);
      if (made.kind === "picture") await cache.put(name, made.bytes);
      return made;
    } catch (error) {
      if (error instanceof ImageFault) return { kind: "unavailable", detail: error.message };
      if (error instanceof Error && error.name === "TimeoutError") {
        return { kind: "unavailable", detail: `it took more than ${TIME_LIMIT_MS / 1_000} s` };
      }
      if (closing.signal.aborted) return { kind: "busy" };
      throw error;
    } finally {
      making.delete(name);
    }
  }

  return {
    async get({ tenant, jobId, image, url, size = "small" }) {
      const name = size === "small" ? `${jobId}-${image}` : `${jobId}-${image}-${size}`;
      const kept = await cache.get(name);
      if (kept) return { kind: "picture", bytes: kept };
      const known = making.get(name);
      if (known !== undefined) return await known;
      if (places.waiting >= MOST_WAITING || closing.signal.aborted) return { kind: "busy" };
      const made = makeAndKeep(name, tenant, url, size);
      making.set(name, made);
      return await made;
    },

    async close() {
      closing.abort(new Error("thumbnails are closed"));
    },
  };
}
