/** What `doctor` finds out about the bucket of uploaded photos: whether it can be listed, which every sweep needs. Puts nothing there. */
import { openBucketOfUploads } from "../app/upload-store.ts";
import { bucketUrl } from "../domain/bucket-address.ts";
import { ImageFault } from "../domain/error-codes.ts";
import type { Config } from "../settings/config.ts";
import { uploadPlaceOf } from "../settings/upload-place.ts";
import { type Finding, fine, wrong } from "./finding.ts";

export async function checkUploads(config: Config): Promise<readonly Finding[]> {
  const place = uploadPlaceOf(config);
  if (place?.kind !== "bucket") return [];
  const { bucket, close } = openBucketOfUploads(place, config.connectMs);
  const { key } = place.address;
  try {
    for await (const _ of bucket.list(key, new AbortController().signal)) break;
    return [fine(`uploaded photos are kept in ${bucketUrl(place.address)}, which can be listed`)];
  } catch (error) {
    if (!(error instanceof ImageFault)) throw error;
    return [wrong(`the bucket of uploaded photos cannot be listed: ${error.message}`)];
  } finally {
    await close();
  }
}
