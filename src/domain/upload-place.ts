/** Where uploaded photos are kept: a folder of this machine, or a bucket, entered by credentials of the service's own. Plain data. */
import type { BucketAddress } from "./bucket-address.ts";
import type { AzureAccess, S3Access } from "./host-access.ts";

export type UploadPlace =
  | { readonly kind: "folder"; readonly path: string }
  | {
      readonly kind: "bucket";
      /** Its key is the prefix of every photo's: empty, or with a slash at its end. */
      readonly address: BucketAddress;
      readonly access:
        | Omit<S3Access, "pattern" | "hasSessionToken" | "overHttp">
        | Omit<AzureAccess, "pattern" | "overHttp">;
    };
