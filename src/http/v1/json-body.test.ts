import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { startHttpService } from "../../testing/http-service.ts";

describe("a small JSON body", () => {
  for (const [name, body] of [
    ["lists", `{"url":${"[".repeat(10_000)}${"]".repeat(10_000)}}`],
    ["objects", `${'{"a":'.repeat(5_000)}1${"}".repeat(5_000)}`],
  ] as const) {
    it(`is refused when its ${name} are nested deeper than can be checked`, async (t) => {
      const { call, log } = await startHttpService(t);
      const answer = await call("POST", "/api/v1/webhooks", body);
      assert.deepEqual([answer.status, answer.body.code], [400, "invalid_body"]);
      assert.equal(answer.body.detail, "the body has more than 64 levels of nesting");
      assert.deepEqual(
        log.lines.filter(({ level }) => Number(level) > 30),
        [],
      );
    });
  }

  it("is refused with its cause when it is no JSON", async (t) => {
    const { call } = await startHttpService(t);
    const answer = await call("POST", "/api/v1/webhooks", "{");
    assert.equal(answer.status, 400);
    assert.match(String(answer.body.detail), /^the body is not JSON: /);
  });
});
