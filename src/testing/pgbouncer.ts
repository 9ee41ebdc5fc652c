/** A real PgBouncer in front of a PostgreSQL server, one process on a free port of the loopback. Tests only. */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { chmod, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { freePort } from "./free-port.ts";

export const PGBOUNCER = { path: "/usr/sbin/pgbouncer", get: "apt-get install pgbouncer" } as const;

export type PgBouncer = {
  /** The same database by way of it. */
  readonly urlOf: (databaseUrl: string) => string;
  readonly close: () => Promise<void>;
};

/** `settings` are lines of the section `[pgbouncer]`. */
export async function startPgBouncer(serverUrl: string, settings: readonly string[]): Promise<PgBouncer> {
  const { hostname, port: serverPort, username, password } = new URL(serverUrl);
  const folder = await mkdtemp(join(tmpdir(), "storewalk-pgbouncer-"));
  const port = await freePort();
  const secret = password === "" ? "" : ` password=${decodeURIComponent(password)}`;
  const configuration = `
[databases]
* = host=${hostname} port=${serverPort || 5432} user=${decodeURIComponent(username)}${secret}
[pgbouncer]
listen_addr = 127.0.0.1
listen_port = ${port}
unix_socket_dir =
auth_type = any
default_pool_size = 50
${settings.join("\n")}
`;
  const file = join(folder, "pgbouncer.ini");
  await writeFile(file, configuration);
  // It refuses root, and must read its file as the other user.
  await chmod(folder, 0o755);
  const asUser = process.getuid?.() === 0 ? ["-u", "postgres"] : [];
  const child = spawn(PGBOUNCER.path, [...asUser, file], { stdio: ["ignore", "ignore", "pipe"] });
  const ended = once(child, "exit");
  let said = "";
  await new Promise<void>((resolve, reject) => {
    child.stderr.on("data", (bytes: Buffer) => {
      said += bytes.toString();
      if (said.includes("process up")) resolve();
    });
    void ended.then(() => reject(new Error(`PgBouncer did not start: ${said}`)));
  });
  return {
    urlOf(databaseUrl) {
      const url = new URL(databaseUrl);
      url.host = `127.0.0.1:${port}`;
      return url.href;
    },
    async close() {
      child.kill("SIGTERM");
      await ended;
      await rm(folder, { recursive: true, force: true });
    },
  };
}
