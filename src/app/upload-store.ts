/** Chooses where uploaded photos are kept. A bucket of the operator's own may be at a private address: its host is the only one that may be reached there. */
import { type Bucket, openBucket } from "../buckets/bucket.ts";
import { createBucketMemory } from "../buckets/bucket-memory.ts";
import type { UploadPlace } from "../domain/upload-place.ts";
import { createBucketRequests } from "../pipeline/fetch/bucket-requests.ts";
import { createGuard } from "../pipeline/fetch/guard.ts";
import { guardOfUploads, type UploadBucket } from "../pipeline/uploads-in-bucket.ts";
import { systemClock } from "../process/clock.ts";
import { openUploadBucket } from "../uploads/upload-bucket.ts";
import { openUploadFolder } from "../uploads/upload-folder.ts";
import type { UploadStore } from "../uploads/upload-store.ts";

export type OpenedUploadStore = { readonly store: UploadStore; close(): Promise<void> };

/** `incoming` is a folder of this process's own. */
export function openUploadStore(
  place: UploadPlace,
  { incoming, connectMs }: { readonly incoming: string; readonly connectMs: number },
): OpenedUploadStore {
  if (place.kind === "folder") return { store: openUploadFolder(place.path), close: async () => {} };
  const { bucket, close } = openBucketOfUploads(place, connectMs);
  return { store: openUploadBucket({ bucket, prefix: place.address.key, incoming }), close };
}

export function openBucketOfUploads(
  place: UploadBucket,
  connectMs: number,
): { readonly bucket: Bucket; close(): Promise<void> } {
  const { access, address } = place;
  const guard = createGuard({ ...guardOfUploads(place), connectMs });
  const { send, close } = createBucketRequests(guard, { keptConnections: true });
  const bucket = openBucket({
    access,
    bucket: address,
    memory: createBucketMemory(),
    send,
    clock: systemClock,
    random: Math.random,
  });
  return { bucket, close };
}
