/** What a tenant enters a bucket with, or why it cannot. */
import type { AccessTable } from "../domain/access-table.ts";
import type { BucketAddress } from "../domain/bucket-address.ts";
import { ImageFault } from "../domain/error-codes.ts";
import type { BucketAccess } from "./bucket-access.ts";

/** Throws ImageFault `forbidden`. */
export function accessTo(table: AccessTable, address: BucketAddress): BucketAccess {
  const { scheme, bucket } = address;
  const found = table.toObject(address);
  if (found?.kind === "s3" || found?.kind === "azure") {
    if (found.overHttp || !found.endpoint?.startsWith("http:")) return found;
    const todo = "use https there, or say with the credentials that they may go over http";
    throw new ImageFault(
      "forbidden",
      `the credentials for ${found.pattern} are not sent to ${found.endpoint}: ${todo}`,
    );
  }
  if (found?.kind === "unusable") {
    throw new ImageFault("forbidden", `the credentials for ${scheme}://${bucket} cannot be used: ${found.why}`);
  }
  const todo = `add them with "storewalk hosts add ${scheme}://${bucket}", then retry`;
  throw new ImageFault("forbidden", `there are no credentials for ${scheme}://${bucket}; ${todo}`);
}
