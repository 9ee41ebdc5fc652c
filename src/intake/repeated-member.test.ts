import assert from "node:assert/strict";
import { describe, it } from "node:test";
import fc from "fast-check";
import { repeatedMember } from "./repeated-member.ts";

const find = (text: string) => repeatedMember(text, JSON.parse(text));

/** Any value, with `slot` as the member of an object somewhere within it. */
const around = (slot: unknown) =>
  fc.letrec((tie) => ({
    value: fc.oneof(
      { weight: 2, arbitrary: fc.constant(slot) },
      fc
        .tuple(fc.array(fc.jsonValue({ maxDepth: 2 }), { maxLength: 3 }), tie("value"))
        .map(([before, inner]) => [...before, inner]),
      fc
        .tuple(fc.string(), tie("value"), fc.jsonValue({ maxDepth: 2 }))
        .map(([name, inner, other]) => ({ other, [`${name}.`]: inner })),
    ),
  })).value;

describe("a member that is given twice", () => {
  it("is not found where there is none, whatever the value", () =>
    fc.assert(
      fc.property(fc.jsonValue(), fc.boolean(), (value, pretty) => {
        assert.equal(find(JSON.stringify(value, null, pretty ? 2 : 0)), null);
      }),
    ));

  it("is found wherever it stands and whatever its name", () =>
    fc.assert(
      fc.property(
        fc.string(),
        fc.jsonValue({ maxDepth: 1 }),
        fc.jsonValue({ maxDepth: 1 }),
        around("\u0000slot"),
        (name, first, second, value) => {
          const twice = `{${JSON.stringify(name)}:${JSON.stringify(first)},${JSON.stringify(name)} :${JSON.stringify(second)}}`;
          assert.equal(find(JSON.stringify(value).replace(JSON.stringify("\u0000slot"), () => twice))?.at(-1), name);
        },
      ),
    ));
});
