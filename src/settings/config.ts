/**
 * Every setting in one table: name, default, rule and sentence. The only reader of the environment.
 * All faults are reported at once; the result is frozen and passed down in parts.
 */

import { availableParallelism, homedir } from "node:os";
import { join } from "node:path";
import { INTEGRITY_LEVELS } from "../domain/image.ts";
import {
  address,
  hosts,
  integer,
  longSecret,
  milliseconds,
  networks,
  oneOf,
  optionalText,
  type Parsed,
  queueName,
  seed,
  share,
  text,
  webhookSecret,
} from "./setting-rules.ts";

type Setting<T> = {
  /** Its environment name; the flag is the same in kebab-case without the prefix: `STOREWALK_DATA_DIR` is `--data-dir`. */
  readonly name: string;
  readonly fallback: string;
  readonly about: string;
  readonly parse: (text: string) => Parsed<T>;
};

function setting<T>(name: string, fallback: string, about: string, parse: (text: string) => Parsed<T>): Setting<T> {
  return { name, fallback, about, parse };
}

const GIGABYTE = 2 ** 30;
const HOUR_MS = 3_600_000;
const threads = String(Math.max(1, availableParallelism() - 1));

export const SETTINGS = {
  host: setting("STOREWALK_HOST", "127.0.0.1", "Address on which the API listens", text),
  port: setting("STOREWALK_PORT", "8080", "Port on which the API listens; 0 takes a free one", integer(0, 65_535)),
  dataDir: setting("STOREWALK_DATA_DIR", "./data", "Folder of the embedded ledger", text),
  auth: setting(
    "STOREWALK_AUTH",
    "auto",
    "Whether API keys are asked for: auto from the first key on, required always, off never",
    oneOf(["auto", "off", "required"]),
  ),
  authSecret: setting(
    "STOREWALK_AUTH_SECRET",
    "",
    "Behind the digests of API keys, at least 32 characters; empty for a file in the data folder. A fleet needs it to have keys",
    longSecret,
  ),
  apiKey: setting("STOREWALK_API_KEY", "", "API key that commands send to a service", optionalText),
  callbackSecret: setting(
    "STOREWALK_CALLBACK_SECRET",
    "",
    "Signs the callbacks of jobs: whsec_ and 24 to 64 bytes in base64; without it jobs have none",
    webhookSecret,
  ),
  thumbnailCacheBytes: setting(
    "STOREWALK_THUMBNAIL_CACHE_BYTES",
    "268435456",
    "Thumbnails kept on disk, in the data folder",
    integer(0, 64 * GIGABYTE),
  ),
  uploadDir: setting(
    "STOREWALK_UPLOAD_DIR",
    "",
    "Folder of uploaded photos; empty for uploads in the data folder. A fleet takes photos only when all its processes share one",
    optionalText,
  ),
  maxUploadFiles: setting(
    "STOREWALK_MAX_UPLOAD_FILES",
    "1000",
    "Photos that one submission may bring, at most; 0 takes none",
    integer(0, 100_000),
  ),
  role: setting(
    "STOREWALK_ROLE",
    "all",
    "What this process does: answer the API, run chunks, or both; api and worker need DATABASE_URL",
    oneOf(["all", "api", "worker"]),
  ),
  databaseUrl: setting(
    "DATABASE_URL",
    "",
    "PostgreSQL ledger for many processes, such as postgres://user:password@host/database; empty for the embedded one",
    address("postgres:", "postgresql:"),
  ),
  amqpUrl: setting(
    "AMQP_URL",
    "",
    "RabbitMQ queue of a fleet, such as amqp://user:password@host; empty for dispatch by PostgreSQL alone",
    address("amqp:", "amqps:"),
  ),
  queueName: setting(
    "STOREWALK_QUEUE_NAME",
    "storewalk.chunks",
    "Queue at the RabbitMQ broker; each ledger needs one of its own",
    queueName,
  ),
  storeMaster: setting("STOREWALK_STORE_MASTER", "", "CSV file imported at start when the ledger has no stores", text),
  unknownStores: setting(
    "STOREWALK_UNKNOWN_STORES",
    "fail",
    "Visits of unknown stores: fail their images, or reject the whole submission",
    oneOf(["fail", "reject"]),
  ),
  allowHosts: setting(
    "STOREWALK_ALLOW_HOSTS",
    "",
    "Hosts or host:port that may be fetched although their address is private, comma-separated",
    hosts,
  ),
  integrity: setting(
    "STOREWALK_INTEGRITY",
    "complete",
    "How much of an image must be proven: its header, its end, or every pixel",
    oneOf(INTEGRITY_LEVELS),
  ),
  gpuLatency: setting(
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
  workerThreads: setting(
    "STOREWALK_WORKER_THREADS",
    threads,
    "Threads that fetch and measure; the default is the machine's cores less one",
    integer(1, 256),
  ),
  connections: setting("STOREWALK_CONNECTIONS", "64", "Images fetched at a time by one thread", integer(1, 10_000)),
  connectionsPerHost: setting(
    "STOREWALK_CONNECTIONS_PER_HOST",
    "48",
    "Images fetched at a time from one host by one thread",
    integer(1, 10_000),
  ),
  fleetConnectionsPerHost: setting(
    "STOREWALK_FLEET_CONNECTIONS_PER_HOST",
    "512",
    "Images fetched at a time from one host by all processes together, divided among their threads",
    integer(1, 1_000_000),
  ),
  imageDeadlineMs: setting(
    "STOREWALK_IMAGE_DEADLINE_MS",
    "60000",
    "Time for one image from its first request, retries included; what it waits until its host may be asked is left out",
    integer(100, HOUR_MS),
  ),
  hostGiveUpMs: setting(
    "STOREWALK_HOST_GIVE_UP_MS",
    "30000",
    "A host that never answers well is given up after so long: its images fail as `host_unavailable`",
    integer(1_000, 24 * HOUR_MS),
  ),
  hostPatienceMs: setting(
    "STOREWALK_HOST_PATIENCE_MS",
    "600000",
    "A host that answered well before, or that asks for patience (429, Retry-After), is given up after so long without a good answer",
    integer(1_000, 24 * HOUR_MS),
  ),
  connectMs: setting("STOREWALK_CONNECT_MS", "5000", "Time to connect to a host, TLS included", integer(10, HOUR_MS)),
  headersMs: setting("STOREWALK_HEADERS_MS", "10000", "Time until a host answers with headers", integer(10, HOUR_MS)),
  bodyIdleMs: setting("STOREWALK_BODY_IDLE_MS", "10000", "Time between two pieces of a body", integer(10, HOUR_MS)),
  maxAttempts: setting("STOREWALK_MAX_ATTEMPTS", "4", "Attempts per image, the first included", integer(1, 100)),
  maxRedirects: setting("STOREWALK_MAX_REDIRECTS", "5", "Redirects followed per image", integer(0, 20)),
  maxImageBytes: setting(
    "STOREWALK_MAX_IMAGE_BYTES",
    String(64 * 2 ** 20),
    "Bytes of one image, at most",
    integer(1_024, 4 * GIGABYTE),
  ),
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
  maxBodyBytes: setting(
    "STOREWALK_MAX_BODY_BYTES",
    String(GIGABYTE),
    "Bytes of one submission, at most",
    integer(1_024, 64 * GIGABYTE),
  ),
  requestsPerMinute: setting(
    "STOREWALK_REQUESTS_PER_MINUTE",
    "6000",
    "Requests of one API key a minute, at each process; on routes without a key of one address; 0 for no limit",
    integer(0, 1_000_000_000),
  ),
  imagesPerHour: setting(
    "STOREWALK_IMAGES_PER_HOUR",
    "10000000",
    "Images that one API key may submit an hour, at each process; 0 for no limit",
    integer(0, 1_000_000_000_000),
  ),
  attemptsPerMinute: setting(
    "STOREWALK_ATTEMPTS_PER_MINUTE",
    "120",
    "Requests without a key that is right, of one address a minute, before it is not listened to; 0 for no limit",
    integer(0, 1_000_000_000),
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
  maxConnections: setting(
    "STOREWALK_MAX_CONNECTIONS",
    "4096",
    "Connections to the API at a time; 0 for as many as the system allows",
    integer(0, 1_000_000),
  ),
  trustedProxies: setting(
    "STOREWALK_TRUSTED_PROXIES",
    "",
    "Addresses or networks of proxies whose X-Forwarded-For is believed, comma-separated",
    networks,
  ),
  leaseMs: setting(
    "STOREWALK_LEASE_MS",
    "30000",
    "Time after which a silent worker's chunk, or one whose message was lost, goes to another",
    integer(1_000, HOUR_MS),
  ),
  keepDays: setting(
    "STOREWALK_KEEP_DAYS",
    "0",
    "Days for which jobs that are over are kept; 0 keeps them for ever",
    integer(0, 36_500),
  ),
  drainMs: setting(
    "STOREWALK_DRAIN_MS",
    "0",
    "Time between the moment /readyz says draining and the stop, for load balancers to look elsewhere",
    integer(0, HOUR_MS),
  ),
  logLevel: setting(
    "STOREWALK_LOG_LEVEL",
    "info",
    "Least serious log lines written",
    oneOf(["trace", "debug", "info", "warn", "error", "silent"]),
  ),
} as const;

type SettingKey = keyof typeof SETTINGS;
type ValueOf<S> = S extends Setting<infer T> ? T : never;
export type Config = { readonly [K in SettingKey]: ValueOf<(typeof SETTINGS)[K]> };
/** Settings given as command-line flags; they win over the environment. */
export type Overrides = { readonly [K in SettingKey]?: string | undefined };

/** Settings that cannot be used, all of them, each as one sentence. */
export class ConfigError extends Error {
  override readonly name = "ConfigError";
  readonly faults: readonly string[];

  constructor(faults: readonly string[]) {
    super(faults.join("\n"));
    this.faults = faults;
  }
}

/** `--data-dir` for `STOREWALK_DATA_DIR`. */
export function flagOf(name: string): string {
  return `--${name
    .replace(/^STOREWALK_/, "")
    .toLowerCase()
    .replaceAll("_", "-")}`;
}

/** Throws ConfigError with every fault at once. */
export function loadConfig(overrides: Overrides = {}, environment: NodeJS.ProcessEnv = process.env): Config {
  const faults: string[] = [];
  const values: Record<string, unknown> = {};
  for (const [key, { name, fallback, parse }] of Object.entries<Setting<unknown>>(SETTINGS)) {
    const flag = overrides[key as SettingKey];
    const given = flag ?? environment[name];
    const shown = flag === undefined ? name : flagOf(name);
    // A forgotten `$HOST` would make the API listen everywhere, an empty folder name would fail far from here.
    if (given?.trim() === "" && fallback !== "") {
      faults.push(`${shown} must not be empty; leave it out for its default, ${fallback}`);
      continue;
    }
    const parsed = parse(given ?? fallback);
    if (parsed.kind === "value") values[key] = parsed.value;
    else faults.push(`${shown} must be ${parsed.wanted}${parsed.secret ? "" : `, got "${given}"`}`);
  }
  faults.push(...faultsTogether(values));
  if (faults.length > 0) throw new ConfigError(faults);
  // Each key of the table was parsed by its own rule just above.
  return Object.freeze(values) as Config;
}

/** Settings that are right by themselves and not together. */
function faultsTogether({ role, databaseUrl, amqpUrl }: Readonly<Record<string, unknown>>): readonly string[] {
  if (typeof databaseUrl === "string" || databaseUrl === undefined) return [];
  const why = "the embedded ledger belongs to one process";
  const faults: string[] = [];
  if (role === "api" || role === "worker") faults.push(`STOREWALK_ROLE ${role} needs DATABASE_URL: ${why}`);
  if (typeof amqpUrl === "string") faults.push(`AMQP_URL needs DATABASE_URL: ${why}`);
  return faults;
}

/** Names in the environment that look like settings and are none: a misspelt one would silently leave the default in force. */
export function unknownSettings(environment: NodeJS.ProcessEnv = process.env): readonly string[] {
  const known = new Set<string>(Object.values(SETTINGS).map(({ name }) => name));
  return Object.keys(environment).filter((name) => name.startsWith("STOREWALK_") && !known.has(name));
}

/** Whether an address that is listened on is reached from this machine only. */
export function isLoopback(host: string): boolean {
  return host === "localhost" || host === "::1" || /^127\.\d{1,3}\.\d{1,3}\.\d{1,3}$/.test(host);
}

/** Where uploaded photos are; null where there is no such place that every process of the fleet sees. */
export function uploadFolderOf({ uploadDir, databaseUrl, dataDir }: Config): string | null {
  if (uploadDir !== null) return uploadDir;
  return databaseUrl === null ? join(dataDir, "uploads") : null;
}

/** Where a person's own settings of programs are. */
export function configHome(): string {
  return process.env.XDG_CONFIG_HOME || join(homedir(), ".config");
}
