/**
 * A RabbitMQ node of the test's own, to be stopped, killed and wiped: own name, ports, data, cookie and port mapper (epmd), all on
 * loopback and gone afterwards. Runs Debian's program itself, not the wrapper that changes to the user of the machine's own broker.
 */
import { type ChildProcess, execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { Connection } from "rabbitmq-client";
import { freePorts } from "./free-port.ts";
import { findProgram } from "./test-services.ts";

const PROGRAMS = "/usr/lib/rabbitmq/bin";
const STARTED = "Starting broker... completed";
const run = promisify(execFile);

export type RabbitmqServer = {
  readonly url: string;
  readonly port: number;
  /** Ends calmly; everything durable is on disk afterwards. */
  readonly stop: () => Promise<void>;
  /** Resolves when clients are let in. */
  readonly start: () => Promise<void>;
  /** The end without warning. A quorum queue younger than minutes only survives it when the node was stopped calmly before. */
  readonly kill9: () => Promise<void>;
  readonly purge: (queue: string) => Promise<void>;
  readonly deleteQueue: (queue: string) => Promise<void>;
  /** Ends calmly, forgets everything it ever had, starts again. */
  readonly wipe: () => Promise<void>;
  /** Raises the alarm for memory, or ends it: the broker stops reading from whoever publishes. */
  readonly setMemoryAlarm: (raised: boolean) => Promise<void>;
  /** Channels opened from now on may leave a message unacknowledged for so long; the broker looks just as often. */
  readonly setConsumerTimeout: (ms: number) => Promise<void>;
  /** Ends it and removes its files. */
  readonly dispose: () => Promise<void>;
};

/** For the `skip` option of `describe`. */
export function findRabbitmqServer(): { readonly skip: string | false } {
  return findProgram(`${PROGRAMS}/rabbitmq-server`, "apt-get install rabbitmq-server");
}

export async function startRabbitmqServer(): Promise<RabbitmqServer> {
  const folder = mkdtempSync(join(tmpdir(), "storewalk-rabbitmq-"));
  const [port, distributionPort, mapperPort] = await freePorts(3);
  const data = join(folder, "data");
  const environment = environmentIn(folder, { distributionPort, mapperPort });
  writeFileSync(join(folder, "rabbitmq.conf"), `listeners.tcp.default = 127.0.0.1:${port}\n`);
  writeFileSync(join(folder, "rabbitmq-env.conf"), "");
  writeFileSync(join(folder, "enabled_plugins"), "[].\n");
  const url = `amqp://guest:guest@127.0.0.1:${port}`;
  let node: ChildProcess | null = null;

  async function start(): Promise<void> {
    // A process group of its own: the script, the Erlang machine and its helpers end together.
    node = spawn(`${PROGRAMS}/rabbitmq-server`, {
      env: environment,
      detached: true,
      stdio: ["ignore", "pipe", "pipe"],
    });
    await startedIn(node);
  }

  async function end(signal: NodeJS.Signals): Promise<void> {
    if (!node?.pid || node.exitCode !== null || node.signalCode !== null) return;
    const closed = once(node, "close");
    process.kill(-node.pid, signal);
    await closed;
    node = null;
  }

  async function withConnection(use: (connection: Connection) => Promise<unknown>): Promise<void> {
    const connection = new Connection(url);
    connection.on("error", () => {});
    await use(connection).finally(() => connection.close());
  }

  async function control(...words: readonly string[]): Promise<void> {
    await run(`${PROGRAMS}/rabbitmqctl`, words, { env: environment });
  }

  const stop = () => end("SIGTERM");
  await start();
  return {
    url,
    port,
    stop,
    start,
    kill9: () => end("SIGKILL"),
    purge: (queue) => withConnection((connection) => connection.queuePurge({ queue })),
    deleteQueue: (queue) => withConnection((connection) => connection.queueDelete({ queue })),
    async wipe() {
      await stop();
      rmSync(data, { recursive: true });
      await start();
    },
    setMemoryAlarm: (raised) => control("set_vm_memory_high_watermark", raised ? "0" : "0.6"),
    setConsumerTimeout: (ms) =>
      control(
        "eval",
        `[application:set_env(rabbit, Name, ${ms}) || Name <- [consumer_timeout, channel_tick_interval]].`,
      ),
    async dispose() {
      await stop();
      // Erlang leaves its port mapper running; this one is ours.
      await run("epmd", ["-kill"], { env: environment }).catch(() => {});
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

function environmentIn(
  folder: string,
  ports: { readonly distributionPort: number; readonly mapperPort: number },
): NodeJS.ProcessEnv {
  return {
    PATH: "/usr/local/bin:/usr/bin:/bin:/usr/sbin:/sbin",
    LANG: "C.UTF-8",
    // The Erlang cookie is made here, so neither the machine's broker nor root's own is ever spoken to.
    HOME: folder,
    ERL_EPMD_PORT: String(ports.mapperPort),
    ERL_EPMD_ADDRESS: "127.0.0.1",
    RABBITMQ_NODENAME: `storewalk-test-${ports.distributionPort}@localhost`,
    RABBITMQ_DIST_PORT: String(ports.distributionPort),
    RABBITMQ_CONF_ENV_FILE: join(folder, "rabbitmq-env.conf"),
    RABBITMQ_CONFIG_FILE: join(folder, "rabbitmq.conf"),
    RABBITMQ_ENABLED_PLUGINS_FILE: join(folder, "enabled_plugins"),
    RABBITMQ_MNESIA_BASE: join(folder, "data"),
    RABBITMQ_LOG_BASE: join(folder, "log"),
    RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS: "-kernel inet_dist_use_interface {127,0,0,1} +S 1:1",
  };
}

/** Fails with what the node said when it ends instead of starting. */
async function startedIn(node: ChildProcess): Promise<void> {
  const started = Promise.withResolvers<void>();
  let said = "";
  for (const stream of [node.stdout, node.stderr]) {
    stream?.setEncoding("utf8").on("data", (piece: string) => {
      said += piece;
      if (said.includes(STARTED)) started.resolve();
    });
  }
  node.once("close", () => started.reject(new Error(`the RabbitMQ node ended before it had started:\n${said}`)));
  node.once("error", started.reject);
  await started.promise;
}
