import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { backoffMs } from "./backoff.ts";

describe("backoffMs", () => {
  it("spreads each wait between a tenth of a second and a limit that doubles up to five seconds", () => {
    const limits = [1, 2, 3, 5, 6, 50].map((failures) => backoffMs(failures, 1));
    assert.deepEqual(limits, [200, 400, 800, 3_200, 5_000, 5_000]);
    assert.equal(backoffMs(1, 0), 100);
    assert.equal(backoffMs(50, 0), 100);
    assert.equal(backoffMs(1, 0.5), 150);
  });
});
