/** How every connection to PostgreSQL is set up, so that none can wait without end, on either side. */
import { Client, type ClientBase, type ClientConfig, types } from "pg";
import type { DatabaseAddress } from "./address.ts";
import { type Setting, settingsIn } from "./address-options.ts";

const INT8 = 20;
const IDLE_IN_TRANSACTION_MS = 10_000;
const LOCK_TIMEOUT_MS = 5_000;
/** The server ends a long statement first and says so; the client's own limit is for a server that says nothing. */
const CLIENT_GRACE_MS = 2_000;
const FAREWELL_MS = 1_000;
/**
 * The adapter's statements rely on each of them seeing what others committed before it. And a session keeps its locks until the server knows
 * that its client is gone, which takes two hours by default when a machine falls off the network: here it takes 25 s.
 */
const SETTINGS: readonly Setting[] = [
  ["default_transaction_isolation", "read committed"],
  ["tcp_keepalives_idle", "10"],
  ["tcp_keepalives_interval", "5"],
  ["tcp_keepalives_count", "3"],
  ["idle_in_transaction_session_timeout", String(IDLE_IN_TRANSACTION_MS)],
];

export type SessionLimits = {
  readonly connectMs: number;
  readonly statementMs: number;
  readonly lockMs?: number;
};

/** For a client or a pool; the session's own limits are set by `limitSession`. */
export function sessionConfig(address: DatabaseAddress, { connectMs, statementMs }: SessionLimits): ClientConfig {
  const url = new URL(address.url);
  url.searchParams.delete("options");
  return {
    connectionString: url.href,
    fallback_application_name: "storewalk",
    connectionTimeoutMillis: connectMs,
    query_timeout: statementMs + CLIENT_GRACE_MS,
    keepAlive: true,
    keepAliveInitialDelayMillis: 5_000,
    types: { getTypeParser: (oid: number, format?: "text" | "binary") => typeParser(oid, format) },
  };
}

/** By a statement: PgBouncer lets no such parameter into the start of a session. */
export async function limitSession(client: ClientBase, address: DatabaseAddress, limits: SessionLimits): Promise<void> {
  const given = new URL(address.url).searchParams.getAll("options").flatMap(settingsIn);
  const settings: readonly Setting[] = [
    ...given,
    ...SETTINGS,
    ["statement_timeout", String(limits.statementMs)],
    ["lock_timeout", String(limits.lockMs ?? LOCK_TIMEOUT_MS)],
  ];
  const calls = settings.map(
    ([name, value]) => `set_config(${client.escapeLiteral(name)}, ${client.escapeLiteral(value)}, false)`,
  );
  await client.query(`select ${calls.join(", ")}`);
}

// Instants and sums fit a double exactly; the library would give them as text.
function typeParser(oid: number, format?: "text" | "binary") {
  return oid === INT8 ? Number : types.getTypeParser(oid, format === "binary" ? "binary" : "text");
}

/** A connection of its own, not connected yet. Its loss shows in the calls that follow and must not end the process. */
export function createClient(address: DatabaseAddress, limits: SessionLimits): Client {
  const client = new Client(sessionConfig(address, limits));
  client.on("error", () => {});
  return client;
}

export async function connectSession(client: Client, address: DatabaseAddress, limits: SessionLimits): Promise<void> {
  await client.connect();
  await limitSession(client, address, limits);
}

/** Ends it and waits for the server's side of it, but not for long: a server that was swallowed never says a word. */
export async function endClient(client: Client): Promise<void> {
  const late = Promise.withResolvers<void>();
  const timer = setTimeout(late.resolve, FAREWELL_MS);
  await Promise.race([client.end().catch(() => {}), late.promise]);
  clearTimeout(timer);
  // What is still open then must not keep the process; the library's types do not know the method.
  if ("unref" in client && typeof client.unref === "function") client.unref();
}
