import assert from "node:assert/strict";
import { describe, it } from "node:test";
import fc from "fast-check";
import { type KeyPattern, readKeyPattern } from "./key-pattern.ts";

function aPattern(text: string): KeyPattern {
  const pattern = readKeyPattern(text);
  assert.ok(typeof pattern === "function", JSON.stringify(pattern));
  return pattern;
}

describe("a pattern of keys", () => {
  for (const [pattern, key, parts] of [
    ["{store}/{date}/{name}.jpg", "S1/2026-11-27/shelf 3.jpg", ["S1", "2026-11-27", "shelf 3"]],
    ["{store}/{date}/{name}.jpg", "S1/20261127/a.b.jpg.JPG", ["S1", "2026-11-27", "a.b.jpg"]],
    ["{store}/{date}/{name}", "S1/2026_11_27/a.png", ["S1", "2026-11-27", "a.png"]],
    ["{year}/{month}/{day}/{store}/{any}", "2026/11/27/S 1/a.jpg", ["S 1", "2026-11-27", null]],
    ["{store}_{date}T{hour}{minute}_{name}.jpg", "S_1_2026-11-27T0930_x.jpg", ["S_1", "2026-11-27T09:30:00", "x"]],
    ["{store}-{date}-{hour}{minute}{second}.jpg", "S-1-20261127-093015.jpg", ["S-1", "2026-11-27T09:30:15", null]],
    ["{path}/{store}/{time}/{name}", "a/b/c/S1/Week 48/1.jpg", null],
    ["visits/{store}/{time}/{name}", "visits/S1/Week 48/1.jpg", ["S1", "Week 48", "1.jpg"]],
    ["{store}/{date}/{path}.jpg", "S1/2026-11-27/left/upper/1.jpg", ["S1", "2026-11-27", null]],
    ["(a+b)*/{store}/{date}.jpg", "(a+b)*/S1/2026-11-27.jpg", ["S1", "2026-11-27", null]],
    ["{store}/{date}/{name}.jpg", "S1/2026-11-27/.jpg", null],
    ["{store}/{date}/{name}.jpg", "S1/2026-11-27/sub/a.jpg", null],
    ["{store}/{date}/{name}.jpg", "x/S1/2026-11-27/a.jpg", null],
    ["{store}/{date}/{name}.jpg", "S1/2026-11/a.jpg", null],
    ["{store}/{date}/{name}.jpg", "S1/2026-1127/a.jpg", null],
    ["{store}/{date}/{name}.jpg", "S1/2026-11-27/a.png", null],
  ] as const) {
    it(`${pattern} of ${key}: ${parts === null ? "another key" : parts.join(", ")}`, () => {
      const found = aPattern(pattern)(key);
      if (parts === null) assert.equal(found.kind, "other");
      else assert.deepEqual(found, { kind: "parts", storeId: parts[0], visitTime: parts[1], name: parts[2] });
    });
  }

  it("says what is wrong with a day, a store or a time", () => {
    const why = (key: string) => ({ why: "", ...aPattern("{store}/{date}.jpg")(key) }).why;
    assert.equal(why("S1/2026-02-30.jpg"), "2026-02-30 is no day of the calendar");
    assert.equal(why(" /2026-02-03.jpg"), "its store or time is a space");
    assert.equal(why(`${"S".repeat(129)}/2026-02-03.jpg`), "its store has more than 128 characters");
  });

  for (const [pattern, faults] of [
    ["{stroe}/{date}", [/^\{stroe\} means nothing here; there are \{store\}/, /must have \{store\}/]],
    ["{store}/{name}", [/must say when the visit was/]],
    ["{store}/{date}/{time}", [/says twice when/]],
    ["{store}/{year}/{month}", [/\{year\}, \{month\} and \{day\} together/]],
    ["{store}/{date}/{minute}", [/\{minute\} needs \{hour\}/]],
    ["{store}/{time}/{hour}", [/\{time\} is all of the time/]],
    ["{store}{name}/{date}", [/nothing stands between \{store\} and \{name\}/]],
    ["{store}/{store}/{date}", [/\{store\} stands in it twice/]],
    ["{store}/{date}/{", [/stand around the name of a part only/]],
    [`{store}/{date}/${"x".repeat(512)}`, [/at most 512/]],
  ] as const) {
    it(`is refused as ${pattern.slice(0, 40)}, with all that is wrong`, () => {
      const read = readKeyPattern(pattern);
      assert.ok("faults" in read);
      assert.equal(read.faults.length, faults.length, read.faults.join("\n"));
      for (const [at, fault] of faults.entries()) assert.match(read.faults[at] ?? "", fault);
    });
  }

  it("reads back what a key was made of", () => {
    const text = fc.stringMatching(/^[^/._]+$/).filter((some) => some.trim() !== "" && some.length <= 128);
    const date = fc.date({ min: new Date("1970-01-01"), max: new Date("2099-12-31"), noInvalidDate: true });
    const pattern = aPattern("a/{store}_{date}/{name}.jpg");
    fc.assert(
      fc.property(text, date, text, (storeId, day, name) => {
        const visitTime = day.toISOString().slice(0, 10);
        assert.deepEqual(pattern(`a/${storeId}_${visitTime}/${name}.jpg`), { kind: "parts", storeId, visitTime, name });
      }),
    );
  });

  it("is fast whatever the key", () => {
    const pattern = aPattern("{path}-{path}-{path}-{path}-{store}-{date}-{any}-{any}-{any}-{name}.jpg");
    const key = "-".repeat(1_024);
    const began = process.cpuUsage().user;
    for (let times = 0; times < 1_000; times += 1) pattern(key);
    // Patterns that go back take hours for one of them.
    assert.ok(process.cpuUsage().user - began < 5_000_000);
  });
});
