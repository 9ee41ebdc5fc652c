/** The version before, as it was: out of the repository's own history, with the packages that are installed now. */
import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync, symlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { Ending } from "../storewalk-process.ts";

/** Of the last release; until there is one, of the last tables that a fleet may have. To be set anew with each release. */
const COMMIT = "bc51bd9";
const ROOT = fileURLToPath(new URL("../../", import.meta.url));

function isKnown(): boolean {
  try {
    execFileSync("git", ["cat-file", "-e", `${COMMIT}^{commit}`], { cwd: ROOT, stdio: "ignore" });
    return true;
  } catch {
    return false;
  }
}

/** A copy without history, or with little, has no version before to run. */
export const OLD_VERSION = {
  skip: isKnown() ? (false as const) : `this copy's history lacks ${COMMIT}: git fetch --unshallow`,
};

/** Returns the program to start. It goes with the test. */
export function unpackOldVersion(t: Ending): string {
  const folder = mkdtempSync(join(tmpdir(), "storewalk-old-"));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  const files = execFileSync("git", ["archive", COMMIT], { cwd: ROOT, maxBuffer: 2 ** 29 });
  execFileSync("tar", ["-x"], { cwd: folder, input: files });
  symlinkSync(join(ROOT, "node_modules"), join(folder, "node_modules"));
  return join(folder, "bin", "storewalk.cjs");
}
