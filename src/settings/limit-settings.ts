/** How much the API takes on before it refuses. */
import { GIGABYTE, HOUR_MS, setting } from "./setting.ts";
import { integer, share } from "./setting-rules.ts";

export const LIMIT_SETTINGS = {
  requestsPerMinute: setting(
    "STOREWALK_REQUESTS_PER_MINUTE",
    "6000",
    "Requests of one API key a minute, at each process; on routes without a key of one address; 0 for no limit",
    integer(0, 1_000_000_000),
  ),
  imagesPerHour: setting(
    "STOREWALK_IMAGES_PER_HOUR",
    "10000000",
    "Images that one API key, or the schedules of one tenant, may submit an hour, at each process; 0 for no limit",
    integer(0, 1_000_000_000_000),
  ),
  attemptsPerMinute: setting(
    "STOREWALK_ATTEMPTS_PER_MINUTE",
    "120",
    "Requests without a key that is right, of one address a minute, before it is not listened to; 0 for no limit",
    integer(0, 1_000_000_000),
  ),
  maxConnections: setting(
    "STOREWALK_MAX_CONNECTIONS",
    "4096",
    "Connections to the API at a time; 0 for as many as the system allows",
    integer(0, 1_000_000),
  ),
  maxBacklogImages: setting(
    "STOREWALK_MAX_BACKLOG_IMAGES",
    "10000000",
    "Images without a result up to which jobs are accepted; 0 for no limit",
    integer(0, 1_000_000_000_000),
  ),
  minFreeBytes: setting(
    "STOREWALK_MIN_FREE_BYTES",
    String(256 * 2 ** 20),
    "Disk space in the data and upload folders below which no jobs are accepted; 0 for no limit",
    integer(0, 1_024 * GIGABYTE),
  ),
  maxMemoryBytes: setting(
    "STOREWALK_MAX_MEMORY_BYTES",
    "0",
    "Memory of the process above which no jobs are accepted; 0 for three quarters of what the machine or container has",
    integer(0, 1_024 * GIGABYTE),
  ),
  maxLagMs: setting(
    "STOREWALK_MAX_LAG_MS",
    "500",
    "How late the event loop may run, smoothed over a second, before all but status reads is refused; 0 for no limit",
    integer(0, HOUR_MS),
  ),
  compressionShare: setting(
    "STOREWALK_COMPRESSION_SHARE",
    "0.25",
    "Share of one core that compressing answers may take, beyond which they go out as they are; 0 compresses nothing",
    share,
  ),
} as const;
