/** What becomes of an image's bytes: its size, the simulated GPU, its thumbnail. */
import { GIGABYTE, HOUR_MS, setting } from "./setting.ts";
import { integer, milliseconds, seed, share } from "./setting-rules.ts";

export const MEASURING_SETTINGS = {
  maxPixels: setting(
    "STOREWALK_MAX_PIXELS",
    "268000000",
    "Pixels of one image, at most",
    integer(1, Number.MAX_SAFE_INTEGER),
  ),
  decodeMs: setting(
    "STOREWALK_DECODE_MS",
    "30000",
    "Time to decode one image at integrity decode; the process that takes longer is killed, the image fails",
    integer(100, HOUR_MS),
  ),
  decodeMemoryBytes: setting(
    "STOREWALK_DECODE_MEMORY_BYTES",
    String(GIGABYTE),
    "Memory of the process that decodes an image, at most; one that takes more is killed, the image fails",
    integer(64 * 2 ** 20, 64 * GIGABYTE),
  ),
  gpuLatencyMs: setting(
    "STOREWALK_GPU_LATENCY_MS",
    "100-400",
    "Simulated GPU time per image, milliseconds; 0 switches the wait off",
    milliseconds,
  ),
  gpuDevices: setting("STOREWALK_GPU_DEVICES", "4", "Simulated GPU devices", integer(1, 1_024)),
  gpuStreams: setting("STOREWALK_GPU_STREAMS", "64", "Images at a time on one device", integer(1, 4_096)),
  gpuSeed: setting("STOREWALK_GPU_SEED", "", "Seed of the simulated GPU for repeatable runs; empty for chance", seed),
  gpuBatch: setting("STOREWALK_GPU_BATCH", "1", "Images that share one launch of the simulated GPU", integer(1, 256)),
  gpuFailureRate: setting("STOREWALK_GPU_FAILURE_RATE", "0", "Share of images that the simulated GPU refuses", share),
  thumbnailCacheBytes: setting(
    "STOREWALK_THUMBNAIL_CACHE_BYTES",
    "268435456",
    "Thumbnails kept on disk, in the data folder",
    integer(0, 64 * GIGABYTE),
  ),
} as const;
