/**
 * Runs the tests of a ring, several files at a time, each in a process of its own, and ends with the test runner's count.
 *
 *     npm test                     everything, with a taste of each campaign
 *     npm test -- src/http …       only files whose path has one of these in it
 *     npm run test:campaigns       the campaigns at their whole size
 */
import { globSync } from "node:fs";
import { availableParallelism, tmpdir } from "node:os";
import { join } from "node:path";
import { run } from "node:test";
import { spec } from "node:test/reporters";
import { fileURLToPath } from "node:url";
import { CAMPAIGNS, WHOLE_CAMPAIGNS } from "./campaigns.ts";

const ROOT = fileURLToPath(new URL("../", import.meta.url));
/** Of one test. No test is expected to come near it: it ends those that hang. */
const HANGS_MS = 600_000;
/** Tests of whole programs wait about as long as they compute; one more than there are processors fills the waits. */
const FILES_AT_A_TIME = availableParallelism() + 1;
/** Behind the campaigns. What takes long comes first, so that none is left alone at the end. */
const IN_ORDER = ["test/**/*.test.ts", "src/queue/**/*.test.ts", "src/ledger/**/*.test.ts", "src/**/*.test.ts"];
/** Compiled once for the hundreds of processes that the tests start. */
const COMPILED = { NODE_COMPILE_CACHE: join(tmpdir(), "storewalk-test-compile-cache") };

/** The files of a ring in the order in which they are begun, from the repository's folder. */
export function testFilesOf(ring: "all" | "campaigns"): readonly string[] {
  const campaigns = Object.values(CAMPAIGNS).map(({ file }) => file);
  if (ring === "campaigns") return campaigns;
  const others = IN_ORDER.flatMap((pattern) => globSync(pattern, { cwd: ROOT }).toSorted());
  return [...new Set([...campaigns, ...others])];
}

function runTests(ring: "all" | "campaigns", parts: readonly string[]): void {
  const files = testFilesOf(ring).filter((file) => parts.length === 0 || parts.some((part) => file.includes(part)));
  if (files.length === 0) {
    console.error(`no test file has ${parts.join(" or ")} in its path`);
    process.exitCode = 64;
    return;
  }
  run({
    cwd: ROOT,
    files: files.map((file) => join(ROOT, file)),
    concurrency: FILES_AT_A_TIME,
    timeout: HANGS_MS,
    execArgv: ["--disable-warning=ExperimentalWarning"],
    env: { ...COMPILED, ...process.env, ...(ring === "campaigns" ? WHOLE_CAMPAIGNS : {}) },
  })
    .on("test:fail", () => {
      process.exitCode = 1;
    })
    .compose(spec)
    .pipe(process.stdout);
}

if (import.meta.main) {
  const [ring, ...parts] = process.argv.slice(2);
  runTests(ring === "campaigns" ? ring : "all", parts);
}
