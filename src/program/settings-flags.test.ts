import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { Command } from "commander";
import { INSPECTION_LEVELS } from "../domain/findings.ts";
import { ConfigError, flagOf, loadConfig, type Overrides, SETTINGS } from "../settings/config.ts";
import { withSettings } from "./options.ts";

/** Among these each rule finds a value that it takes, and each that refuses anything one that it refuses. */
const VALUES = [
  "banana",
  "7",
  "1024",
  "2000",
  "0.5",
  "67108864",
  "required",
  "worker",
  "reject",
  "header",
  "debug",
  ...INSPECTION_LEVELS,
  "10.0.0.0/8",
  "https://reports.example",
  "postgres://user@127.0.0.1/storewalk",
  "amqp://127.0.0.1",
  "smtp://127.0.0.1:2525",
  "storewalk@company.example",
  `whsec_${Buffer.alloc(32).toString("base64")}`,
  "a secret that is long enough for its rule",
  "not a name:",
  "http://10.0.0.5:9000",
  "s3://bucket/prefix/",
];
/** Any text may stand in these. */
const FREE = [
  "host",
  "dataDir",
  "apiKey",
  "uploadDir",
  "storeMaster",
  "awsAccessKeyId",
  "awsSecretAccessKey",
  "awsSessionToken",
  "awsRegion",
  "azureAccount",
  "azureKey",
  "azureSas",
];
/** What must not stand without another setting, and with which it may. */
const BESIDE: Readonly<Record<string, Record<string, string>>> = {
  role: { DATABASE_URL: "postgres://127.0.0.1/storewalk" },
  amqpUrl: { DATABASE_URL: "postgres://127.0.0.1/storewalk" },
  uploadUrl: { AWS_ACCESS_KEY_ID: "key", AWS_SECRET_ACCESS_KEY: "secret" },
};

function configOf(flags: readonly string[], environment: Record<string, string> = {}) {
  const command = withSettings(new Command());
  command.parse(flags, { from: "user" });
  return loadConfig(command.opts<Overrides>(), environment);
}

describe("each setting", () => {
  for (const [key, { name, fallback, parse }] of Object.entries(SETTINGS)) {
    const flag = flagOf(name);
    const kindOf = (value: string) => parse(value).kind;
    const good = VALUES.find((value) => kindOf(value) === "value" && value !== fallback);
    const bad = VALUES.find((value) => kindOf(value) !== "value");
    const beside = BESIDE[key] ?? {};

    it(`${flag} is heard as a flag and as ${name}`, () => {
      assert.ok(good !== undefined, "no value of the test is good for it");
      const wanted = parse(good);
      assert.ok(wanted.kind === "value");
      const settingOf = (config: object) => Object.entries(config).find(([name]) => name === key)?.[1];
      assert.deepEqual(settingOf(configOf([flag, good], beside)), wanted.value);
      assert.deepEqual(settingOf(configOf([], { ...beside, [name]: good })), wanted.value);
    });

    if (FREE.includes(key)) continue;
    it(`${flag} is refused under the name by which it was given`, () => {
      assert.ok(bad !== undefined, "no value of the test is bad for it");
      assert.throws(() => configOf([flag, bad]), faultOf(flag));
      assert.throws(() => configOf([], { [name]: bad }), faultOf(name));
    });
  }
});

function faultOf(given: string) {
  return (error: unknown) =>
    error instanceof ConfigError && error.faults.some((fault) => fault.startsWith(`${given} must be `));
}
