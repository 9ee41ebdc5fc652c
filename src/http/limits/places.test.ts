import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { createPlaces } from "./places.ts";

describe("places", () => {
  it("are given while there are any, and again when one is given back", () => {
    const { take } = createPlaces({ all: 2, ofOneCaller: 2 });
    const giveBack = take("a");
    take("b");
    assert.equal(take("c"), null);
    giveBack?.();
    assert.notEqual(take("c"), null);
  });

  it("are not all for one caller", () => {
    const { take } = createPlaces({ all: 3, ofOneCaller: 2 });
    take("a");
    take("a");
    assert.equal(take("a"), null);
    assert.notEqual(take("b"), null);
  });

  it("count once however often one is given back", () => {
    const { take } = createPlaces({ all: 2, ofOneCaller: 2 });
    const giveBack = take("a");
    take("a");
    giveBack?.();
    giveBack?.();
    assert.notEqual(take("a"), null);
    assert.equal(take("a"), null);
  });

  it("may all be one's who is not counted", () => {
    const { take } = createPlaces({ all: 3, ofOneCaller: 1 });
    assert.deepEqual(
      [take(null), take(null), take(null), take(null)].map((place) => place !== null),
      [true, true, true, false],
    );
  });
});
