import assert from "node:assert/strict";
import { mkdtempSync, readdirSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, it, type TestContext } from "node:test";
import { readAuthSecret } from "./auth-secret.ts";

function aFolder(t: TestContext): string {
  const folder = mkdtempSync(join(tmpdir(), "storewalk-secret-"));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

describe("the secret behind the digests of keys", () => {
  it("is the setting's, where there is one", () => {
    const authSecret = "0123456789abcdef0123456789abcdef";
    assert.equal(readAuthSecret({ authSecret, databaseUrl: null, dataDir: "/nowhere" }), authSecret);
    assert.equal(readAuthSecret({ authSecret, databaseUrl: "postgres://h/d", dataDir: "/nowhere" }), authSecret);
  });

  it("is made once for a data folder, in a file that its owner alone reads", (t) => {
    const dataDir = aFolder(t);
    const made = readAuthSecret({ authSecret: null, databaseUrl: null, dataDir });
    assert.match(made ?? "", /^[\w-]{43}$/);
    assert.equal(readAuthSecret({ authSecret: null, databaseUrl: null, dataDir }), made);
    assert.deepEqual(readdirSync(dataDir), ["auth-secret"]);
    assert.equal(statSync(join(dataDir, "auth-secret")).mode & 0o777, 0o600);
    assert.notEqual(readAuthSecret({ authSecret: null, databaseUrl: null, dataDir: aFolder(t) }), made);
  });

  it("is missing in a fleet without the setting, whose processes share no folder", () => {
    assert.equal(readAuthSecret({ authSecret: null, databaseUrl: "postgres://h/d", dataDir: "/nowhere" }), null);
  });
});
