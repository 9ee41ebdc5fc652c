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
  "postgres://user@127.0.0.1/storewalk",
  "amqp://127.0.0.1",
  `whsec_${Buffer.alloc(32).toString("base64")}`,
  "a secret that is long enough for its rule",
  "not a name:",
];
/** Any text may stand in these. */
const FREE = ["host", "dataDir", "apiKey", "uploadDir", "storeMaster"];

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
    // What must not stand without another setting.
    const beside = key === "role" || key === "amqpUrl" ? { DATABASE_URL: "postgres://127.0.0.1/storewalk" } : {};

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
