// @ts-check
/**
 * Makes the stacks of a bundle name the sources that it was built from. Reads a map when the first stack through its file is asked for: Node's
 * own --enable-source-maps reads all of them at the start, which took a quarter of its time (docs/decisions/0020-start.md).
 */
const { existsSync, readFileSync } = require("node:fs");
const { SourceMap } = require("node:module");
const { dirname, join, resolve } = require("node:path");

const BUNDLE = join(__dirname, "..", "dist");

/** @type {Map<string, SourceMap | null>} */
const maps = new Map();

/** @param {string} file */
function mapOf(file) {
  const known = maps.get(file);
  if (known !== undefined) return known;
  const map = existsSync(`${file}.map`) ? new SourceMap(JSON.parse(readFileSync(`${file}.map`, "utf8"))) : null;
  maps.set(file, map);
  return map;
}

/** @param {NodeJS.CallSite} frame */
function placed(frame) {
  const text = frame.toString();
  const file = frame.getFileName();
  const line = frame.getLineNumber();
  const column = frame.getColumnNumber();
  if (!file?.startsWith(BUNDLE) || line === null || column === null) return text;
  const origin = mapOf(file)?.findEntry(line - 1, column - 1);
  // A line without an entry of its own is a package's: the entry found is the one before it.
  if (!origin || !("originalSource" in origin) || origin.generatedLine !== line - 1) return text;
  const source = resolve(dirname(file), origin.originalSource);
  return text.replace(`${file}:${line}:${column}`, `${source}:${origin.originalLine + 1}:${origin.originalColumn + 1}`);
}

Error.prepareStackTrace = (error, frames) =>
  [String(error), ...frames.map((frame) => `    at ${placed(frame)}`)].join("\n");
