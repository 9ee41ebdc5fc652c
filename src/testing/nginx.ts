/** A real nginx with a configuration of the test's, one process on a free port of the loopback. Tests and benchmarks only. */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { connect } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { freePort } from "./free-port.ts";

export const NGINX = { path: "/usr/sbin/nginx", get: "apt-get install nginx-light" } as const;

export type Nginx = {
  readonly url: (path: string) => string;
  /** Requests so far. */
  answers(): Promise<{ readonly served: number; readonly refused: number }>;
  close(): Promise<void>;
};

/** `http` stands in the http block, `location` in the one location; `/photo.jpg` with any query is the photo. */
export async function startNginx(options: {
  readonly http: string;
  readonly location: string;
  readonly photo: Uint8Array;
}): Promise<Nginx> {
  const folder = await mkdtemp(join(tmpdir(), "storewalk-nginx-"));
  const root = join(folder, "root");
  await mkdir(root);
  await writeFile(join(root, "photo.jpg"), options.photo);
  const log = join(folder, "access.log");
  const port = await freePort();
  const temporary = ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"]
    .map((kind) => `${kind}_temp_path ${join(folder, kind)};`)
    .join("\n");
  const configuration = `
    daemon off; master_process off; pid ${join(folder, "pid")}; error_log /dev/null;
    events { worker_connections 1024; }
    http {
      log_format status $status; access_log ${log} status; ${temporary}
      ${options.http}
      server { listen 127.0.0.1:${port}; root ${root}; location / { ${options.location} } }
    }`;
  const file = join(folder, "nginx.conf");
  await writeFile(file, configuration);
  const child = spawn(NGINX.path, ["-c", file, "-p", folder], { stdio: ["ignore", "ignore", "pipe"] });
  let said = "";
  child.stderr.on("data", (bytes: Buffer) => {
    said += bytes.toString();
  });
  const ended = once(child, "exit");
  while (!(await listens(port))) {
    if (child.exitCode !== null) throw new Error(`nginx did not start: ${said}`);
    await sleep(20);
  }
  return {
    url: (path) => `http://127.0.0.1:${port}${path}`,
    async answers() {
      const statuses = (await readFile(log, "utf8")).trim().split("\n");
      const refused = statuses.filter((status) => status === "503" || status === "429").length;
      return { served: statuses.length - refused, refused };
    },
    async close() {
      child.kill();
      await ended;
      await rm(folder, { recursive: true, force: true });
    },
  };
}

function listens(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, "127.0.0.1");
    socket.once("connect", () => resolve(true)).once("error", () => resolve(false));
    socket.once("connect", () => socket.destroy());
  });
}
