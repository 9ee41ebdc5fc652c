/** The table of rings in docs/reliability.md, and that no test is outside of it. */
import assert from "node:assert/strict";
import { globSync, readFileSync } from "node:fs";
import { matchesGlob } from "node:path";
import { describe, it } from "node:test";
import { fileURLToPath } from "node:url";
import { CAMPAIGNS, type Campaign } from "./campaigns.ts";
import { testFilesOf } from "./run.ts";

const ROOT = fileURLToPath(new URL("../", import.meta.url));
const read = (path: string) => readFileSync(`${ROOT}${path}`, "utf8");
const [, section = ""] = read("docs/reliability.md").split("\n## Rings\n");
const rows = (section.split("\n## ")[0] ?? "")
  .split("\n")
  .filter((line) => line.startsWith("| `"))
  .map((line) =>
    line
      .slice(2, -2)
      .split(" | ")
      .map((cell) => cell.trim()),
  );
const unquoted = (cell = "") => cell.replaceAll("`", "");
const patternsOf = (cell = "") => unquoted(cell).split(", ");
const shown = (size: number) => size.toLocaleString("en");
const allFiles = globSync("{src,test}/**/*.test.ts", { cwd: ROOT, exclude: ["**/node_modules/**"] }).toSorted();

describe("the table of rings", () => {
  it("has each campaign with its taste, its whole and the variable for any other size, and none that is gone", () => {
    const documented = rows
      .filter(([, , whole]) => whole !== "–")
      .map(([file, taste, whole, setting]) => [unquoted(file), taste, whole, unquoted(setting)]);
    const known = Object.values(CAMPAIGNS).map(({ file, unit, setting, taste, whole }: Campaign) => [
      file,
      `${shown(taste)} ${unit}`,
      `${shown(whole)} ${unit}`,
      setting,
    ]);
    assert.deepEqual(documented.toSorted(), known.toSorted());
  });

  it("has every test file, and names none that is not there", () => {
    const patterns = rows.flatMap(([files]) => patternsOf(files));
    const outside = allFiles.filter((file) => !patterns.some((pattern) => matchesGlob(file, pattern)));
    assert.deepEqual(outside, []);
    const idle = patterns.filter((pattern) => !allFiles.some((file) => matchesGlob(file, pattern)));
    assert.deepEqual(idle, []);
  });
});

describe("the rings", () => {
  it("have every test file in npm test, once", () => {
    assert.deepEqual(testFilesOf("all").toSorted(), allFiles);
  });

  it("share a process by rooms only where no hook outside of a describe is felt by another file", () => {
    const felt = allFiles.filter((file) => file.startsWith("src/") && /^(?:before|after)Each\(/m.test(read(file)));
    assert.deepEqual(felt, []);
  });

  for (const [name, { file }] of Object.entries(CAMPAIGNS)) {
    it(`take the size of ${file} from the campaign ${name}`, () => {
      assert.ok(read(file).includes(`sizeOf("${name}")`));
    });
  }
});
