/**
 * The composition root: which parts run in which role, in the order of their start, and taken apart again in reverse.
 * Decides nothing that a part could decide.
 */
import type { AddressInfo } from "node:net";
import { createAuthenticator } from "../http/auth/authenticator.ts";
import { createServer } from "../http/server.ts";
import type { Ledger } from "../ledger/port/ledger.ts";
import { systemClock } from "../process/clock.ts";
import type { Log } from "../process/log.ts";
import { type Config, ConfigError, commandLine, isLoopback } from "../settings/config.ts";
import { openHeadroom, serverLimits } from "./api-limits.ts";
import { joinFleet, startDispatch, startUpkeep } from "./every-role.ts";
import { openParts, type Stops } from "./parts.ts";
import { whileStarting } from "./while-starting.ts";

const PIPELINE_THREAD = new URL("../worker/pipeline-thread.ts", import.meta.url);

export type App = {
  /** `http://127.0.0.1:8080`, with the port that was really taken. */
  readonly address: string;
  readonly ledger: Ledger;
  /** Resolves when everything is over and recorded; nothing that was recorded is done again. */
  stop(): Promise<void>;
};

export type StartOptions = {
  /** What must be in the ledger before anybody is answered, such as the stores. It may hold the process up. */
  readonly prepare?: (ledger: Ledger) => Promise<void>;
  /** The module of a pipeline thread. */
  readonly threadEntry?: URL;
};

/** Starts everything. Rejects, with nothing left running, when a part cannot start. */
export async function startApp(config: Config, log: Log, options: StartOptions = {}): Promise<App> {
  const stops: Stops = [];
  const stop = async () => {
    for (const stopPart of stops.reverse().splice(0)) await stopPart();
  };
  try {
    return { ...(await startParts(config, log, stops, options)), stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

async function startParts(
  config: Config,
  log: Log,
  stops: Stops,
  { prepare = async () => {}, threadEntry = PIPELINE_THREAD }: StartOptions,
): Promise<Omit<App, "stop">> {
  // A role is loaded where it is played: a worker of a fleet has no intake, an API process no pipeline.
  const [apiRole, workerRole] = await Promise.all([
    config.role === "worker" ? null : import("./api-role.ts"),
    config.role === "api" ? null : import("./worker-role.ts"),
  ]);
  const parts = await openParts(config, log, stops);
  const { ledger, authSecret } = parts;
  await assertGuarded(config, ledger, log);
  await whileStarting(() => prepare(ledger));

  // Two parts wake the dispatcher that starts after them; until then there is nothing to wake.
  let wakeDispatcher = () => {};
  const wake = () => wakeDispatcher();
  const headroom = openHeadroom(config, parts);
  const api = apiRole && (await apiRole.startApiRole(parts, { headroom, onRunnable: wake }));
  let draining = false;
  const server = createServer({
    ledger,
    authenticator: createAuthenticator({ ledger, mode: config.auth, authSecret, now: Date.now }),
    authSecret,
    allowedOrigins: config.allowedOrigins,
    limits: serverLimits(config),
    headroom,
    log,
    metrics: parts.metrics,
    now: Date.now,
    isDraining: () => draining,
    api,
  });
  stops.push(() => server.close());

  // After the server, and so stopped before it: it says how the process is until the last chunk has come to its end.
  const membership = workerRole
    ? await workerRole.startWorkerRole(parts, { threadEntry, onChunkOver: wake })
    : await joinFleet(parts, { readMember: null, readHosts: () => [], onFleetThreads: () => {} });
  wakeDispatcher = startDispatch(parts, membership);
  startUpkeep(parts, wake);

  await server.listen({ host: config.host, port: config.port });
  stops.push(async () => {
    draining = true;
    await systemClock.sleep(config.drainMs, new AbortController().signal);
  });
  return { address: addressOf(server.server.address()), ledger };
}

/** Without keys nobody but this machine is answered, unless someone says so. Rejects with ConfigError. */
async function assertGuarded({ auth, host }: Config, ledger: Ledger, log: Log): Promise<void> {
  if (isLoopback(host) || auth === "required") return;
  if (auth === "off") log.warn({ host }, "whoever reaches the service may do everything: keys are switched off");
  else if (!(await whileStarting(() => ledger.hasKeys()))) {
    const advice = `make one with "${commandLine("keys create")}", or say --auth off if something before it checks who calls`;
    throw new ConfigError([`STOREWALK_HOST ${host} is open to other machines and there is no API key; ${advice}`]);
  }
}

function addressOf(bound: AddressInfo | string | null): string {
  if (bound === null || typeof bound === "string") throw new Error("the server must listen on a port");
  const host = bound.family === "IPv6" ? `[${bound.address}]` : bound.address;
  return `http://${host}:${bound.port}`;
}
