import assert from "node:assert/strict";
import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, it, type TestContext } from "node:test";
import { createRandom } from "../../src/pipeline/gpu/random.ts";
import { createReplay } from "./replay.ts";
import { parseStrace } from "./strace-log.ts";
import { aFate, writeSurvivors } from "./survivors.ts";

const FATES = 300;
const hex = (text: string) =>
  `"${Array.from(Buffer.from(text), (byte) => `\\x${byte.toString(16).padStart(2, "0")}`).join("")}"`;
const open = (path: string, fd: number, flags = "O_RDWR|O_CREAT") =>
  `1 openat(AT_FDCWD, ${hex(path)}, ${flags}, 0644) = ${fd}`;
const write = (fd: number, text: string, at: number) =>
  `1 pwrite64(${fd}, ${hex(text)}, ${text.length}, ${at}) = ${text.length}`;
const sync = (fd: number) => `1 fsync(${fd})              = 0`;

/** What a log leaves of these files over many power cuts at its end: each outcome once. Null for a file that is not there. */
function outcomes(t: TestContext, lines: readonly string[], ...files: readonly string[]): ReadonlySet<string> {
  const base = mkdtempSync(join(tmpdir(), "storewalk-disk-"));
  t.after(() => rmSync(base, { recursive: true, force: true }));
  const calls = parseStrace(`${lines.join("\n")}\n`);
  const replay = createReplay({ calls, folder: "/d" });
  replay.playTo(calls.length);
  const random = createRandom(1);
  const found = new Set<string>();
  for (let no = 0; no < FATES; no++) {
    const folder = join(base, String(no));
    writeSurvivors(replay.disk, aFate(random, calls.length), folder, () => false);
    const left = files.map((file) =>
      existsSync(join(folder, file)) ? readFileSync(join(folder, file), "latin1") : null,
    );
    found.add(JSON.stringify(left.map((text) => text && summary(text))));
  }
  return found;
}

/** Runs of one letter by their length. */
const summary = (text: string) =>
  Array.from(text.matchAll(/(.)\1*/gs), ([run, letter]) => `${letter}${run.length}`).join(" ");

const made = [open("/d/f", 3), open("/d", 4, "O_RDONLY|O_DIRECTORY"), sync(4)];

describe("the model of a disk", () => {
  it("keeps the bytes of a synced file and the names of a synced folder", (t) => {
    const left = outcomes(t, [...made, write(3, "a".repeat(1_000), 0), sync(3)], "f");
    assert.deepEqual(left, new Set(['["a1000"]']));
  });

  it("may lose a file whose folder was not synced, though its bytes were", (t) => {
    const left = outcomes(t, [open("/d/f", 3), write(3, "a", 0), sync(3)], "f");
    assert.deepEqual(left, new Set(['["a1"]', "[null]"]));
  });

  it("may keep any sectors of what was not synced, and no part of one", (t) => {
    const before = [...made, write(3, "a".repeat(1_024), 0), sync(3)];
    const left = outcomes(t, [...before, write(3, "b".repeat(1_024), 0)], "f");
    assert.deepEqual(left, new Set(['["a1024"]', '["b1024"]', '["a512 b512"]', '["b512 a512"]']));
  });

  it("keeps a renamed file under its old name, its new one, or both", (t) => {
    const rename = `1 rename(${hex("/d/f")}, ${hex("/d/g")}) = 0`;
    const left = outcomes(t, [...made, write(3, "a", 0), sync(3), rename], "f", "g");
    assert.deepEqual(left, new Set(['["a1",null]', '[null,"a1"]', '["a1","a1"]']));
  });

  it("takes a sync to cover what was written when it began, not what came before it returned", (t) => {
    const during = [
      "1 fsync(3 <unfinished ...>",
      `2 pwrite64(3, ${hex("b")}, 1, 0) = 1`,
      "1 <... fsync resumed>)        = 0",
    ];
    const left = outcomes(t, [...made, write(3, "a", 0), ...during], "f");
    assert.deepEqual(left, new Set(['["a1"]', '["b1"]']));
  });

  it("puts a call together that another thread's cut in two", (t) => {
    const cut = [
      "1 pwrite64(3, <unfinished ...>",
      "2 close(9)      = 0",
      `1 <... pwrite64 resumed>${hex("a")}, 1, 0) = 1`,
      sync(3),
    ];
    assert.deepEqual(outcomes(t, [...made, ...cut], "f"), new Set(['["a1"]']));
  });

  it("stops at a line that it cannot read, and at a write that strace shortened", () => {
    assert.throws(() => parseStrace(`1 pwrite64(3, "\\x61"..., 9, 0) = 9\n`), /cannot follow/);
    assert.throws(() => parseStrace("1 renameat(what, ever) = 0\n"), /cannot follow/);
  });
});
