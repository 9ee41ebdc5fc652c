/**
 * Uploaded photos out of the service's own bucket. Its fetcher has a guard of its own, which lets it reach the one host that the operator named, be it
 * private: no URL of a submission goes that way.
 */
import type { BucketMemory } from "../buckets/bucket-memory.ts";
import { ImageFault } from "../domain/error-codes.ts";
import { uploadPath } from "../domain/upload.ts";
import type { UploadPlace } from "../domain/upload-place.ts";
import { openObject } from "./bucket-image.ts";
import type { ImageFetcher } from "./fetch/image-fetcher.ts";
import { portOf } from "./fetch/parse-target.ts";
import type { OpenOptions } from "./process-image.ts";
import type { OpenUpload } from "./uploaded-image.ts";

export type UploadBucket = Extract<UploadPlace, { readonly kind: "bucket" }>;

/** For `createGuard`. */
export function guardOfUploads({ access }: UploadBucket): { readonly allowHosts: readonly string[] } {
  if (access.endpoint === null) return { allowHosts: [] };
  const url = new URL(access.endpoint);
  return { allowHosts: [`${url.hostname}:${portOf(url)}`] };
}

const GONE =
  "the uploaded photo is not in the bucket of uploads: it was removed, or STOREWALK_UPLOAD_URL names another place than when it came";

export function uploadsInBucket(
  { access, address }: UploadBucket,
  deps: { readonly fetcher: Pick<ImageFetcher, "open">; readonly memory: BucketMemory; readonly now: () => number },
): OpenUpload {
  const { fetcher, memory, now } = deps;
  return (file: string, options: OpenOptions) => {
    const photo = { ...address, key: address.key + uploadPath(file) };
    const image = openObject({ open: fetcher.open, memory, now, address: photo, accessNow: () => access }, options);
    const told = <T>(reading: Promise<T>): Promise<T> =>
      reading.catch((error: unknown) => {
        throw error instanceof ImageFault && error.code === "not_found"
          ? new ImageFault("not_found", GONE, { cause: error })
          : error;
      });
    return {
      // One by one: what is opened is of a class, and its methods are not copied.
      totalBytes: () => image.totalBytes(),
      attempts: () => image.attempts(),
      release: () => image.release(),
      prefix: (atLeast) => told(image.prefix(atLeast)),
      tail: (length) => told(image.tail(length)),
      whole: () => told(image.whole()),
    };
  };
}
