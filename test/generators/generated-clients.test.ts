/** Clients that generators write from the OpenAPI document: they compile with every check on, and the main walk works with them. */
import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { copyFileSync, existsSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, it, type TestContext } from "node:test";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { aPng } from "../../src/testing/image-bytes.ts";
import { startImageHost } from "../../src/testing/image-host.ts";
import { needs } from "../../src/testing/test-services.ts";
import { aLedgerOf, startService } from "../storewalk-process.ts";

const HERE = fileURLToPath(new URL(".", import.meta.url));
const TOOLS = join(HERE, "node_modules");
const { skip } = needs(existsSync(TOOLS), "no generators of clients; npm ci --prefix test/generators");

const GENERATORS = {
  "openapi-fetch": ["openapi-typescript", "openapi.json", "--output", "schema.d.ts"],
  "hey-api": ["openapi-ts", "--input", "openapi.json", "--output", "hey-api", "--client", "@hey-api/client-fetch"],
} as const;

async function setup(t: TestContext) {
  const host = await startImageHost({});
  t.after(() => host.close());
  host.route("/shelf.png", { kind: "file", bytes: aPng({ width: 30, height: 20 }) });
  host.route("/gone.png", { kind: "status", status: 404 });
  const settings = { STOREWALK_PORT: "0", STOREWALK_ALLOW_HOSTS: host.host, ...aLedgerOf(t) };
  const address = (await startService(t, settings).ready) ?? assert.fail("the service did not start");
  const folder = mkdtempSync(join(tmpdir(), "storewalk-generated-"));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  symlinkSync(TOOLS, join(folder, "node_modules"));
  writeFileSync(join(folder, "openapi.json"), await (await fetch(`${address}/openapi.json`)).text());
  writeFileSync(join(folder, "package.json"), JSON.stringify({ type: "module" }));
  return { folder, address, urls: [host.url("/shelf.png"), host.url("/gone.png")] };
}

/** Beside the image host, which this process is. */
function inFolder(folder: string) {
  return async (program: string, ...args: string[]) => {
    const { stdout } = await promisify(execFile)(process.execPath, [program, ...args], { cwd: folder });
    return stdout;
  };
}

const COMPILED = "--strict --module nodenext --target es2022 --lib es2023,dom,dom.iterable --types node".split(" ");

describe("a generated client", { skip }, () => {
  for (const [walk, [generator, ...args]] of Object.entries(GENERATORS)) {
    it(`of ${generator} compiles, and submits a job, follows it, reads it and retries it`, async (t) => {
      const { folder, address, urls } = await setup(t);
      const run = inFolder(folder);
      await run(join(TOOLS, ".bin", generator), ...args);
      copyFileSync(join(HERE, "walks", `${walk}.ts`), join(folder, `${walk}.ts`));
      await run(join(TOOLS, "typescript", "bin", "tsc"), ...COMPILED, "--outDir", "built", `${walk}.ts`);
      writeFileSync(join(folder, "built", "package.json"), JSON.stringify({ type: "module" }));
      assert.deepEqual(JSON.parse(await run(join("built", `${walk}.js`), address, ...urls)), {
        priority: 7,
        status: "failed",
        perimeters: [100, null],
        failed: ["1 not_found"],
        lines: 2,
        run: 2,
        problem: "job_not_found",
      });
    });
  }
});
