/**
 * Bundles the program into dist/ after an install, a file for each thread and what they share: a start then reads some ten files in place of
 * a thousand (docs/decisions/0020-start.md). `bin/storewalk.cjs` runs it while the sources are those that it was built from. Without the
 * tools for it, in an image for instance, it says so and leaves it.
 */
import { existsSync, rmSync, writeFileSync } from "node:fs";
import { basename, dirname, join, relative, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import type { Plugin } from "rolldown";
import sourceDigest from "../bin/source-digest.cjs";

const ROOT = fileURLToPath(new URL("..", import.meta.url));
const DIST = join(ROOT, "dist");
const ENTRIES = [
  "src/main.ts",
  "src/worker/pipeline-thread.ts",
  "src/ledger/sqlite/ledger-thread.ts",
  "src/pipeline/measure/decode-child.ts",
  "src/pipeline/compare-thread.ts",
];
/** Read by the builder itself, or the reason why a package is another one. */
const ALSO_BUILT_FROM = ["package.json", "package-lock.json", relative(ROOT, fileURLToPath(import.meta.url))];
/** They look for files of their own beside themselves, or are not there and not missed. */
const NOT_BUNDLED = [/^sharp$/, /^icodec\//, /^libheif-js\//, /^pg-native$/];

const nameOf = (entry: string) => basename(entry, ".ts");

/** Files are named by where their module is: from the bundle they are elsewhere, and a thread's module is a bundle itself. */
const filesBesideModules: Plugin = {
  name: "files-beside-modules",
  transform: {
    filter: { id: /\.ts$/, code: /import\.meta/ },
    handler(code, id) {
      const moved = code.replace(/new URL\("([^"]+)", import\.meta\.url\)/g, (_, path: string) => {
        const file = resolve(dirname(id), path);
        const entry = ENTRIES.find((candidate) => join(ROOT, candidate) === file);
        const there = entry === undefined ? relative(DIST, file) : `./${nameOf(entry)}.cjs`;
        return `new URL("${there}${path.endsWith("/") ? "/" : ""}", import.meta.url)`;
      });
      const rest = moved.replaceAll(/new URL\("[^"]+", import\.meta\.url\)/g, "");
      if (rest.includes("import.meta")) this.error(`${id} uses import.meta in a way that a bundle changes`);
      return { code: moved, map: null };
    },
  },
};

/** Stacks name our own files; maps of the packages' would cost every start more than the rest of it. */
const noMapsOfPackages: Plugin = {
  name: "no-maps-of-packages",
  transform: {
    filter: { id: /node_modules/ },
    handler: (code) => ({ code, map: { version: 3, sources: [], names: [], mappings: "" } }),
  },
};

const RARE_MODULE = /(let|const) (\w+) = require\("(?:node:)?(http2|https|tls)"\);/g;

/** Modules of Node that few processes ever use are loaded when something of theirs is: together they cost 3 MB. */
function loadRareModulesLater(code: string): string {
  return code.replace(RARE_MODULE, (_, declared: string, name: string, module: string) => {
    if (code.includes(`__toESM(${name})`)) throw new Error(`node:${module} is imported as a whole, which loads it`);
    return `${declared} ${name} = new Proxy({}, { get: (_, key) => require("node:${module}")[key] });`;
  });
}

/** V8 keeps a text with a single character beyond these in two bytes a character, for as long as the program runs. */
function inAscii(code: string): string {
  if (/String\.raw`[^`]*[^\0-\x7f]/.test(code)) throw new Error("a String.raw has a character that is not of ASCII");
  return code.replace(/[^\0-\x7f]/g, (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`);
}

async function buildProgram(build: typeof import("rolldown").build): Promise<void> {
  rmSync(DIST, { recursive: true, force: true });
  const { output } = await build({
    input: Object.fromEntries(ENTRIES.map((entry) => [nameOf(entry), join(ROOT, entry)])),
    platform: "node",
    cwd: ROOT,
    external: NOT_BUNDLED,
    plugins: [filesBesideModules, noMapsOfPackages],
    output: {
      dir: DIST,
      // As ES modules each thread took 50 ms longer: importing node:http loads all that it might export.
      format: "cjs",
      entryFileNames: "[name].cjs",
      chunkFileNames: "[name]-[hash].cjs",
      banner: ({ isEntry }) => (isEntry ? 'require("../bin/mapped-stacks.cjs");' : ""),
      sourcemap: true,
      sourcemapExcludeSources: true,
    },
  });
  const chunks = output.filter((file) => file.type === "chunk");
  for (const { fileName, code } of chunks) writeFileSync(join(DIST, fileName), inAscii(loadRareModulesLater(code)));
  const modules = chunks.flatMap(({ moduleIds }) => moduleIds);
  const own = modules.filter((id) => id.startsWith(ROOT) && !id.includes("node_modules"));
  const files = [...new Set([...own.map((id) => relative(ROOT, id)), ...ALSO_BUILT_FROM])].sort();
  // Last: a bundle without it is none.
  writeFileSync(join(DIST, "sources.json"), JSON.stringify({ digest: sourceDigest.digestOf(ROOT, files), files }));
}

if (existsSync(join(ROOT, "node_modules", "rolldown"))) {
  const { build } = await import("rolldown");
  await buildProgram(build);
} else {
  console.warn("rolldown is not installed, so the program is not bundled and runs from its sources; npm ci brings it");
}
