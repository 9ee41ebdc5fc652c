#!/usr/bin/env -S MALLOC_ARENA_MAX=2 node --disable-warning=ExperimentalWarning --max-semi-space-size=4
// @ts-check
/**
 * Starts the program: the bundle that `npm ci` built, or the sources themselves where there is none or one of other sources. A bundle that is out of
 * date must never run. Plain JavaScript, as reading TypeScript costs a process 35 ms of its own.
 */
const { engines, version } = require("../package.json");
const { tooOld } = require("./node-version.cjs");

const fault = tooOld(process.versions.node, engines.node);
if (fault !== null) {
  process.stderr.write(`${fault}\n`);
  process.exit(78);
}

// Nothing of the program is needed to say which one it is.
if (process.argv.length === 3 && /^(?:--version|-V)$/.test(process.argv[2] ?? "")) {
  process.stdout.write(`${version}\n`);
  process.exit(0);
}

const { existsSync, readFileSync } = require("node:fs");
const { enableCompileCache } = require("node:module");
const { join } = require("node:path");
const { pathToFileURL } = require("node:url");
const { setFlagsFromString } = require("node:v8");
const { digestOf } = require("./source-digest.cjs");

/** V8 lets garbage grow to four times what lives, on a machine with much memory. Measured in docs/performance.md, "Memory". */
setFlagsFromString("--heap-growing-percent=25");

const ROOT = join(__dirname, "..");
const SOURCES = join(ROOT, "src", "main.ts");
const BUNDLE = join(ROOT, "dist");

/** What was installed without its sources, such as a container, is its bundle. */
function isBundleOfTheseSources() {
  const record = join(BUNDLE, "sources.json");
  if (!existsSync(record)) return false;
  if (!existsSync(SOURCES)) return true;
  const { files, digest } = JSON.parse(readFileSync(record, "utf8"));
  try {
    return digestOf(ROOT, files) === digest;
  } catch {
    return false;
  }
}

if (isBundleOfTheseSources()) {
  // Where the folder may not be written nothing is kept, and nothing is lost but some milliseconds.
  const { directory } = enableCompileCache(join(BUNDLE, "compiled"));
  // Threads look for it here.
  if (directory) process.env.NODE_COMPILE_CACHE ??= join(BUNDLE, "compiled");
  require(join(BUNDLE, "main.cjs"));
} else {
  void import(pathToFileURL(SOURCES).href);
}
