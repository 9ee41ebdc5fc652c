import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import {
  appendFileSync,
  cpSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, it, type TestContext } from "node:test";
import { fileURLToPath } from "node:url";
import sourceDigest from "../../bin/source-digest.cjs";
import { NODE_ARGUMENTS } from "../storewalk-process.ts";

const BIN = fileURLToPath(new URL("../../bin", import.meta.url));
const SOURCES = ["src/main.ts", "src/part.ts"];

/** A program that says which form of it runs, started by the real launcher. */
function aProgram(t: TestContext) {
  const root = mkdtempSync(join(tmpdir(), "storewalk-launcher-"));
  t.after(() => rmSync(root, { recursive: true, force: true }));
  const path = (name: string) => join(root, name);
  cpSync(BIN, path("bin"), { recursive: true });
  cpSync(join(BIN, "../package.json"), path("package.json"));
  for (const folder of ["src", "dist"]) mkdirSync(path(folder));
  writeFileSync(path("src/main.ts"), 'import { form } from "./part.ts";\nconsole.log(form);\n');
  writeFileSync(path("src/part.ts"), 'export const form: string = "sources";\n');
  writeFileSync(path("dist/main.cjs"), 'console.log("bundle");\n');
  writeFileSync(
    path("dist/sources.json"),
    JSON.stringify({ files: SOURCES, digest: sourceDigest.digestOf(root, SOURCES) }),
  );
  const run = () => execFileSync(process.execPath, [path("bin/storewalk.cjs")], { encoding: "utf8" }).trim();
  return { path, run };
}

describe("the launcher", () => {
  it("is started by npm with the options of its first line", () => {
    const { scripts } = JSON.parse(readFileSync(join(BIN, "../package.json"), "utf8"));
    const command = ["node", ...NODE_ARGUMENTS, "bin/storewalk.cjs"].join(" ");
    assert.ok(NODE_ARGUMENTS.length > 0);
    assert.deepEqual(
      [scripts.start, scripts.serve, scripts.storewalk],
      [`${command} demo`, `${command} serve`, command],
    );
  });

  it("runs the bundle of the sources that are there, again and again", (t) => {
    const { run } = aProgram(t);
    assert.equal(run(), "bundle");
    assert.equal(run(), "bundle");
  });

  it("runs the sources once one of them is another, whatever its date says", (t) => {
    const { run, path } = aProgram(t);
    appendFileSync(path("src/part.ts"), "// changed\n");
    utimesSync(path("src/part.ts"), 0, 0);
    assert.equal(run(), "sources");
  });

  it("runs the sources when a file that the bundle was built from is gone", (t) => {
    const { run, path } = aProgram(t);
    writeFileSync(path("src/main.ts"), 'console.log("sources");\n');
    rmSync(path("src/part.ts"));
    assert.equal(run(), "sources");
  });

  it("runs the sources when no bundle was built, or its building did not come to an end", (t) => {
    const { run, path } = aProgram(t);
    rmSync(path("dist/sources.json"));
    assert.equal(run(), "sources");
    rmSync(path("dist"), { recursive: true });
    assert.equal(run(), "sources");
  });

  it("runs the bundle where the sources were not installed", (t) => {
    const { run, path } = aProgram(t);
    rmSync(path("src"), { recursive: true });
    assert.equal(run(), "bundle");
  });
});
