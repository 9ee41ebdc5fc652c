/** The lock file as a list of packages, for the tests of the supply chain. */
import { readFileSync } from "node:fs";

export type LockedPackage = {
  /** Its place in the tree: `node_modules/ajv/node_modules/fast-uri`. */
  readonly path: string;
  readonly name: string;
  readonly version: string;
  readonly license?: string;
  readonly integrity?: string;
  readonly resolved?: string;
  readonly dev?: boolean;
  readonly hasInstallScript?: boolean;
};

type Dependencies = Readonly<Record<string, string>>;
export type Manifest = {
  readonly dependencies: Dependencies;
  readonly devDependencies: Dependencies;
  readonly allowScripts: Readonly<Record<string, boolean>>;
};

const FOLDER = "node_modules/";

function readJson(path: string) {
  return JSON.parse(readFileSync(new URL(`../../${path}`, import.meta.url), "utf8"));
}

export const manifest: Manifest = readJson("package.json");
const lock: {
  readonly lockfileVersion: number;
  readonly packages: Readonly<Record<string, Omit<LockedPackage, "path" | "name">>>;
} = readJson("package-lock.json");

export const lockfileVersion = lock.lockfileVersion;
/** What the lock file says that `package.json` asks for. */
export const locked: Partial<Manifest> = readJson("package-lock.json").packages[""];
export const packages: readonly LockedPackage[] = Object.entries(lock.packages)
  .filter(([path]) => path !== "")
  .map(([path, entry]) => ({ ...entry, path, name: path.slice(path.lastIndexOf(FOLDER) + FOLDER.length) }));
