import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { createAllowance } from "./allowance.ts";
import { rateLimitFields, retryAfter } from "./rate-limit-fields.ts";

describe("the fields of the quotas", () => {
  it("say each policy with its window, and what is left of it", () => {
    const now = () => 0;
    const requests = createAllowance({ quota: 600, windowMs: 60_000 }, { now });
    const images = createAllowance({ quota: 1_000, windowMs: 3_600_000 }, { now });
    requests.take("a", 1);
    images.take("a", 400);
    const named = [
      { name: "requests", allowance: requests },
      { name: "images", unit: "images", allowance: images },
    ];
    assert.deepEqual(rateLimitFields(named, "a"), {
      "ratelimit-policy": '"requests";q=600;w=60, "images";q=1000;w=3600;qu="images"',
      ratelimit: '"requests";r=599;t=1, "images";r=600;t=1440',
    });
  });

  it("are left out where there is no quota", () => {
    assert.deepEqual(rateLimitFields([], "a"), {});
  });
});

describe("Retry-After", () => {
  it("is in whole seconds, rounded up, at least one", () => {
    assert.deepEqual(
      [0, 1, 1_000, 1_001].map((ms) => retryAfter(ms)["retry-after"]),
      ["1", "1", "1", "2"],
    );
  });
});
