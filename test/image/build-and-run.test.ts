/** The image's script on a machine that lacks a program: it names the package, and brings it when it is told to. */
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import {
  chmodSync,
  existsSync,
  lstatSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, it, type TestContext } from "node:test";
import { fileURLToPath } from "node:url";
import { needs } from "../../src/testing/test-services.ts";

const SCRIPT = fileURLToPath(new URL("build-and-run.sh", import.meta.url));
const STOOD_IN = ["apt-get", "buildah", "debootstrap", "ip", "setpriv"];

const { skip } = needs(existsSync("/etc/debian_version"), "no Debian here; the image's script needs one");
const root = skip ? { skip } : needs(process.getuid?.() === 0, "no right to install programs; run the tests as root");

/**
 * A machine of its own with this one's programs but for buildah. Its apt-get writes down what it is asked and brings a program that does
 * nothing.
 */
function aMachine(t: TestContext) {
  const programs = mkdtempSync(join(tmpdir(), "storewalk-test-"));
  t.after(() => rmSync(programs, { recursive: true, force: true }));
  const asked = join(programs, "asked");
  for (const folder of ["/usr/bin", "/usr/sbin", "/bin", "/sbin"]) {
    for (const name of readdirSync(folder)) {
      // A link that leads nowhere, as a package half removed leaves it, is a name that is taken, too.
      if (!STOOD_IN.includes(name) && lstatSync(join(programs, name), { throwIfNoEntry: false }) === undefined) {
        symlinkSync(join(folder, name), join(programs, name));
      }
    }
  }
  const program = (name: string, ...lines: readonly string[]) => {
    writeFileSync(join(programs, name), ["#!/bin/sh", ...lines, ""].join("\n"));
    chmodSync(join(programs, name), 0o755);
  };
  const bring = `ln -sf ${join(programs, "debootstrap")} ${join(programs, "buildah")}`;
  program("apt-get", `echo "$*" >> ${asked}`, `case "$*" in *"install "*) ${bring} ;; esac`);
  for (const name of ["debootstrap", "ip", "setpriv"]) program(name);
  return {
    run: (...args: readonly string[]) =>
      spawnSync("bash", [SCRIPT, ...args], { env: { PATH: programs, TMPDIR: programs }, encoding: "utf8" }),
    asked: () => (existsSync(asked) ? readFileSync(asked, "utf8") : ""),
  };
}

describe("the image's script without buildah", () => {
  it("names the package that is missing and ends with 69", { skip }, (t) => {
    const { run, asked } = aMachine(t);
    const { status, stderr } = run();
    assert.equal(status, 69, stderr);
    assert.match(stderr, /^build-and-run: buildah missing; .*apt-get install buildah\n$/);
    assert.equal(asked(), "");
  });

  it("installs it first with --install, and goes on with it", { skip: root.skip }, (t) => {
    const { run, asked } = aMachine(t);
    const { stderr } = run("--install");
    assert.match(asked(), /^update .*\ninstall .* buildah\n/);
    // That apt-get knows no archive: where the script ends, the program was there.
    assert.match(stderr, /^Making the stand-in for node:24-slim …\nbuild-and-run: apt knows no Debian archive/);
  });
});
