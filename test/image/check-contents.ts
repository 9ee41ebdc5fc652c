/** What the image says about itself, and what is in it and what not. */
import assert from "node:assert/strict";
import { existsSync, lstatSync, readdirSync, readFileSync } from "node:fs";
import { join, relative } from "node:path";
import type { ImageConfig } from "./container.ts";
import type { Proofs } from "./proofs.ts";

const CODE_FOLDER = "app";
const MOST_CODE_BYTES = 120 * 2 ** 20;

export async function checkConfig({ prove }: Proofs, config: ImageConfig): Promise<void> {
  await prove("the user is a number and not root", () => assert.match(config.User ?? "", /^[1-9]\d*:[1-9]\d*$/));
  await prove("the image starts the program itself, without a shell, and serves unless told otherwise", () => {
    assert.deepEqual([config.Entrypoint, config.Cmd], [["storewalk"], ["serve"]]);
    assert.equal(config.StopSignal ?? "SIGTERM", "SIGTERM");
  });
  await prove("it listens on all addresses, keeps its data in /data and runs as in production", () => {
    const wanted = ["NODE_ENV=production", "STOREWALK_HOST=0.0.0.0", "STOREWALK_DATA_DIR=/data"];
    assert.deepEqual(
      wanted.filter((entry) => !config.Env.includes(entry)),
      [],
    );
  });
  await prove("port 8080 and the volume /data are declared", () => {
    assert.deepEqual(
      [Object.keys(config.ExposedPorts ?? {}), Object.keys(config.Volumes ?? {})],
      [["8080/tcp"], ["/data"]],
    );
  });
  await prove("it has a health check that asks /healthz", () =>
    assert.match(config.Healthcheck?.Test.join(" ") ?? "", /^CMD node .*\/healthz/),
  );
}

export async function checkContents({ prove }: Proofs, root: string): Promise<void> {
  const code = join(root, CODE_FOLDER);
  const paths = pathsBelow(code);
  await prove(
    "the code folder holds the program, its packages, the dashboard and the example stores, nothing else; of the sources the migrations",
    () => {
      assert.deepEqual(
        [readdirSync(join(code, "src")), readdirSync(join(code, "src/ledger"))],
        [["ledger"], ["migrations"]],
      );
      assert.deepEqual(readdirSync(code).toSorted(), [
        "bin",
        "dist",
        "examples",
        "node_modules",
        "package.json",
        "src",
        "web",
      ]);
    },
  );
  await prove("every package of the lock file that is needed is there, and none that is for developers only", () =>
    checkPackages(code),
  );
  await prove("there are no tests, no repository and no file of settings or secrets", () => {
    const own = paths.map((path) => relative(code, path)).filter((path) => !path.startsWith("node_modules/"));
    assert.deepEqual(
      own.filter((path) =>
        /\.(test|contract)\.ts$|-under-test\.ts$|(^|\/)(\.git|\.npmrc|\.env|testing|test)(\/|$)/.test(path),
      ),
      [],
    );
  });
  await prove("the registry, its credentials and npm's cache left no trace", () => {
    const traces = ["root/.npmrc", "root/.npm", "run/secrets/npm-ca", "home/node/.npmrc", "app/.npmrc"];
    assert.deepEqual(
      traces.filter((path) => existsSync(join(root, path)) && lstatSync(join(root, path)).size > 0),
      [],
    );
    assert.doesNotMatch(readFileSync(join(code, "node_modules/.package-lock.json"), "utf8"), /"resolved"/);
  });
  await prove("all code belongs to root, and nobody else may write it", () => {
    const strange = paths.filter((path) => {
      const entry = lstatSync(path);
      return entry.uid !== 0 || (!entry.isSymbolicLink() && (entry.mode & 0o022) !== 0);
    });
    assert.deepEqual(
      strange.map((path) => relative(root, path)),
      [],
    );
  });
  await prove(`the program and its packages take less than ${MOST_CODE_BYTES / 2 ** 20} MB`, () => {
    const bytes = paths.reduce((sum, path) => sum + lstatSync(path).size, 0);
    assert.ok(bytes < MOST_CODE_BYTES, `${bytes} bytes`);
    return `${(bytes / 2 ** 20).toFixed(0)} MB`;
  });
}

function pathsBelow(folder: string): readonly string[] {
  return readdirSync(folder, { recursive: true, encoding: "utf8" }).map((path) => join(folder, path));
}

type LockedPackage = { readonly dev?: boolean; readonly devOptional?: boolean; readonly optional?: boolean };

function checkPackages(code: string): string {
  const lock: { packages: Record<string, LockedPackage> } = JSON.parse(readFileSync("package-lock.json", "utf8"));
  const packages = Object.entries(lock.packages).filter(([path]) => path !== "");
  const isThere = (path: string) => existsSync(join(code, path, "package.json"));
  const wrong = packages.filter(([path, { dev = false, devOptional = false, optional = false }]) => {
    if (dev || devOptional) return isThere(path);
    // Those of other platforms are left out.
    return !optional && !isThere(path);
  });
  assert.deepEqual(
    wrong.map(([path]) => path),
    [],
  );
  return `${packages.filter(([path]) => isThere(path)).length} of ${packages.length}`;
}
