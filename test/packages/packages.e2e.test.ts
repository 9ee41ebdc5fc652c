/** What others install: both packages packed, put into empty projects, compiled against, and run to a job's end. */
import assert from "node:assert/strict";
import { execFile, spawn } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { delimiter, dirname, join } from "node:path";
import { createInterface } from "node:readline";
import { after, before, describe, it } from "node:test";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { build } from "rolldown";
import sourceDigest from "../../bin/source-digest.cjs";
import packageFile from "../../package.json" with { type: "json" };
import { aPng } from "../../src/testing/image-bytes.ts";
import { startImageHost } from "../../src/testing/image-host.ts";
import { needs } from "../../src/testing/test-services.ts";
import { packages } from "../supply-chain/lock-file.ts";

const ROOT = fileURLToPath(new URL("../..", import.meta.url));
const CLIENT = join(ROOT, "sdk");
/** What node and npm of these processes are, whatever the machine has. */
const PATH = [dirname(process.execPath), process.env.PATH].join(delimiter);
const BUNDLE = join(ROOT, "dist", "sources.json");
const TSC = join(dirname(createRequire(import.meta.url).resolve("typescript/package.json")), "bin", "tsc");
const STORES = "store_id,store_name,area_code\nS1,Corner shop,7100015\n";

function isBundled(): boolean {
  if (!existsSync(BUNDLE)) return false;
  const { files, digest } = JSON.parse(readFileSync(BUNDLE, "utf8"));
  return files.every((file: string) => existsSync(join(ROOT, file))) && sourceDigest.digestOf(ROOT, files) === digest;
}
const { skip } = needs(isBundled(), "no bundle of these sources to pack; npm run prepare");

async function run(program: string, args: readonly string[], cwd: string, env: Record<string, string> = {}) {
  const settings = Object.entries(process.env).filter(([name]) => !/^(?:STOREWALK|npm)_/i.test(name));
  const options = { cwd, env: { ...Object.fromEntries(settings), PATH, ...env }, maxBuffer: 2 ** 26 };
  return await promisify(execFile)(program, args, options);
}

describe("the packages", { skip }, () => {
  const folder = mkdtempSync(join(tmpdir(), "storewalk-packages-"));
  const project = (name: string, files: Readonly<Record<string, string>> = {}) => {
    const path = join(folder, name);
    mkdirSync(path);
    writeFileSync(join(path, "package.json"), JSON.stringify({ name, private: true, type: "module" }));
    for (const [file, text] of Object.entries(files)) writeFileSync(join(path, file), text);
    return path;
  };
  /** Without what the package runs when it is packed, where that would replace what other tests run. */
  const pack = async (of: string, ...more: string[]) => {
    const { stdout } = await run("npm", ["pack", "--json", "--pack-destination", folder, ...more], of);
    // What the package prints when it is packed comes first.
    return join(folder, JSON.parse(stdout.slice(stdout.indexOf("[\n")))[0].filename);
  };
  let program = "";
  let client = "";

  before(async () => {
    program = await pack(ROOT, "--ignore-scripts");
    client = await pack(CLIENT);
  });
  after(() => rmSync(folder, { recursive: true, force: true }));

  it("hold what runs: no source, no test, no tool", async () => {
    for (const file of [program, client]) {
      const { stdout } = await run("tar", ["tzf", file], folder);
      const files = stdout.trim().split("\n");
      assert.deepEqual(
        files.filter((name) => /\.test\.|testing|(?<!\.d)\.tsx?$|\/node_modules\//.test(name)),
        [],
      );
      assert.ok(
        files.some((name) => /\/dist\/[\w-]+\.c?js\.map$/.test(name)),
        "there are no source maps",
      );
      for (const wanted of ["LICENSE", "README.md"]) assert.ok(files.includes(`package/${wanted}`), wanted);
    }
  });

  it("run a job to its end with npx, and show the page, where the program is installed", async (t) => {
    const host = await startImageHost({});
    t.after(() => host.close());
    host.route("/shelf.png", { kind: "file", bytes: aPng({ width: 30, height: 20 }) });
    const path = project("shop", { "stores.csv": STORES });
    await run("npm", ["install", "--omit=dev", "--no-audit", "--no-fund", program], path);
    const tools = packages.filter(({ path: place, dev }) => dev === true && existsSync(join(path, place)));
    assert.deepEqual(tools, []);
    const storewalk = (...args: string[]) => run("npx", ["--no-install", "storewalk", ...args], path);
    assert.equal((await storewalk("--version")).stdout.trim(), packageFile.version);

    const env = {
      ...process.env,
      PATH,
      STOREWALK_PORT: "0",
      STOREWALK_ALLOW_HOSTS: host.host,
      STOREWALK_LOG_LEVEL: "error",
      STOREWALK_STORE_MASTER: "stores.csv",
    };
    const service = spawn("npx", ["--no-install", "storewalk", "serve"], {
      cwd: path,
      env,
      stdio: ["ignore", "pipe", "inherit"],
      detached: true,
    });
    t.after(() => {
      if (service.pid !== undefined) process.kill(-service.pid, "SIGKILL");
    });
    let url = "";
    for await (const line of createInterface({ input: service.stdout })) {
      [, url = ""] = /^storewalk is ready at (\S+)$/.exec(line) ?? [];
      if (url !== "") break;
    }
    const page = await (await fetch(url)).text();
    const [, script = ""] = /src="([^"]+\.js)"/.exec(page) ?? [];
    assert.equal((await fetch(url + script)).status, 200);
    writeFileSync(join(path, "job.csv"), `store_id,image_url,visit_time\nS1,${host.url("/shelf.png")},2024-05-31\n`);
    const { stdout } = await storewalk("submit", "job.csv", "--watch", "--json", "--url", url);
    assert.match(stdout, /"status":"completed"/);
  });

  it("say in one sentence that Node is too old", async () => {
    const old = "Object.defineProperty(process, 'versions', { value: { ...process.versions, node: '20.11.1' } })";
    writeFileSync(join(folder, "old.cjs"), old);
    const started = run(
      process.execPath,
      ["--require", "./old.cjs", join(ROOT, "bin", "storewalk.cjs"), "serve"],
      folder,
    );
    await assert.rejects(started, ({ code, stderr, stdout }: { code: number; stderr: string; stdout: string }) => {
      assert.deepEqual([code, stdout, stderr.trim().split("\n").length], [78, "", 1]);
      assert.match(stderr, /needs Node 24\.\d+ or newer, and this is 20\.11\.1/);
      return true;
    });
  });

  const USE = `import { Storewalk, StorewalkError, verifyWebhook, type Job } from "@storewalk/client";
const storewalk = new Storewalk({ baseUrl: "http://127.0.0.1:1", maxRetries: 0 });
export const ask = async (): Promise<Job | string> => {
  try {
    for await (const image of storewalk.jobs.images(1, { outcome: "failed" })) console.log(image.code);
    return await storewalk.jobs.get(1);
  } catch (error) {
    return error instanceof StorewalkError ? error.code : typeof verifyWebhook;
  }
};
console.log(await ask());
`;
  const checks = {
    strict: true,
    skipLibCheck: false,
    noEmit: false,
    outDir: "built",
    types: [],
    lib: ["es2020", "dom", "dom.iterable"],
  };
  for (const [name, compilerOptions] of [
    ["nodenext", { ...checks, target: "es2022", module: "nodenext" }],
    ["bundler", { ...checks, target: "es2022", module: "preserve", moduleResolution: "bundler" }],
  ] as const) {
    it(`are typed for ${name}, with ES2020 and every library checked, and run`, async () => {
      const files = { "use.ts": USE, "tsconfig.json": JSON.stringify({ compilerOptions, files: ["use.ts"] }) };
      const path = project(`with-${name}`, files);
      await run("npm", ["install", "--offline", "--no-audit", "--no-fund", client], path);
      await run(process.execPath, [TSC, "-p", "."], path).catch(({ stdout }) => assert.fail(stdout));
      const built = join(path, "built", "use.js");
      if (name === "bundler") {
        const { output } = await build({
          input: built,
          platform: "browser",
          cwd: path,
          output: { file: join(path, "bundle.mjs") },
        });
        assert.equal(output[0].imports.length, 0);
      }
      const { stdout } = await run(process.execPath, [name === "bundler" ? "bundle.mjs" : built], path);
      assert.equal(stdout.trim(), "unreachable");
    });
  }
});
