import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { Type } from "typebox";
import { serializeWhenAsked } from "./serializers.ts";

const route = { method: "GET", url: "/" };

describe("a serialiser", () => {
  it("writes what its schema names and nothing else, each time", () => {
    const serialize = serializeWhenAsked({ ...route, schema: Type.Object({ id: Type.Integer() }) });
    assert.equal(serialize({ id: 1, secret: "x" }), '{"id":1}');
    assert.equal(serialize({ id: 2, secret: "y" }), '{"id":2}');
  });

  it("is not made before an answer is to be written", () => {
    const broken = serializeWhenAsked({ ...route, schema: { type: "no such type" } });
    assert.throws(() => broken({}), /must be equal to one of the allowed values/);
  });
});
