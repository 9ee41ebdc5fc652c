import assert from "node:assert/strict";
import { describe, it } from "node:test";
import fc from "fast-check";
import { BrokenJson, createJsonSplitter } from "./json-splitter.ts";

/** What the splitter finds in a text cut into pieces of these lengths. */
function split(text: string | Uint8Array, lengths: readonly number[] = []) {
  const found = { members: [] as [string, unknown][], lists: 0, visits: [] as unknown[] };
  const splitter = createJsonSplitter({
    onMember: (name, { value }) => found.members.push([name, value]),
    onVisits: () => {
      found.lists += 1;
    },
    onVisit: ({ value }) => found.visits.push(value),
  });
  const bytes = typeof text === "string" ? new TextEncoder().encode(text) : text;
  let from = 0;
  for (const length of lengths) {
    splitter.push(bytes.subarray(from, from + length));
    from += length;
  }
  splitter.push(bytes.subarray(from));
  splitter.end();
  return found;
}

const spaces = fc.array(fc.constantFrom(" ", "\n", "\t", "\r\n"), { maxLength: 2 }).map((parts) => parts.join(""));

describe("the JSON splitter", () => {
  it("finds members in any order and the elements of visits", () => {
    const found = split('{"a":1, "visits": [ {"x":[1,{}]} ,2,"s" ], "b":{"visits":[9]}}');
    assert.deepEqual(found, {
      members: [
        ["a", 1],
        ["b", { visits: [9] }],
      ],
      lists: 1,
      visits: [{ x: [1, {}] }, 2, "s"],
    });
  });

  it("finds the same as JSON.parse, wherever the bytes are cut", () =>
    fc.assert(
      fc.property(
        fc.array(fc.jsonValue({ maxDepth: 4 }), { maxLength: 5 }),
        fc.jsonValue({ maxDepth: 3 }),
        fc.array(fc.integer({ min: 0, max: 9 }), { maxLength: 60 }),
        fc.boolean(),
        (visits, extra, lengths, pretty) => {
          const body = { before: extra, visits, 'Ünï"code\\': extra };
          const found = split(JSON.stringify(body, null, pretty ? 2 : 0), lengths);
          const again = JSON.parse(JSON.stringify(body));
          assert.deepEqual(found.visits, again.visits);
          assert.deepEqual(Object.fromEntries(found.members), {
            before: again.before,
            'Ünï"code\\': again['Ünï"code\\'],
          });
        },
      ),
    ));

  it("accepts and refuses the same texts as JSON.parse", () => {
    const piece = fc.constantFrom(
      "{",
      "}",
      "[",
      "]",
      ",",
      ":",
      '"a"',
      '"visits"',
      "1",
      "-",
      "tru",
      "true",
      "null",
      '"',
      "\\",
      "0x1",
      "01",
      "é",
      "\u0001",
    );
    const text = fc.array(fc.tuple(piece, spaces), { maxLength: 14 }).map((parts) => `{${parts.flat().join("")}`);
    const nearly = fc.tuple(fc.json(), fc.nat(), piece).map(([json, at, junk]) => {
      const whole = `{"visits":[${json}],"n":${json}}`;
      const cut = at % (whole.length + 1);
      return whole.slice(0, cut) + junk + whole.slice(cut);
    });
    fc.assert(
      fc.property(
        fc.oneof(text, nearly),
        fc.array(fc.integer({ min: 1, max: 5 }), { maxLength: 20 }),
        (body, lengths) => {
          assert.equal(
            accepts(() => split(body, lengths)),
            accepts(() => JSON.parse(body)),
            body,
          );
        },
      ),
      { numRuns: 3_000 },
    );
  });

  for (const [name, text, message] of [
    ["a body that is no object", "[1]", /line 1, column 1: wanted an object, "\{", got "\["/],
    ["a body that ends early", '{"visits": [{"a": 1}', /the body ends/],
    [
      "a missing comma between visits",
      '{"visits": [\n  {"a": 1}\n  {"a": 2}]}',
      /line 3, column 3: wanted "," or "\]", got "\{"/,
    ],
    ["something behind the end", "{} x", /wanted nothing more, got "x"/],
    [
      "a visit that is broken inside",
      '{"visits": [{"a": 1},\n{"a": nope}]}',
      /line 2, column 1: \/visits\/1, which begins there/,
    ],
    ["a member that is broken", '{"count": 1x}', /\/count, which begins there/],
    ["too many levels", `{"visits": [${"[".repeat(70)}`, /more than 64 levels/],
  ] as const) {
    it(`says where for ${name}`, () => assert.throws(() => split(text), message));
  }

  it("refuses bytes that are not UTF-8, and takes characters cut between pieces", () => {
    assert.throws(
      () => split(Uint8Array.from([...Buffer.from('{"a":"'), 0xff, ...Buffer.from('"}')])),
      /not valid UTF-8/,
    );
    assert.deepEqual(split('{"a":"é雪😀"}', Array(20).fill(1)).members, [["a", "é雪😀"]]);
  });

  it("refuses a value that is too large to hold", () => {
    const splitter = createJsonSplitter({ onMember: () => {}, onVisits: () => {}, onVisit: () => {} });
    splitter.push(new TextEncoder().encode('{"extra": "'));
    const mebibyte = new Uint8Array(2 ** 20).fill(0x61);
    assert.throws(() => {
      for (let pushed = 0; pushed < 20; pushed++) splitter.push(mebibyte);
    }, /more than 16777216 bytes/);
  });
});

function accepts(read: () => unknown): boolean {
  try {
    read();
    return true;
  } catch (error) {
    if (error instanceof BrokenJson || error instanceof SyntaxError) return false;
    throw error;
  }
}
