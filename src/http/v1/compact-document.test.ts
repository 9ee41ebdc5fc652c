import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { compactDocument } from "./compact-document.ts";

const number = { type: "integer", minimum: 0, description: "A number of things that are counted, one by one" };
const Base = { type: "object", required: ["a"], properties: { a: number, b: number } };
const larger = (more: object) => ({
  type: "object",
  required: ["a", "c"],
  properties: { a: number, b: number, c: number },
  ...more,
});

const schemasOf = (schemas: object) =>
  compactDocument({ paths: {}, components: { schemas } }).components as never as Schemas;
type Schemas = { readonly schemas: Readonly<Record<string, unknown>> };

describe("the document in fewer words", () => {
  it("writes a schema that adds to another as all of that one and what is added", () => {
    const { schemas } = schemasOf({ Base, Larger: larger({ description: "More" }) });
    assert.deepEqual(schemas, {
      Base,
      Larger: {
        description: "More",
        allOf: [{ $ref: "#/components/schemas/Base" }, { type: "object", properties: { c: number }, required: ["c"] }],
      },
    });
  });

  it("leaves one that differs: in a member, in what must be there, or in what else may be", () => {
    const others = {
      Member: larger({ properties: { a: number, b: { type: "string" }, c: number } }),
      Needed: larger({ required: ["c"] }),
      Closed: larger({ additionalProperties: false }),
    };
    assert.deepEqual(schemasOf({ Base, ...others }).schemas, { Base, ...others });
  });

  it("writes what may be null as a type among others, and leaves a reference as it is", () => {
    const orNull = (schema: object) => ({ anyOf: [schema, { type: "null" }], description: "Null when not known" });
    const { schemas } = schemasOf({
      Text: orNull({ type: "string", maxLength: 5, description: "Of the text" }),
      Choice: orNull({ type: "string", enum: ["a"] }),
      Other: orNull({ $ref: "#/components/schemas/Text" }),
    });
    assert.deepEqual(schemas, {
      Text: { type: ["string", "null"], maxLength: 5, description: "Null when not known" },
      Choice: { type: ["string", "null"], enum: ["a", null], description: "Null when not known" },
      Other: orNull({ $ref: "#/components/schemas/Text" }),
    });
  });

  it("names parameters and bodies that several operations have, and two of one name apart", () => {
    const id = (example: number) => ({ name: "id", in: "path", example });
    const requestBody = { required: true };
    const operation = (operationId: string, tag: string, example: number, body = {}) => ({
      get: { operationId, tags: [tag], parameters: [id(example)], ...body },
    });
    const { paths, components } = compactDocument({
      paths: {
        "/a": operation("a", "jobs", 1, { requestBody }),
        "/b": operation("b", "jobs", 1, { requestBody }),
        "/c": operation("c", "jobs", 1),
        "/d": operation("d", "keys", 2),
        "/e": operation("e", "keys", 2),
        "/f": operation("f", "keys", 3),
      },
      components: { schemas: {} },
    }) as never as {
      readonly paths: Readonly<Record<string, { readonly get: unknown }>>;
      readonly components: unknown;
    };
    assert.deepEqual(components, {
      schemas: {},
      parameters: { Id: id(1), IdOfKeys: id(2) },
      requestBodies: { BodyOfA: requestBody },
    });
    assert.deepEqual(paths["/b"]?.get, {
      operationId: "b",
      tags: ["jobs"],
      parameters: [{ $ref: "#/components/parameters/Id" }],
      requestBody: { $ref: "#/components/requestBodies/BodyOfA" },
    });
    assert.deepEqual(paths["/e"]?.get, {
      operationId: "e",
      tags: ["keys"],
      parameters: [{ $ref: "#/components/parameters/IdOfKeys" }],
    });
    assert.deepEqual(paths["/f"]?.get, { operationId: "f", tags: ["keys"], parameters: [id(3)] });
  });
});
