/** What a bucket is entered with, and where it is. Secrets are in it: it is never shown, logged or kept. */
import type { BucketAddress } from "../domain/bucket-address.ts";
import type * as Given from "../domain/host-access.ts";
import { encodedKey } from "./encoded-key.ts";

/** For every service that speaks S3: AWS, MinIO, R2, Google's by its interoperability keys. */
export type S3Access = Omit<Given.S3Access, "pattern" | "hasSessionToken" | "overHttp">;
export type AzureAccess = Omit<Given.AzureAccess, "pattern" | "overHttp">;
export type BucketAccess = S3Access | AzureAccess;

/** Where an object is, the path as it is to be sent: a URL would resolve `..` in it. */
export type Place = { readonly origin: string; readonly path: string };

const GOOGLE = "https://storage.googleapis.com";
const AWS_REGION = "us-east-1";

/** The region that a request is signed for. `told` is what the service said of the bucket itself. */
export function regionOf(
  { region, endpoint }: S3Access,
  { scheme }: Pick<BucketAddress, "scheme">,
  told: string | null,
): string {
  if (told !== null) return told;
  if (region !== null) return region;
  const host = endpoint === null ? "" : (URL.parse(endpoint)?.hostname ?? "");
  return scheme === "gs" || host.endsWith(".r2.cloudflarestorage.com") ? "auto" : AWS_REGION;
}

/** With an empty key the bucket itself. */
export function placeInS3(access: S3Access, address: BucketAddress, region: string): Place {
  const { bucket, key, scheme } = address;
  const path = encodedKey(key);
  const isAws = access.endpoint === null && scheme === "s3";
  const endpoint = access.endpoint ?? (isAws ? awsEndpoint(region) : GOOGLE);
  const { origin, protocol, host } = new URL(endpoint);
  // A certificate for *.s3.… holds for no name with further dots, and a host's name has no capitals.
  const inHost = !(access.pathStyle ?? !isAws) && /^[a-z0-9-]+$/.test(bucket);
  if (!inHost) return { origin, path: key === "" ? `/${bucket}` : `/${bucket}/${path}` };
  return { origin: `${protocol}//${bucket}.${host}`, path: `/${path}` };
}

function awsEndpoint(region: string): string {
  return `https://s3.${region}.amazonaws.com${region.startsWith("cn-") ? ".cn" : ""}`;
}

export function placeInAzure(access: AzureAccess, { bucket, key }: BucketAddress): Place {
  const { origin, pathname } = new URL(access.endpoint ?? `https://${access.account}.blob.core.windows.net`);
  const path = key === "" ? "" : `/${encodedKey(key)}`;
  return { origin, path: `${pathname.replace(/\/$/, "")}/${bucket}${path}` };
}
