/** What the source files import, read from their text: the project has no parser at hand, and formatted imports are regular. */
import { readdirSync, readFileSync } from "node:fs";
import { builtinModules } from "node:module";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

export type Import = {
  readonly file: string;
  /** The package or built-in module: `@fastify/static`, `node:net`. */
  readonly module: string;
  /** What is taken from it when the program runs, types left out; `*` for all of it. */
  readonly names: readonly string[];
};

const ROOT = fileURLToPath(new URL("../../", import.meta.url));
const STATIC = /^(?:import|export)\s+(?!type\s)(?:([^;"]*?)\s+from\s+)?"([^"]+)"/gm;
/** One whose parts are named where it stands takes these only. */
const DYNAMIC = /(?:\b(?:const|let) (\{[^}]*\}) = await )?\b(?:import|require)\(\s*"([^"]+)"\s*\)/g;

/** Source files below these folders, the program's own: no test, nothing that only tests use. */
export function programFiles(...folders: readonly string[]): readonly string[] {
  return folders
    .flatMap((folder) =>
      readdirSync(join(ROOT, folder), { recursive: true, encoding: "utf8" }).map((name) => join(folder, name)),
    )
    .filter((file) => /\.tsx?$/.test(file))
    .filter((file) => !/\.(test|contract)\.tsx?$|^src\/testing\/|^web\/dist\//.test(file));
}

export function textOf(file: string): string {
  return readFileSync(join(ROOT, file), "utf8");
}

/** Imports of packages and built-in modules. */
export function importsOf(file: string): readonly Import[] {
  const text = textOf(file);
  const found = [
    ...Array.from(text.matchAll(STATIC), ([, clause = "*", from = ""]) => ({ from, names: namesIn(clause) })),
    ...Array.from(text.matchAll(DYNAMIC), ([, clause = "*", from = ""]) => ({ from, names: namesIn(clause) })),
  ];
  return found
    .filter(({ from }) => !from.startsWith("."))
    .map(({ from, names }) => ({ file, module: moduleOf(from), names }));
}

function namesIn(clause: string): readonly string[] {
  const braces = /\{([^}]*)\}/.exec(clause);
  if (!braces) return ["*"];
  return (braces[1] ?? "")
    .split(",")
    .map((name) => name.trim())
    .filter((name) => name !== "" && !name.startsWith("type "))
    .map((name) => name.replace(/(?: as |:).*/, ""));
}

function moduleOf(from: string): string {
  if (from.startsWith("node:") || builtinModules.includes(from))
    return from.startsWith("node:") ? from : `node:${from}`;
  return from
    .split("/")
    .slice(0, from.startsWith("@") ? 2 : 1)
    .join("/");
}
