import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { before, describe, it } from "node:test";
import { fileURLToPath } from "node:url";
import { needs } from "../../src/testing/test-services.ts";
import { type LockedPackage, locked, lockfileVersion, manifest, packages } from "./lock-file.ts";
import { importsOf, programFiles, textOf } from "./source-imports.ts";

/** The first version of each major that has the security fixes we rely on; a copy of another major must be above the last. */
const FLOORS: Readonly<Record<string, readonly string[]>> = {
  undici: ["8.12.0"],
  fastify: ["5.12.2"],
  "@fastify/static": ["10.1.3"],
  "fast-uri": ["3.1.8", "4.1.5"],
  sharp: ["0.35.4"],
  "csv-parse": ["7.0.2"],
};

/** Each has been wrong where it matters here: sizes read past the bytes, addresses taken for public ones, guards that redirects pass. */
const REFUSED = ["axios", "image-size", "probe-image-size", "ssrf-req-filter"];
/** Comes with fastify, which asks it about trusted proxies; nothing of ours may ask it whether an address is public. */
const NOT_OURS = "ipaddr.js";

/** `node` fetches the pinned Node.js when it is installed. */
const WITH_INSTALL_SCRIPT = {
  // Builds a smaller reader for who asks for one in package.json; we do not.
  exifreader: false,
  node: true,
};

const LICENSES = new Set([
  "0BSD",
  "Apache-2.0",
  "BSD-2-Clause",
  "BSD-3-Clause",
  "BlueOak-1.0.0",
  "ISC",
  "MIT",
  "MIT-0",
  "Unlicense",
]);
/** libvips as a shared library and libheif as WebAssembly, which their own packages bring and which may be replaced: what the LGPL asks for. */
const LGPL = /^(@img\/sharp-|libheif-js$)/;
/** Copyleft of single files, which are shipped as they came. */
const MPL = /^exifreader$/;
/** Used to build and test, not shipped: Vite's CSS parser, a table of browsers, and a part of the schemas of Kubernetes. */
const DEVELOPMENT_LICENSES = new Set(["MPL-2.0", "CC-BY-4.0", "CC0-1.0"]);

const nameAndVersion = ({ name, version }: LockedPackage) => `${name}@${version}`;
const copiesOf = (name: string) => packages.filter((entry) => entry.name === name);

function isAtLeast(version: string, floor: string): boolean {
  const parts = version.split(".").map((part) => Number.parseInt(part, 10));
  for (const [index, wanted] of floor.split(".").map(Number).entries()) {
    const got = parts[index] ?? 0;
    if (got !== wanted) return got > wanted;
  }
  return true;
}

const major = (version: string) => version.split(".")[0];

function isAboveFloor(version: string, floors: readonly string[]): boolean {
  const sameMajor = floors.find((floor) => major(floor) === major(version));
  return isAtLeast(version, sameMajor ?? floors.at(-1) ?? "0");
}

describe("the lock file", () => {
  for (const [name, floors] of Object.entries(FLOORS)) {
    it(`has every copy of ${name} at ${floors.join(" or ")} or above`, () => {
      const copies = copiesOf(name);
      assert.ok(copies.length > 0, `${name} is not there any more: take its floor away`);
      const old = copies.filter(({ version }) => !isAboveFloor(version, floors));
      assert.deepEqual(
        old.map(({ path, version }) => `${path} ${version}`),
        [],
      );
    });
  }

  it("has none of the packages that were refused", () => {
    assert.deepEqual(packages.filter(({ name }) => REFUSED.includes(name)).map(nameAndVersion), []);
  });

  it("has an install script in the named packages only, and npm is told to run no other", () => {
    assert.deepEqual(
      packages.filter((entry) => entry.hasInstallScript).map(({ name }) => name),
      Object.keys(WITH_INSTALL_SCRIPT),
    );
    assert.deepEqual(manifest.allowScripts, WITH_INSTALL_SCRIPT);
  });

  it("proves the content of every package by SHA-512, and names no registry", () => {
    assert.deepEqual(
      packages.filter(({ integrity }) => !/^sha512-.{86}==$/.test(integrity ?? "")).map(({ path }) => path),
      [],
    );
    assert.deepEqual(
      packages.filter((entry) => entry.resolved !== undefined).map(({ path }) => path),
      [],
    );
  });

  it("is the one of package.json, where every version is a single one", () => {
    const { dependencies, devDependencies } = manifest;
    assert.equal(lockfileVersion, 3);
    assert.deepEqual(locked.dependencies, dependencies);
    assert.deepEqual(locked.devDependencies, devDependencies);
    for (const [name, version] of Object.entries({ ...dependencies, ...devDependencies })) {
      assert.match(version, /^\d+\.\d+\.\d+$/, name);
      assert.equal(packages.find(({ path }) => path === `node_modules/${name}`)?.version, version, name);
    }
  });

  it("has known licences only, of what is shipped and of what is not", () => {
    const isKnown = ({ name, license = "none", dev = false }: LockedPackage) =>
      license
        .split(/ AND | OR /)
        .every(
          (one) =>
            LICENSES.has(one) ||
            (one.startsWith("LGPL-3.0") && LGPL.test(name)) ||
            (one === "MPL-2.0" && MPL.test(name)) ||
            (dev && DEVELOPMENT_LICENSES.has(one)),
        );
    assert.deepEqual(
      packages.filter((entry) => !isKnown(entry)).map((entry) => `${nameAndVersion(entry)}: ${entry.license}`),
      [],
    );
  });
});

/** All that opens connections for others goes through the guard. `pg` and `rabbitmq-client` open theirs to addresses from the settings. */
const CONNECTING: Readonly<Record<string, readonly string[]>> = {
  "src/pipeline/fetch/bucket-requests.ts": ["undici Agent"],
  "src/pipeline/fetch/get-manifest.ts": ["undici Agent", "undici request"],
  "src/pipeline/fetch/guarded-connector.ts": ["node:net connect", "node:tls connect"],
  "src/pipeline/fetch/post-webhook.ts": ["undici Agent", "undici request"],
};
const NETWORK = new Set(["undici", "node:net", "node:tls", "node:http", "node:https", "node:http2", "node:dgram"]);
/** Names of those modules that open no connection. */
const HARMLESS = new Set(["BlockList", "isIP", "isIPv4", "isIPv6", "STATUS_CODES", "createServer"]);

describe("the program", () => {
  const service = programFiles("src").flatMap(importsOf);

  it("imports Node.js and its declared dependencies only", () => {
    const declared = Object.keys(manifest.dependencies);
    const others = service.filter(({ module }) => !module.startsWith("node:") && !declared.includes(module));
    assert.deepEqual(others, []);
    assert.ok(
      service.some(({ module }) => module === "fastify"),
      "no import was found: mend the test",
    );
  });

  it(`never asks ${NOT_OURS} about an address`, () => {
    assert.ok(copiesOf(NOT_OURS).length > 0, `${NOT_OURS} is gone: move it to the refused packages`);
    const all = programFiles("src", "sdk", "web", "scripts", "bench").flatMap(importsOf);
    assert.deepEqual(
      all.filter(({ module }) => module === NOT_OURS),
      [],
    );
  });

  it("opens connections in the guarded connector and its users only", () => {
    const found: Record<string, string[]> = {};
    for (const { file, module, names } of service) {
      if (!NETWORK.has(module)) continue;
      const connecting = names.filter((name) => !HARMLESS.has(name)).map((name) => `${module} ${name}`);
      if (connecting.length > 0) found[file] = [...(found[file] ?? []), ...connecting];
    }
    assert.deepEqual(found, CONNECTING);
  });

  it("never uses fetch, a WebSocket, undici's DNS interceptor or a proxy of the environment", () => {
    const detour =
      /(?<![.\w])fetch\(|globalThis\.fetch|new (?:WebSocket|EventSource)\b|interceptors?\b|EnvHttpProxyAgent|setGlobalDispatcher/;
    assert.deepEqual(
      programFiles("src").filter((file) => detour.test(textOf(file))),
      [],
    );
    assert.match("const answer = await fetch(url)", detour);
  });
});

type Listed = {
  readonly name: string;
  readonly version: string;
  readonly hashes?: readonly unknown[];
  readonly licenses?: readonly unknown[];
};

const npmVersion = execFileSync("npm", ["--version"], { encoding: "utf8" }).trim();
const { skip } = needs(
  isAtLeast(npmVersion, "10.0.0"),
  `no npm that writes a bill of materials, but ${npmVersion}; npm install --global npm`,
);

describe("the bill of materials", { skip }, () => {
  let bom: {
    readonly bomFormat: string;
    readonly metadata: { readonly component: Listed };
    readonly components: Listed[];
  };
  before(() => {
    const cwd = fileURLToPath(new URL("../../", import.meta.url));
    bom = JSON.parse(execFileSync("npm", ["run", "-s", "sbom"], { cwd, encoding: "utf8", maxBuffer: 2 ** 26 }));
  });

  it("is a CycloneDX document about Storewalk", () => {
    assert.equal(bom.bomFormat, "CycloneDX");
    assert.equal(bom.metadata.component.name, "storewalk");
  });

  it("lists the production packages of the lock file and what is built into the page, each once with licence and hash", () => {
    const page = new Set(["@preact/signals", "@preact/signals-core", "preact"]);
    const shipped = packages.filter(({ name, dev = false }) => !dev || page.has(name)).map(nameAndVersion);
    assert.deepEqual(
      bom.components.map(({ name, version }) => `${name}@${version}`).toSorted(),
      [...new Set(shipped)].toSorted(),
    );
    const bare = bom.components.filter(
      ({ hashes = [], licenses = [] }) => hashes.length === 0 || licenses.length === 0,
    );
    assert.deepEqual(bare, []);
  });

  it("lists every package that the page imports", () => {
    const listed = new Set(bom.components.map(({ name }) => name));
    const imported = new Set(
      programFiles("web/src")
        .flatMap(importsOf)
        .map(({ module }) => module),
    );
    assert.ok(imported.has("preact"), "no import was found: mend the test");
    assert.deepEqual([...imported.difference(listed)], []);
  });
});
