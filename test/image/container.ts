/** A container without an engine: the image's own command, user and environment, on a read-only root in namespaces of its own. */
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";

const SCRIPT = fileURLToPath(new URL("container.sh", import.meta.url));
const READY_MS = 30_000;
const COMMAND_MS = 30_000;

/** What the image says about itself; the names are those of its format. */
export type ImageConfig = {
  readonly User?: string;
  readonly Env: readonly string[];
  readonly Entrypoint: readonly string[];
  readonly Cmd: readonly string[];
  readonly WorkingDir: string;
  readonly ExposedPorts?: Readonly<Record<string, unknown>>;
  readonly Volumes?: Readonly<Record<string, unknown>>;
  readonly StopSignal?: string;
  readonly Healthcheck?: { readonly Test: readonly string[]; readonly Timeout: number };
};

export type Image = { readonly root: string; readonly config: ImageConfig };
export type Finished = { readonly code: number | null; readonly stdout: string; readonly stderr: string };
export type Environment = Readonly<Record<string, string>>;

export type Container = {
  readonly health: { readonly command: readonly string[]; readonly timeoutMs: number };
  /** Of its first process, as seen from outside. */
  readonly pid: number;
  /** The line that says so has come; its milliseconds since the start. */
  readonly readyAfterMs: number;
  exec(command: readonly string[], settings?: Environment): Promise<Finished>;
  /** Sends SIGTERM to the first process, as an engine does; resolves to its exit code and the time it took. */
  stop(): Promise<{ readonly code: number | null; readonly tookMs: number }>;
  /** Ends whatever still runs. */
  kill(): void;
};

/** `docker run`: resolves when the service says that it is ready. */
export async function startContainer(image: Image, dataDir: string, settings: Environment): Promise<Container> {
  const { root, config } = image;
  const environment = { ...Object.fromEntries(config.Env.map(nameAndValue)), ...settings };
  const where = [config.User ?? "0:0", config.WorkingDir];
  const startedAt = Date.now();
  const child = spawn(
    "unshare",
    // The first process takes everything else with it when it ends, and ends with the one that started it.
    ["--mount", "--pid", "--ipc", "--uts", "--fork", "--kill-child", SCRIPT, "run", root, dataDir].concat(
      where,
      config.Entrypoint,
      config.Cmd,
    ),
    { env: environment, stdio: ["ignore", "pipe", "inherit"] },
  );
  const ended = once(child, "exit");
  const kill = () => child.kill("SIGKILL");
  await untilReady(child).catch((error) => {
    kill();
    throw error;
  });
  const pid = onlyChildOf(child.pid);
  return {
    health: healthOf(config),
    pid,
    readyAfterMs: Date.now() - startedAt,
    exec: (command, more = {}) =>
      finish(spawn(SCRIPT, ["exec", String(pid), ...where, ...command], { env: { ...environment, ...more } })),
    async stop() {
      const sentAt = Date.now();
      process.kill(pid, "SIGTERM");
      const [code] = await ended;
      return { code, tookMs: Date.now() - sentAt };
    },
    kill,
  };
}

function healthOf({ Healthcheck }: ImageConfig): Container["health"] {
  const [kind, ...command] = Healthcheck?.Test ?? [];
  if (!Healthcheck || kind !== "CMD") throw new Error("the image must have a health check without a shell");
  return { command, timeoutMs: Healthcheck.Timeout / 1e6 };
}

function nameAndValue(entry: string): readonly [string, string] {
  const at = entry.indexOf("=");
  return [entry.slice(0, at), entry.slice(at + 1)];
}

async function untilReady(child: ChildProcess): Promise<void> {
  if (!child.stdout) throw new Error("the container's output must be readable");
  const late = setTimeout(() => child.kill("SIGKILL"), READY_MS);
  // Read to the end, also when nobody listens any more: a full pipe would stop the service.
  const lines = createInterface({ input: child.stdout });
  const ready = new Promise<void>((resolve, reject) => {
    lines.on("line", (line) => line.startsWith("storewalk is ready at ") && resolve());
    lines.on("close", () => reject(new Error(`the service ended, or was not ready within ${READY_MS / 1_000} s`)));
  });
  await ready.finally(() => clearTimeout(late));
}

function onlyChildOf(pid: number | undefined): number {
  const [child, ...more] = readFileSync(`/proc/${pid}/task/${pid}/children`, "utf8").trim().split(" ").map(Number);
  if (!child || more.length > 0) throw new Error("the container must have exactly one first process");
  return child;
}

async function finish(child: ChildProcess): Promise<Finished> {
  let stdout = "";
  let stderr = "";
  child.stdout?.on("data", (data) => {
    stdout += data;
  });
  child.stderr?.on("data", (data) => {
    stderr += data;
  });
  const late = setTimeout(() => child.kill("SIGKILL"), COMMAND_MS);
  const [code] = await once(child, "close");
  clearTimeout(late);
  return { code, stdout, stderr };
}
