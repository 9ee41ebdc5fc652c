import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { Type } from "typebox";
import { createNamedParts } from "./named-parts.ts";

const Colour = Type.Enum(["red", "green"], { title: "Colour" });
const $ref = "#/components/schemas/Colour";

describe("a named part", () => {
  it("stands once, and is referred to wherever it is used", () => {
    const parts = createNamedParts();
    const car = parts.schemaOf(Type.Object({ body: Colour, roof: Type.Optional(Colour) }, { title: "Car" }));
    assert.deepEqual(car, { $ref: "#/components/schemas/Car" });
    const { schemas } = parts.components();
    assert.deepEqual(schemas.Colour, { type: "string", enum: ["red", "green"] });
    assert.deepEqual(schemas.Car, {
      type: "object",
      required: ["body"],
      properties: { body: { $ref }, roof: { $ref } },
    });
  });

  it("is told what is said of one use only, and says itself what most say", () => {
    const parts = createNamedParts();
    const usual = { ...Colour, description: "A colour" };
    const uses = [usual, usual, { ...Colour, description: "Of the roof", default: "red" }].map((schema) =>
      parts.schemaOf(schema),
    );
    const { schemas } = parts.components();
    assert.deepEqual(uses, [{ $ref }, { $ref }, { $ref, description: "Of the roof", default: "red" }]);
    assert.deepEqual(schemas.Colour, { description: "A colour", type: "string", enum: ["red", "green"] });
  });

  it("is refused where another one has its name", () => {
    const parts = createNamedParts();
    parts.schemaOf(Colour);
    assert.throws(
      () => parts.schemaOf(Type.Enum(["blue"], { title: "Colour" })),
      /two different schemas are named Colour/,
    );
    parts.responseOf({ description: "Gone" }, "Gone");
    assert.deepEqual(parts.responseOf({ description: "Gone" }, "Gone"), { $ref: "#/components/responses/Gone" });
    assert.throws(() => parts.responseOf({ description: "Away" }, "Gone"), /two different answers are named Gone/);
  });

  it("may be a member that has the name of a keyword", () => {
    const parts = createNamedParts();
    const schema = parts.schemaOf(Type.Object({ title: Type.String(), default: Colour }));
    assert.deepEqual(schema.properties, { title: { type: "string" }, default: { $ref } });
  });
});
