/** How images are fetched: from where, how many at a time, and how long each wait may be. */
import { GIGABYTE, HOUR_MS, setting } from "./setting.ts";
import { contact, hosts, integer } from "./setting-rules.ts";

export const FETCHING_SETTINGS = {
  allowHosts: setting(
    "STOREWALK_ALLOW_HOSTS",
    "",
    "Hosts or host:port that may be fetched although their address is private, comma-separated",
    hosts,
  ),
  contact: setting(
    "STOREWALK_CONTACT",
    "",
    "A mail address or page that the User-Agent of every request for an image names: where hosts complain",
    contact,
  ),
  connections: setting("STOREWALK_CONNECTIONS", "128", "Images fetched at a time by one thread", integer(1, 10_000)),
  connectionsPerHost: setting(
    "STOREWALK_CONNECTIONS_PER_HOST",
    "96",
    "Images fetched at a time from one host by one thread; more than 48 only where the host is far away",
    integer(1, 10_000),
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
} as const;
