/** Where uploaded photos are kept, out of the settings. */
import { join } from "node:path";
import { type BucketAddress, bucketUrl } from "../domain/bucket-address.ts";
import type { UploadPlace } from "../domain/upload-place.ts";
import type { BUCKET_SETTINGS } from "./bucket-settings.ts";
import type { ValuesOf } from "./setting.ts";

type BucketSettings = ValuesOf<typeof BUCKET_SETTINGS>;
type Given = BucketSettings & {
  readonly uploadDir: string | null;
  readonly databaseUrl: string | null;
  readonly dataDir: string;
};

/** Null where there is no such place that every process of the fleet sees. */
export function uploadPlaceOf(config: Given): UploadPlace | null {
  const { uploadUrl, uploadDir, databaseUrl, dataDir } = config;
  if (uploadUrl !== null) return inBucket(uploadUrl, config);
  if (uploadDir !== null) return { kind: "folder", path: uploadDir };
  return databaseUrl === null ? { kind: "folder", path: join(dataDir, "uploads") } : null;
}

function inBucket(address: BucketAddress, config: BucketSettings): UploadPlace {
  if (address.scheme === "az") {
    const { azureAccount, azureKey, azureSas, azureEndpoint } = config;
    const access = {
      kind: "azure",
      account: azureAccount ?? "",
      endpoint: azureEndpoint,
      by: azureKey === null ? "sas" : "key",
      secret: azureKey ?? azureSas ?? "",
    } as const;
    return { kind: "bucket", address, access };
  }
  const access = {
    kind: "s3",
    accessKeyId: config.awsAccessKeyId ?? "",
    secretAccessKey: config.awsSecretAccessKey ?? "",
    sessionToken: config.awsSessionToken,
    endpoint: config.awsEndpoint,
    region: config.awsRegion,
    pathStyle: null,
    requesterPays: false,
  } as const;
  return { kind: "bucket", address, access };
}

/** What is missing to enter the bucket, each as one sentence. */
export function missingForUploads(config: BucketSettings): readonly string[] {
  const { uploadUrl } = config;
  if (uploadUrl === null) return [];
  const needs = `STOREWALK_UPLOAD_URL ${bucketUrl(uploadUrl)} needs`;
  if (uploadUrl.scheme === "az") {
    const { azureAccount, azureKey, azureSas } = config;
    return [
      ...(azureAccount === null ? [`${needs} AZURE_STORAGE_ACCOUNT`] : []),
      ...(azureKey === null && azureSas === null ? [`${needs} AZURE_STORAGE_KEY or AZURE_STORAGE_SAS_TOKEN`] : []),
    ];
  }
  return [
    ...(config.awsAccessKeyId === null ? [`${needs} AWS_ACCESS_KEY_ID`] : []),
    ...(config.awsSecretAccessKey === null ? [`${needs} AWS_SECRET_ACCESS_KEY`] : []),
  ];
}
