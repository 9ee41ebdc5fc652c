import assert from "node:assert/strict";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { describe, it } from "node:test";
import { fileURLToPath } from "node:url";

const REPOSITORY = fileURLToPath(new URL("../../", import.meta.url));
const read = (name: string) => readFileSync(join(REPOSITORY, name), "utf8");
const written = (name: string) =>
  read(name)
    .split("\n")
    .filter((line) => line !== "" && !line.startsWith("#"));

const patterns = written(".dockerignore");
/** Instructions, each on one line. */
const instructions = written("Dockerfile").join("\n").replaceAll("\\\n", "").split("\n");
const packageFile = JSON.parse(read("package.json"));

/** As the builder decides: the last pattern that matches the path, or a folder above it, wins. */
function isSent(path: string): boolean {
  const parts = path.split("/");
  const heads = parts.map((_, index) => parts.slice(0, index + 1).join("/"));
  const last = patterns.findLast((pattern) => heads.some((head) => regularOf(pattern).test(head)));
  return last === undefined || last.startsWith("!");
}

/** Unlike in a shell, a star stands for names with a leading dot too. */
function regularOf(pattern: string): RegExp {
  const source = pattern.replace(/^!/, "").replaceAll(/\*\*\/|\*|[.]/g, (part) => {
    if (part === "**/") return "(?:.*/)?";
    return part === "*" ? "[^/]*" : "[.]";
  });
  return new RegExp(`^${source}$`);
}

const sources = readdirSync(join(REPOSITORY, "src"), { recursive: true, withFileTypes: true })
  .filter((entry) => entry.isFile())
  .map((entry) => join(entry.parentPath, entry.name).slice(REPOSITORY.length));

describe("the build's context", () => {
  it("is closed: only what is named gets in", () => {
    assert.equal(patterns[0], "*");
    assert.deepEqual(
      patterns.filter((pattern) => pattern.startsWith("!")),
      [
        "!package.json",
        "!package-lock.json",
        "!tsconfig.json",
        "!bin",
        "!scripts/build-page.ts",
        "!scripts/build-program.ts",
        "!src",
        "!web",
        "!sdk/src",
        "!examples/store_master.csv",
      ],
    );
  });

  for (const path of [
    ".env",
    ".git/config",
    ".npmrc",
    "data/storewalk.db",
    "node_modules/node/bin/node",
    "photos.zip",
    "test/image/context.test.ts",
    "examples/secret.csv",
    "src/settings/config.test.ts",
    "src/ledger/contract/ledger.contract.ts",
    "src/ledger/contract/ledger-under-test.ts",
    "src/testing/image-host.ts",
    "web/dist/index.html",
  ]) {
    it(`leaves ${path} out`, () => assert.equal(isSent(path), false));
  }

  it("has every file that the program imports", () => {
    const sent = sources.filter(isSent);
    const missing = sent.flatMap((source) =>
      importsOf(source).filter((path) => !isSent(path) || !existsSync(join(REPOSITORY, path))),
    );
    assert.ok(sent.length > 50, `${sent.length} files`);
    assert.deepEqual(missing, []);
  });
});

/** Files of this repository that a source file names in an import or as a URL of its own place. */
function importsOf(source: string): readonly string[] {
  if (!source.endsWith(".ts")) return [];
  const named = read(source).matchAll(/(?:\bfrom |\bimport |\bimport\(|new URL\()"(\.{1,2}\/[^"]*\w)"/g);
  return [...named].map(([, path = ""]) => join(dirname(source), path));
}

describe("the Dockerfile", () => {
  const stages = instructions.filter((line) => line.startsWith("FROM "));
  const last = instructions.slice(instructions.findLastIndex((line) => line.startsWith("FROM ")));

  it("starts each stage from the Node.js release that is pinned for development", () => {
    const [major] = packageFile.devDependencies.node.split(".");
    const from = `FROM node:${major}-slim`;
    assert.deepEqual(stages, [`${from} AS packages`, `${from} AS build`, from]);
  });

  it("installs what the lock file says, without running any of its code, and without packages for developers but to build with", () => {
    const installs = instructions.filter((line) => /\bnpm\b.*\b(ci|install|i)\b/.test(line));
    assert.equal(installs.length, 2);
    for (const option of ["npm ci", "--ignore-scripts", "--omit-lockfile-registry-resolved"])
      assert.ok(
        installs.every((install) => install.includes(option)),
        option,
      );
    assert.ok(installs[0]?.includes("--omit=dev"));
    const lock: { packages: Record<string, { dev?: boolean; hasInstallScript?: boolean }> } = JSON.parse(
      read("package-lock.json"),
    );
    const needy = Object.entries(lock.packages)
      .filter(([, { dev, hasInstallScript }]) => hasInstallScript && !dev)
      .map(([path]) => path.replace(/^node_modules\//, ""));
    // A script that is not to run anywhere is not needed here either.
    assert.deepEqual(
      needy.filter((name) => packageFile.allowScripts[name] !== false),
      [],
    );
  });

  it("copies nothing into the image but what the stages before made", () => {
    const copies = last.filter((line) => /^(COPY|ADD) /.test(line));
    assert.ok(copies.length > 0);
    assert.deepEqual(
      copies.filter((line) => !/^COPY --from=(?:packages|build) \/app\//.test(line)),
      [],
    );
  });

  it("keeps secrets out of arguments, environment and layers", () => {
    assert.deepEqual(
      instructions.filter((line) => /^ARG /.test(line) || /^ENV .*(TOKEN|PASSWORD|SECRET|_URL|REGISTRY)/i.test(line)),
      [],
    );
    assert.deepEqual(
      instructions.filter((line) => /npmrc|npm-ca/.test(line) && !line.includes("--mount=type=secret,id=npmrc")),
      [],
    );
    const hosts = [...read("Dockerfile").matchAll(/https?:\/\/([^/:']+)/g)].map(([, host]) => host);
    assert.deepEqual(hosts, ["127.0.0.1"]);
  });

  it("ends as a user that is not root, with a health check and no shell before the program", () => {
    assert.deepEqual(
      last.filter((line) => line.startsWith("USER ")),
      ["USER 1000:1000"],
    );
    assert.ok(last.some((line) => /^HEALTHCHECK .*CMD \["node", .*\/healthz/.test(line)));
    assert.deepEqual(last.slice(-2), ['ENTRYPOINT ["storewalk"]', 'CMD ["serve"]']);
  });
});
