/** Photos behind a login, over the real program: credentials by the command line, a job that needs them, and nobody who sees them afterwards. */
import assert from "node:assert/strict";
import { once } from "node:events";
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { after, before, describe, it } from "node:test";
import { aPng } from "../src/testing/image-bytes.ts";
import { type ImageHost, type Route, startImageHost } from "../src/testing/image-host.ts";
import { createTestDatabase } from "../src/testing/postgres-database.ts";
import { findService, POSTGRESQL } from "../src/testing/test-services.ts";
import { aDataDir, aLedgerOf, createEnding, runCommand, startService } from "./storewalk-process.ts";

const STORES = "store_id,store_name,area_code\nS1,Corner shop,7100015\n";
const SECRET = "s3cr3t-of-acme";
const postgres = await findService(POSTGRESQL);
const ending = createEnding();
let host: ImageHost;
let settings: Record<string, string>;
let service: ReturnType<typeof startService>;
let url: string;
let log = "";

/** As survey tools do: 401 without the token, for the photo as for its size. */
const guarded: Route = {
  kind: "custom",
  answer: ({ headers }, response) => {
    if (headers.authorization === `Token ${SECRET}`) response.end(aPng({ width: 30, height: 20 }));
    else response.writeHead(401, { "content-length": "0" }).end();
  },
};

before(async () => {
  host = await startImageHost({ "/private/1.png": guarded, "/private/2.png": guarded });
  settings = {
    STOREWALK_PORT: "0",
    ...aLedgerOf(ending, STORES),
    STOREWALK_ALLOW_HOSTS: host.host,
    STOREWALK_GPU_LATENCY_MS: "1",
    STOREWALK_LOG_LEVEL: "debug",
    XDG_CONFIG_HOME: aDataDir(ending),
  };
  service = startService(ending, settings);
  service.process.stderr?.on("data", (data) => {
    log += data;
  });
  url = (await service.ready) ?? assert.fail("the service did not start");
});
after(async () => {
  await ending.end();
  await host.close();
});

const run = (args: readonly string[], stdin = "") => runCommand([...args, "--url", url], { settings, stdin });

async function submitted(path: string): Promise<string> {
  const visits = [{ store_id: "S1", image_url: [host.url(path)], visit_time: "2026-01-05" }];
  const { stdout } = await run(["submit", "-", "--watch"], JSON.stringify({ count: 1, visits }));
  const job = stdout.split("\n", 1)[0] ?? "";
  return (await run(["results", job])).stdout;
}

describe("photos behind a login", () => {
  it("are measured once their host's credentials are kept, and retried ones as well", async () => {
    const refused = await submitted("/private/1.png");
    assert.match(refused, /forbidden.*127\.0\.0\.1 answered 401/);
    const untold = await run(["hosts", "test", host.url("/private/1.png"), "--json"]);
    assert.deepEqual([untold.code, JSON.parse(untold.stdout).pattern], [1, null]);

    const file = join(aDataDir(ending), "token");
    writeFileSync(file, `Token ${SECRET}\n`);
    const added = await run([
      "hosts",
      "add",
      `${host.host}/private`,
      "--header",
      `Authorization: @${file}`,
      "--over-http",
    ]);
    assert.equal(added.code, 0, added.stderr);
    assert.match(added.stdout, /sends +Authorization/);
    const tested = await run(["hosts", "test", host.url("/private/1.png")]);
    assert.equal(tested.code, 0, tested.stdout + tested.stderr);
    assert.match(tested.stdout, /sends +Authorization\noutcome +measured\nformat +png\nwidth +30\nheight +20/);

    assert.equal((await run(["jobs", "retry", "1", "--failed"])).code, 0);
    assert.equal((await run(["watch", "1"])).code, 0);
    assert.match(await submitted("/private/2.png"), /"perimeter":100/);
  });

  it("are refused again when their host's credentials are forgotten, or wrong", async () => {
    const wrong = await run(
      ["hosts", "rotate", `${host.host}/private`, "--header", "Authorization: @-"],
      "Token other-words",
    );
    assert.equal(wrong.code, 0, wrong.stderr);
    assert.match(await submitted("/private/1.png"), /asked with the credentials for 127\.0\.0\.1:\d+\/private/);
    const { stdout } = await run(["hosts", "list", "--json"]);
    const [row] = JSON.parse(stdout);
    assert.deepEqual([row.headers, row.over_http], [["Authorization"], true]);
    assert.equal((await run(["hosts", "remove", row.id])).code, 0);
    assert.equal((await run(["hosts", "remove", row.id])).code, 65);
    assert.match(await submitted("/private/1.png"), /answered 401 Unauthorized"/);
  });

  it("leave their credentials in no file, log line, answer or metric", async () => {
    const answers = [
      "/metrics",
      "/api/v1/audit",
      "/api/v1/hosts/access",
      "/api/v1/jobs/1/results",
      "/api/v1/jobs/1/images",
    ];
    const texts = await Promise.all(answers.map(async (path) => await (await fetch(url + path)).text()));
    assert.match(log, /listHostAccess|hosts\/access/);
    for (const text of [...texts, log]) assert.doesNotMatch(text, /s3cr3t/);
    const folder = settings.STOREWALK_DATA_DIR ?? assert.fail("there is a data folder");
    const files = readdirSync(folder, { recursive: true, withFileTypes: true }).filter((file) => file.isFile());
    assert.ok(files.some(({ name }) => name === "storewalk.db"));
    for (const { parentPath, name } of files) assert.ok(!readFileSync(join(parentPath, name)).includes(SECRET), name);
  });
});

describe("photos behind a login in a fleet", { skip: postgres.skip }, () => {
  it("are measured by whoever has its secret, and otherwise fail with that cause and are asked for by nobody", async (t) => {
    const database = await createTestDatabase(postgres.url);
    t.after(database.drop);
    const fleet = {
      STOREWALK_PORT: "0",
      DATABASE_URL: database.url,
      STOREWALK_STORE_MASTER: settings.STOREWALK_STORE_MASTER ?? "",
      STOREWALK_ALLOW_HOSTS: host.host,
      STOREWALK_GPU_LATENCY_MS: "1",
    };
    const start = async (given: Record<string, string>) => {
      const member = startService(t, { ...fleet, ...given });
      const at = (await member.ready) ?? assert.fail("the service did not start");
      const command = (args: readonly string[], stdin = "") =>
        runCommand([...args, "--url", at], { settings: fleet, stdin });
      const detail = async () => {
        const visits = [{ store_id: "S1", image_url: [host.url("/private/1.png")], visit_time: "2026-01-05" }];
        const { stdout } = await command(["submit", "-", "--watch"], JSON.stringify({ count: 1, visits }));
        return (await command(["results", stdout.split("\n", 1)[0] ?? ""])).stdout;
      };
      const stop = async () => {
        const ended = once(member.process, "exit");
        member.process.kill("SIGTERM");
        await ended;
      };
      return { command, detail, stop };
    };
    const add = ["hosts", "add", host.host, "--header", "Authorization: @-", "--over-http"];

    const one = await start({ STOREWALK_AUTH_SECRET: "a secret of the fleet, which is long enough" });
    const added = await one.command(add, `Token ${SECRET}`);
    assert.equal(added.code, 0, added.stderr);
    assert.match(await one.detail(), /"perimeter":100/);
    await one.stop();

    const asked = host.hits("/private/1.png");
    const other = await start({});
    assert.match(
      await other.detail(),
      /"forbidden".*cannot be used: STOREWALK_AUTH_SECRET is not set in the process that fetches/,
    );
    assert.equal(host.hits("/private/1.png"), asked);
    const refused = await other.command([...add.slice(0, 2), "other.example", ...add.slice(3)], "Token abc");
    assert.deepEqual([refused.code, /a fleet needs STOREWALK_AUTH_SECRET/.test(refused.stderr)], [65, true]);
    await other.stop();
  });
});
