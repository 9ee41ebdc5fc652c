/**
 * A PostgreSQL server of the test's own, to be stopped, killed and started again. Its data lie in a temporary folder, its port is its own; nothing
 * outside is touched. Runs as the user `postgres` when we are root, since the server refuses root. Tests only.
 */
import { type ChildProcess, execFile, execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { chownSync, mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { freePort } from "./free-port.ts";
import { findProgram } from "./test-services.ts";

const run = promisify(execFile);
const VERSIONS = "/usr/lib/postgresql";
const READY = "database system is ready to accept connections";
const ENVIRONMENT = { PATH: "/usr/local/bin:/usr/bin:/bin", LANG: "C.UTF-8" };

export type PostgresServer = {
  readonly url: string;
  readonly port: number;
  /** Resolves when clients are let in. */
  readonly start: () => Promise<void>;
  /** `fast` undoes what is open and says so; `immediate` ends like a crash and recovers at the next start. */
  readonly stop: (how: "fast" | "immediate") => Promise<void>;
  /** The end of all of its processes without warning. */
  readonly kill9: () => Promise<void>;
  /** Ends it and removes its files. */
  readonly dispose: () => Promise<void>;
};

/** For the `skip` option of `describe`. */
export function findPostgresServer(): { readonly skip: string | false } {
  return findProgram(join(programs(), "postgres"), "apt-get install postgresql");
}

/** `settings` are added to the server's own, `onLog` gets what it writes. */
export async function startPostgresServer(
  options: { readonly settings?: readonly string[]; readonly onLog?: (text: string) => void } = {},
): Promise<PostgresServer> {
  const folder = mkdtempSync(join(tmpdir(), "storewalk-postgres-"));
  const data = join(folder, "data");
  const user = serverUser();
  if ("uid" in user) chownSync(folder, user.uid, user.gid);
  const as = { ...user, cwd: folder, env: ENVIRONMENT };
  await run(join(programs(), "initdb"), ["-D", data, "-A", "trust", "-U", "postgres", "-E", "UTF8", "--no-sync"], as);
  const port = await freePort();
  // Without fsync: these tests end processes, not machines, and what was written is still the kernel's.
  const settings = [`port=${port}`, "listen_addresses=127.0.0.1", `unix_socket_directories=${folder}`, "fsync=off"];
  settings.push(...(options.settings ?? []));
  const words = ["-D", data, ...settings.flatMap((setting) => ["-c", setting])];
  let server: ChildProcess | null = null;

  async function start(): Promise<void> {
    server = spawn(join(programs(), "postgres"), words, { ...as, stdio: ["ignore", "ignore", "pipe"] });
    if (options.onLog) server.stderr?.setEncoding("utf8").on("data", options.onLog);
    await readyIn(server);
  }

  /** The error stream is shared by all of its processes: `close` means that the last of them is gone. */
  async function end(signal: (pid: number) => void): Promise<void> {
    if (!server?.pid || server.exitCode !== null || server.signalCode !== null) return;
    const closed = once(server, "close");
    signal(server.pid);
    await closed;
    server = null;
  }

  await start();
  const stop = (how: "fast" | "immediate") => end((pid) => process.kill(pid, how === "fast" ? "SIGINT" : "SIGQUIT"));
  return {
    url: `postgres://postgres@127.0.0.1:${port}/postgres`,
    port,
    start,
    stop,
    kill9: () => end(killFamily),
    async dispose() {
      await stop("immediate");
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** Each backend makes itself a process group of its own, so the server's group would be its first process only. */
function killFamily(pid: number): void {
  const children = readdirSync("/proc").filter((entry) => /^\d+$/.test(entry) && parentOf(entry) === pid);
  for (const each of [pid, ...children.map(Number)]) {
    try {
      process.kill(each, "SIGKILL");
    } catch {
      // It ended by itself in the meantime.
    }
  }
}

function parentOf(pid: string): number | null {
  try {
    // The name stands in parentheses and may hold anything; state and parent come behind it.
    return Number(readFileSync(`/proc/${pid}/stat`, "utf8").split(") ").at(-1)?.split(" ")[1]);
  } catch {
    return null;
  }
}

/** The folder of the newest version's programs. */
function programs(): string {
  try {
    const newest = readdirSync(VERSIONS).sort((a, b) => Number(b) - Number(a))[0];
    return join(VERSIONS, newest ?? "15", "bin");
  } catch {
    return join(VERSIONS, "15", "bin");
  }
}

function serverUser(): { readonly uid: number; readonly gid: number } | Record<string, never> {
  if (process.getuid?.() !== 0) return {};
  const id = (what: string) => Number(execFileSync("id", [what, "postgres"], { encoding: "utf8" }));
  return { uid: id("-u"), gid: id("-g") };
}

/** Fails with what the server said when it ends instead of starting. */
async function readyIn(server: ChildProcess): Promise<void> {
  const ready = Promise.withResolvers<void>();
  let said = "";
  server.stderr?.setEncoding("utf8").on("data", (piece: string) => {
    said = (said + piece).slice(-10_000);
    if (said.includes(READY)) ready.resolve();
  });
  server.once("close", () => ready.reject(new Error(`the PostgreSQL server ended before it was ready:\n${said}`)));
  server.once("error", ready.reject);
  await ready.promise;
}
