/**
 * Runs the tests of a ring, several processes at a time, and ends with the test runner's count. A file of `test` has a process of its own, those
 * of `src` share one by rooms.
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
import { filesOfRoom, ROOMS, type Room, roomsFile } from "./rooms.ts";

const ROOT = fileURLToPath(new URL("../", import.meta.url));
/** Of one test, and of one process. None is expected to come near it: it ends those that hang. */
const HANGS_MS = { all: 900_000, campaigns: 2_700_000 };
/** Tests of whole programs wait about as long as they compute: on two processors three at a time left a sixth of the time idle, four take 7 min 12 s. */
const FILES_AT_A_TIME = availableParallelism() + 2;
/** Compiled once for the hundreds of processes that the tests start. */
const COMPILED = { NODE_COMPILE_CACHE: join(tmpdir(), "storewalk-test-compile-cache") };

/** A minute each, or nearly. */
const LONG_FILES = ["test/dashboard-axe.e2e.test.ts", "test/alerts.e2e.test.ts", "test/give-up.e2e.test.ts"];

const CAMPAIGN_FILES = Object.values(CAMPAIGNS).map(({ file }) => file);
const ROOM_NAMES = Object.keys(ROOMS).filter((name): name is Room => name in ROOMS);

/** The test files of a ring, from the repository's folder. */
export function testFilesOf(ring: "all" | "campaigns"): readonly string[] {
  if (ring === "campaigns") return CAMPAIGN_FILES;
  const ofPrograms = globSync("test/**/*.test.ts", { cwd: ROOT, exclude: ["**/node_modules/**"] }).toSorted();
  return [...ROOM_NAMES.flatMap(filesOfRoom), ...new Set([...LONG_FILES, ...CAMPAIGN_FILES, ...ofPrograms])];
}

/** What is started for a ring, a process each. What takes long comes first, so that none is left alone at the end. */
function startedFor(ring: "all" | "campaigns"): readonly string[] {
  if (ring === "campaigns") return CAMPAIGN_FILES;
  return [...ROOM_NAMES.map(roomsFile), ...testFilesOf("all").filter((file) => file.startsWith("test/"))];
}

function runTests(ring: "all" | "campaigns", parts: readonly string[]): void {
  const files =
    parts.length === 0
      ? startedFor(ring)
      : testFilesOf(ring).filter((file) => parts.some((part) => file.includes(part)));
  if (files.length === 0) {
    console.error(`no test file has ${parts.join(" or ")} in its path`);
    process.exitCode = 64;
    return;
  }
  run({
    cwd: ROOT,
    files: files.map((file) => join(ROOT, file)),
    concurrency: FILES_AT_A_TIME,
    timeout: HANGS_MS[ring],
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
