/** The bundle as `npm ci` builds it, of a copy of the sources, so that it is of them whatever dist/ holds: the threads and the decoding child too. */
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, it } from "node:test";
import { fileURLToPath } from "node:url";
import { aPng } from "../../src/testing/image-bytes.ts";
import { startImageHost } from "../../src/testing/image-host.ts";
import { aDataDir, runCommand, startService } from "../storewalk-process.ts";

const REPOSITORY = fileURLToPath(new URL("../..", import.meta.url));
const BUILT_FROM = ["bin", "src", "sdk/src", "scripts/build-program.ts", "package.json", "package-lock.json"];
const MIGRATIONS = "src/ledger/migrations";
const FAULT = 'throw new TypeError("a bug of a test");';

describe("the bundle", () => {
  const root = mkdtempSync(join(tmpdir(), "storewalk-bundle-"));
  const program = join(root, "bin/storewalk.cjs");
  const lookUp = join(root, "src/commands/stores-lookup.ts");
  let faultyLine = 0;

  before(() => {
    for (const path of BUILT_FROM) cpSync(join(REPOSITORY, path), join(root, path), { recursive: true });
    symlinkSync(join(REPOSITORY, "node_modules"), join(root, "node_modules"));
    // A fault of ours where no other test would meet it.
    const lines = readFileSync(lookUp, "utf8").split("\n");
    faultyLine = lines.findIndex((line) => line.endsWith("Promise<ExitCode> {")) + 2;
    writeFileSync(lookUp, lines.toSpliced(faultyLine - 1, 0, FAULT).join("\n"));
    execFileSync(process.execPath, [join(root, "scripts/build-program.ts")]);
    // As in an image: what runs from here on is the bundle, or nothing.
    for (const name of readdirSync(join(root, "src"))) rmSync(join(root, "src", name), { recursive: true });
    cpSync(join(REPOSITORY, MIGRATIONS), join(root, MIGRATIONS), { recursive: true });
  });
  after(() => rmSync(root, { recursive: true, force: true }));

  it("runs a job to its end, every pixel decoded", async (t) => {
    const host = await startImageHost({ "/1.png": { kind: "file", bytes: aPng({ width: 3, height: 4 }) } });
    t.after(() => host.close());
    const settings = {
      STOREWALK_PORT: "0",
      STOREWALK_DATA_DIR: aDataDir(t),
      STOREWALK_ALLOW_HOSTS: host.host,
      STOREWALK_INTEGRITY: "decode",
    };
    const stdin = "store_id,store_name,area_code\nS1,Shop,1\n";
    assert.equal((await runCommand(["stores", "import", "-"], { program, settings, stdin })).code, 0);
    const url = await startService(t, settings, program).ready;
    assert.ok(url);
    const job = JSON.stringify({
      count: 1,
      visits: [{ store_id: "S1", visit_time: "2026-01-05", image_url: [host.url("/1.png")] }],
    });
    const args = ["submit", "-", "--format", "json", "--watch", "--url", url];
    const submitted = await runCommand(args, { program, stdin: job });
    assert.equal(submitted.code, 0, submitted.stderr);
    const results = await runCommand(["results", "1", "--url", url], { program });
    assert.equal(JSON.parse(results.stdout).perimeter, 14);
    const document = await fetch(`${url}/openapi.json`);
    assert.equal(document.status, 200);
  });

  it("is in ASCII, which V8 keeps in a byte a character", () => {
    const files = readdirSync(join(root, "dist")).filter((name) => name.endsWith(".cjs"));
    assert.deepEqual(
      files.filter((name) => readFileSync(join(root, "dist", name)).some((byte) => byte > 0x7f)),
      [],
    );
    assert.ok(files.includes("main.cjs"));
  });

  it("names the sources in its stacks", async () => {
    const { stderr } = await runCommand(["stores", "lookup", "x"], { program });
    assert.match(stderr, /^storewalk: TypeError: a bug of a test\n/);
    assert.ok(stderr.includes(`(${lookUp}:${faultyLine}:`), stderr);
  });
});
