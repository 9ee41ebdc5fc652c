import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { loadConfig, type Overrides } from "../settings/config.ts";
import { whoIsAnswered } from "./who-is-answered.ts";

const FLEET = { databaseUrl: "postgres://127.0.0.1/storewalk", authSecret: "x".repeat(32) };
const said = (settings: Overrides, hasKeys = false) => whoIsAnswered(loadConfig(settings, {}), hasKeys);

describe("a service that starts", () => {
  it("says whom it answers as long as there is no key, or none is asked for", () => {
    assert.match(said({}) ?? "", /^There are no API keys: this machine only is answered/);
    assert.match(said({ ...FLEET, role: "api" }) ?? "", /^There are no API keys/);
    assert.match(said({ auth: "off" }, true) ?? "", /^API keys are switched off/);
    assert.equal(said({}, true), null);
  });

  it("says nothing as a worker, whom nobody asks, and nothing where it shall be silent", () => {
    assert.equal(said({ ...FLEET, role: "worker" }), null);
    assert.equal(said({ logLevel: "silent" }), null);
  });
});
