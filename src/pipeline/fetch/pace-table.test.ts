import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { createPaceMemory, openPaceTable } from "./pace-table.ts";

describe("the table of paces", () => {
  it("gives all threads the same cells of a host, and each host its own", () => {
    const memory = createPaceMemory(2);
    const [one, two] = [openPaceTable(memory, 0), openPaceTable(memory, 1)];
    one.cellsOf("http://a.example").numbers[3] = 7;
    one.cellsOf("http://a.example").underWay[0] = 5;
    const seen = two.cellsOf("http://a.example");
    assert.deepEqual([seen.numbers[3], [...seen.underWay], seen.thread], [7, [5, 0], 1]);
    assert.equal(two.cellsOf("http://b.example").numbers[3], 0);
  });

  it("forgets what a thread had under way when it is replaced, and nothing else", () => {
    const memory = createPaceMemory(2);
    const cells = openPaceTable(memory, 0).cellsOf("http://a.example");
    cells.numbers[3] = 7;
    cells.underWay.set([5, 6]);
    const again = openPaceTable(memory, 0).cellsOf("http://a.example");
    assert.deepEqual([again.numbers[3], [...again.underWay]], [7, [0, 6]]);
  });

  it("gives no two of many hosts the same row, though more come than it has", () => {
    const table = openPaceTable(createPaceMemory(1), 0);
    const all = Array.from({ length: 6_000 }, (_, no) => table.cellsOf(`http://${no}.example`));
    for (const [no, { numbers }] of all.entries()) numbers[0] = no;
    assert.ok(all.every(({ numbers }, no) => numbers[0] === no));
    assert.equal(table.cellsOf("http://5.example").numbers[0], 5);
  });
});
