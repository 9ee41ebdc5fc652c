import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { dirname, relative, resolve } from "node:path";
import { describe, it } from "node:test";
import { fileURLToPath } from "node:url";

const ROOT = fileURLToPath(new URL("../../", import.meta.url));
const IMPORT = /^(?:import|export) (?!type\b)(?:[^;]*? from )?"([^"]+)";/gm;

/** Every module that is loaded with an entry, before anything of it is asked for: our own by path, packages by name. */
function loadedWith(entry: string): ReadonlySet<string> {
  const loaded = new Set<string>();
  const waiting = [resolve(ROOT, entry)];
  for (let file = waiting.pop(); file !== undefined; file = waiting.pop()) {
    const name = relative(ROOT, file);
    if (loaded.has(name)) continue;
    loaded.add(name);
    for (const [, wanted = ""] of readFileSync(file, "utf8").matchAll(IMPORT)) {
      if (wanted.startsWith(".")) waiting.push(resolve(dirname(file), wanted));
      else loaded.add(wanted);
    }
  }
  return loaded;
}

/** Those of `loaded` that are one of `unwanted` or in it. */
function among(loaded: ReadonlySet<string>, unwanted: readonly string[]): readonly string[] {
  return [...loaded].filter((name) => unwanted.some((part) => name === part || name.startsWith(`${part}/`)));
}

describe("what is loaded", () => {
  it("into a pipeline thread is the pipeline: no server, no ledger, no decoder of pixels", () => {
    const loaded = loadedWith("src/worker/pipeline-thread.ts");
    assert.ok(loaded.has("src/pipeline/create-pipeline.ts"));
    const unwanted = ["fastify", "typebox", "sharp", "undici", "pg", "pino", "node:sqlite"];
    assert.deepEqual(among(loaded, [...unwanted, "src/http", "src/app", "src/ledger/sqlite"]), []);
  });

  it("into a ledger thread is the ledger", () => {
    const loaded = loadedWith("src/ledger/sqlite/ledger-thread.ts");
    assert.ok(loaded.has("node:sqlite"));
    const packages = [...loaded].filter((name) => !name.startsWith("src/") && !name.startsWith("node:"));
    assert.deepEqual(packages, []);
    assert.deepEqual(among(loaded, ["src/http", "src/pipeline", "src/worker", "src/postgres"]), []);
  });

  it("into the service's own process is neither libvips nor a client of what it may never call", () => {
    const loaded = loadedWith("src/app/app.ts");
    assert.ok(loaded.has("fastify"));
    assert.deepEqual(
      among(loaded, ["sharp", "undici", "pg", "rabbitmq-client", "src/postgres", "src/ledger/postgres"]),
      [],
    );
    assert.deepEqual(among(loaded, ["src/worker/worker.ts", "src/thumbnails/open-thumbnails.ts"]), []);
  });

  it("for the API's role is what makes thumbnails, and no worker; for the worker's role no intake", () => {
    const api = loadedWith("src/app/api-role.ts");
    assert.ok(api.has("src/thumbnails/open-thumbnails.ts"));
    assert.deepEqual(among(api, ["sharp", "undici", "src/worker/worker.ts", "src/worker/pipeline-threads.ts"]), []);
    const worker = loadedWith("src/app/worker-role.ts");
    assert.ok(worker.has("src/worker/pipeline-threads.ts"));
    assert.deepEqual(
      among(worker, ["sharp", "undici", "fastify", "src/intake", "src/http", "src/notify", "src/thumbnails"]),
      [],
    );
  });
});
