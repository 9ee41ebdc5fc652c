/** Where uploaded photos are kept when that is a bucket, and by which credentials of the service's own: under the names that tools of AWS and Azure read. */
import { setting } from "./setting.ts";
import { bucketPrefix, httpAddress, optionalText } from "./setting-rules.ts";

export const BUCKET_SETTINGS = {
  uploadUrl: setting(
    "STOREWALK_UPLOAD_URL",
    "",
    "Bucket of uploaded photos: s3://bucket/prefix, gs://bucket/prefix or az://container/prefix; photos are in STOREWALK_UPLOAD_DIR, or in the data folder, only while they come in",
    bucketPrefix,
  ),
  awsAccessKeyId: setting("AWS_ACCESS_KEY_ID", "", "Access key for that bucket of s3:// or gs://", optionalText),
  awsSecretAccessKey: setting("AWS_SECRET_ACCESS_KEY", "", "Its secret", optionalText),
  awsSessionToken: setting(
    "AWS_SESSION_TOKEN",
    "",
    "Session token of temporary credentials; they end, so better none",
    optionalText,
  ),
  awsRegion: setting(
    "AWS_REGION",
    "",
    "Region of the bucket; empty where the service tells it, as AWS does",
    optionalText,
  ),
  awsEndpoint: setting(
    "AWS_ENDPOINT_URL",
    "",
    "Address of a service that is not AWS's or Google's, such as https://minio.example:9000; it may be private",
    httpAddress,
  ),
  azureAccount: setting("AZURE_STORAGE_ACCOUNT", "", "Account of that container of az://", optionalText),
  azureKey: setting("AZURE_STORAGE_KEY", "", "Its key", optionalText),
  azureSas: setting(
    "AZURE_STORAGE_SAS_TOKEN",
    "",
    "In place of the key: a shared access signature that may read, write, delete and list",
    optionalText,
  ),
  azureEndpoint: setting(
    "AZURE_STORAGE_SERVICE_ENDPOINT",
    "",
    "Address of a storage service that is not Azure's own; it may be private",
    httpAddress,
  ),
} as const;
