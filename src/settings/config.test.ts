import assert from "node:assert/strict";
import { describe, it } from "node:test";
import fc from "fast-check";
import { createGuard } from "../pipeline/fetch/guard.ts";
import { ConfigError, loadConfig, SETTINGS, unknownSettings } from "./config.ts";
import { uploadPlaceOf } from "./upload-place.ts";

function faultsOf(environment: Record<string, string>, overrides = {}): readonly string[] {
  try {
    loadConfig(overrides, environment);
    return [];
  } catch (error) {
    assert.ok(error instanceof ConfigError);
    return error.faults;
  }
}

describe("the configuration", () => {
  it("has a default for everything", () => {
    const config = loadConfig({}, {});
    assert.equal(config.host, "127.0.0.1");
    assert.deepEqual(config.gpuLatencyMs, { least: 100, most: 400 });
    assert.ok(config.workerThreads >= 1);
  });

  it("takes the environment, and a flag before the environment", () => {
    const config = loadConfig({ port: "9001" }, { STOREWALK_PORT: "9000", STOREWALK_ALLOW_HOSTS: "a.example, b:81," });
    assert.equal(config.port, 9001);
    assert.deepEqual(config.allowHosts, ["a.example", "b:81"]);
  });

  it("reports every fault at once, each with what was wanted and what came", () => {
    assert.deepEqual(faultsOf({ STOREWALK_PORT: "0x1", STOREWALK_INTEGRITY: "half" }, { leaseMs: "1" }), [
      'STOREWALK_PORT must be a whole number from 0 to 65535, got "0x1"',
      'STOREWALK_INTEGRITY must be one of header, complete, decode, got "half"',
      '--lease-ms must be a whole number from 1000 to 3600000, got "1"',
    ]);
  });

  it("refuses an empty value wherever there is a default, and takes it for none where there is not", () => {
    const empty = Object.fromEntries(Object.values(SETTINGS).map(({ name }) => [name, ""]));
    const faults = faultsOf(empty);
    assert.equal(faults[0], "STOREWALK_HOST must not be empty; leave it out for its default, 127.0.0.1");
    assert.ok(faults.every((fault) => fault.includes("must not be empty")));
    assert.equal(faults.length, Object.values(SETTINGS).filter(({ fallback }) => fallback !== "").length);
    assert.match(faultsOf({}, { dataDir: " " })[0] ?? "", /^--data-dir must not be empty/);
  });

  it("names a setting that does not exist, as its misspelling would go unnoticed", () => {
    assert.deepEqual(unknownSettings({ STOREWALK_PROT: "80", STOREWALK_PORT: "80", PATH: "/" }), ["STOREWALK_PROT"]);
  });

  it("reads GPU latency as one value, a range or none", () => {
    const latency = (value: string) => loadConfig({ gpuLatencyMs: value }, {}).gpuLatencyMs;
    assert.deepEqual(latency("0"), { least: 0, most: 0 });
    assert.deepEqual(latency("5-9"), { least: 5, most: 9 });
    assert.equal(faultsOf({ STOREWALK_GPU_LATENCY_MS: "9-5" }).length, 1);
  });

  it("takes a mail address or a page as contact, and nothing that would break the header that it stands in", () => {
    for (const contact of ["photos@acme.example", "https://acme.example/photos?about=storewalk"]) {
      assert.equal(loadConfig({}, { STOREWALK_CONTACT: contact }).contact, contact);
    }
    assert.equal(loadConfig({}, {}).contact, null);
    for (const value of ["a b@c.example", "a)b", "a\r\nHost: b", "bücher@acme.example", "ab"]) {
      assert.match(faultsOf({ STOREWALK_CONTACT: value })[0] ?? "", /must be a mail address or URL such as/, value);
    }
  });

  it("refuses an allowed host that is a URL, a range or no host at all, and names it", () => {
    const faults = (value: string) => faultsOf({ STOREWALK_ALLOW_HOSTS: value });
    assert.deepEqual(faults("a.example, http://x"), [
      'STOREWALK_ALLOW_HOSTS must be hosts or host:port such as "photos.example,10.0.0.5:8080,[::1]:81", which "http://x" is not, got "a.example, http://x"',
    ]);
    for (const value of ["10.0.0.0/8", "a/b", "a:0", "a:65536", "a:", ":80", "user@a", "[::1", "1:2:3", "a b", "*?"]) {
      assert.equal(faults(value).length, 1, value);
    }
  });

  it("takes names, IPv4 and IPv6 as allowed hosts, with and without a port", () => {
    const value =
      "photos.example,localhost:81,10.0.0.5,10.0.0.5:8080,::1,[::1],[::ffff:10.0.0.5]:65535,bücher.example:1";
    const { allowHosts } = loadConfig({ allowHosts: value }, {});
    assert.deepEqual(allowHosts, value.split(","));
    createGuard({ allowHosts });
  });

  it("takes as an allowed host exactly what the guard can read, or its threads would die of it", () => {
    const piece = fc.constantFrom(
      ..."a1:./[]@%*#? ,\\0xf".split(""),
      "::",
      "10.0.0.1",
      ":80",
      "65536",
      "ü",
      "http",
      "..",
    );
    fc.assert(
      fc.property(fc.array(piece, { minLength: 1, maxLength: 6 }), (pieces) => {
        const allowHosts = pieces
          .join("")
          .split(",")
          .map((entry) => entry.trim())
          .filter((entry) => entry !== "");
        const isAccepted = faultsOf({}, { allowHosts: pieces.join("") }).length === 0;
        if (isAccepted) createGuard({ allowHosts });
        else assert.throws(() => createGuard({ allowHosts }), /allowed host/);
      }),
      { numRuns: 2_000 },
    );
  });

  it("keeps roles and a broker for those who share a ledger", () => {
    assert.deepEqual(faultsOf({ STOREWALK_ROLE: "worker", AMQP_URL: "amqp://127.0.0.1" }), [
      "STOREWALK_ROLE worker needs DATABASE_URL: the embedded ledger belongs to one process",
      "AMQP_URL needs DATABASE_URL: the embedded ledger belongs to one process",
    ]);
    const shared = { STOREWALK_ROLE: "api", DATABASE_URL: "postgres://127.0.0.1/storewalk" };
    assert.deepEqual(faultsOf(shared), []);
  });

  it("never repeats an address that may hold a password", () => {
    assert.deepEqual(faultsOf({ DATABASE_URL: "mysql://storewalk:secret@127.0.0.1/x" }), [
      "DATABASE_URL must be a URL that begins with postgres://",
    ]);
  });

  it("cannot be changed once loaded", () => {
    assert.ok(Object.isFrozen(loadConfig({}, {})));
  });
});

describe("the bucket of uploaded photos", () => {
  it("is a prefix, and names each credential that is missing for it", () => {
    const needed = { AWS_ACCESS_KEY_ID: "key", AWS_SECRET_ACCESS_KEY: "secret" };
    const { uploadUrl } = loadConfig({}, { ...needed, STOREWALK_UPLOAD_URL: "s3://acme/uploads" });
    assert.deepEqual(uploadUrl, { scheme: "s3", bucket: "acme", key: "uploads/" });
    assert.deepEqual(faultsOf({ STOREWALK_UPLOAD_URL: "s3://acme" }), [
      "STOREWALK_UPLOAD_URL s3://acme/ needs AWS_ACCESS_KEY_ID",
      "STOREWALK_UPLOAD_URL s3://acme/ needs AWS_SECRET_ACCESS_KEY",
    ]);
    assert.deepEqual(faultsOf({ STOREWALK_UPLOAD_URL: "az://acme/up", AZURE_STORAGE_ACCOUNT: "a" }), [
      "STOREWALK_UPLOAD_URL az://acme/up/ needs AZURE_STORAGE_KEY or AZURE_STORAGE_SAS_TOKEN",
    ]);
    assert.match(
      faultsOf({ STOREWALK_UPLOAD_URL: "/mnt/photos" }).join(),
      /must be s3:\/\/bucket\/prefix, .* got "\/mnt/,
    );
  });

  it("goes before the folder", () => {
    const azure = { AZURE_STORAGE_ACCOUNT: "a", AZURE_STORAGE_SAS_TOKEN: "sig=x" };
    const config = loadConfig({}, { ...azure, STOREWALK_UPLOAD_URL: "az://acme/up", STOREWALK_UPLOAD_DIR: "/photos" });
    assert.deepEqual(uploadPlaceOf(config), {
      kind: "bucket",
      address: { scheme: "az", bucket: "acme", key: "up/" },
      access: { kind: "azure", account: "a", endpoint: null, by: "sas", secret: "sig=x" },
    });
    assert.deepEqual(uploadPlaceOf(loadConfig({}, { STOREWALK_UPLOAD_DIR: "/photos" })), {
      kind: "folder",
      path: "/photos",
    });
    assert.equal(uploadPlaceOf(loadConfig({}, { DATABASE_URL: "postgres://127.0.0.1/x" })), null);
  });
});
