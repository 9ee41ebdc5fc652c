/** What a submission may bring, and how its visits and images are judged when it does not say. */
import { INTEGRITY_LEVELS } from "../domain/image.ts";
import { GIGABYTE, setting } from "./setting.ts";
import { integer, oneOf, optionalText } from "./setting-rules.ts";

export const SUBMISSION_SETTINGS = {
  unknownStores: setting(
    "STOREWALK_UNKNOWN_STORES",
    "fail",
    "Visits of unknown stores: fail their images, or reject the whole submission",
    oneOf(["fail", "reject"]),
  ),
  integrity: setting(
    "STOREWALK_INTEGRITY",
    "complete",
    "How much of an image must be proven: its header, its end, or every pixel",
    oneOf(INTEGRITY_LEVELS),
  ),
  maxBodyBytes: setting(
    "STOREWALK_MAX_BODY_BYTES",
    String(GIGABYTE),
    "Bytes of one submission, at most",
    integer(1_024, 64 * GIGABYTE),
  ),
  maxUploadFiles: setting(
    "STOREWALK_MAX_UPLOAD_FILES",
    "1000",
    "Photos that one submission may bring, at most; 0 takes none",
    integer(0, 100_000),
  ),
  uploadDir: setting(
    "STOREWALK_UPLOAD_DIR",
    "",
    "Folder of uploaded photos; empty for uploads in the data folder. A fleet takes photos only when all its processes share one",
    optionalText,
  ),
} as const;
