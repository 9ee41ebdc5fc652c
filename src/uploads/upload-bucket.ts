/**
 * Uploaded photos in a bucket, for processes that share no folder: each photo comes to this machine's disk, and is put under its final name as a whole or
 * not at all. The bucket's other objects are left alone.
 */
import type { Bucket } from "../buckets/bucket.ts";
import { ImageFault } from "../domain/error-codes.ts";
import { uploadFileAt, uploadPath } from "../domain/upload.ts";
import { openIncomingFiles } from "./incoming-files.ts";
import { type UploadStore, UploadsUnavailable } from "./upload-store.ts";

/** `prefix` is empty or ends in a slash. `incoming` is this process's own folder. */
export function openUploadBucket(deps: {
  readonly bucket: Bucket;
  readonly prefix: string;
  readonly incoming: string;
}): UploadStore {
  const { prefix } = deps;
  const bucket = told(deps.bucket);
  const files = openIncomingFiles(deps.incoming);
  const keyOf = (file: string) => prefix + uploadPath(file);

  return {
    ...files,

    place: (incoming, file) => bucket.put(keyOf(file), incoming),

    /** A bucket has no names that move; the photo is here until it is dropped. */
    async rename(incoming, from, to) {
      await bucket.put(keyOf(to), incoming);
      await bucket.remove(keyOf(from));
    },

    has: async (file) => (await bucket.ageMs(keyOf(file))) !== null,
    read: (file, signal) => bucket.read(keyOf(file), signal),
    remove: (file) => bucket.remove(keyOf(file)),

    async *list() {
      for await (const page of bucket.list(prefix, new AbortController().signal)) {
        yield page.flatMap(({ key }) => uploadFileAt(key.slice(prefix.length)) ?? []);
      }
    },

    async ageMs(file) {
      const age = await bucket.ageMs(keyOf(file));
      if (age === null) throw new Error("the uploaded photo is not in the bucket");
      return age;
    },
  };
}

/** The same bucket; what it refuses, or a service that is away, is this store's own fault and nobody's who sent a photo. */
function told({ put, read, ageMs, remove, list }: Bucket): Bucket {
  async function asking<T>(asked: Promise<T>): Promise<T> {
    try {
      return await asked;
    } catch (error) {
      throw error instanceof ImageFault ? new UploadsUnavailable({ cause: error }) : error;
    }
  }
  return {
    list,
    put: (key, file) => asking(put(key, file)),
    read: (key, signal) => asking(read(key, signal)),
    ageMs: (key) => asking(ageMs(key)),
    remove: (key) => asking(remove(key)),
  };
}
