import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { startedAs } from "./started-as.ts";

describe("a program is started again", () => {
  for (const [how, environment, file] of [
    ["storewalk", {}, "/usr/local/bin/storewalk"],
    ["storewalk", { npm_lifecycle_event: "serve" }, "/app/node_modules/.bin/storewalk"],
    ["npx storewalk", { npm_command: "exec" }, "/app/node_modules/.bin/storewalk"],
    ["npm run -s storewalk --", { npm_lifecycle_event: "storewalk" }, "/app/bin/storewalk.cjs"],
    ["npm run -s storewalk --", { npm_lifecycle_event: "start" }, "/app/bin/storewalk.cjs"],
    ["node bin/storewalk.cjs", { npm_lifecycle_event: "test" }, "/app/bin/storewalk.cjs"],
    ["node /opt/storewalk/bin/storewalk.cjs", {}, "/opt/storewalk/bin/storewalk.cjs"],
  ] as const) {
    it(`with ${how}, where it was ${file} under ${JSON.stringify(environment)}`, () => {
      assert.equal(startedAs(environment, file, "/app"), how);
    });
  }
});
