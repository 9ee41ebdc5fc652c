import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { datedBytes } from "./dated.ts";

async function* cut(bytes: Buffer, every: number) {
  for (let at = 0; at < bytes.length; at += every) yield bytes.subarray(at, at + every);
}

const passed = async (bytes: Buffer, every: number) =>
  Buffer.concat(await Array.fromAsync(datedBytes(cut(bytes, every), "2026-11-28")));

describe("the day in a kept text", () => {
  it("stands for {date} wherever the bytes are cut, and leaves all others as they are", async () => {
    const text = "é{date},{{date},{dat},ß{date}{date}\n{dat";
    const wanted = "é2026-11-28,{2026-11-28,{dat},ß2026-11-282026-11-28\n{dat";
    const bytes = Buffer.from(text);
    for (let every = 1; every <= bytes.length; every++) assert.equal((await passed(bytes, every)).toString(), wanted);
  });

  it("leaves a workbook alone", async () => {
    const workbook = Buffer.concat([Buffer.from("PK\u0003\u0004{date}"), Buffer.from([0xff, 0, 0xfe])]);
    for (const every of [1, 3, 5, 100]) assert.deepEqual(await passed(workbook, every), workbook);
  });

  it("passes nothing on where nothing comes", async () => {
    assert.equal((await passed(Buffer.alloc(0), 1)).length, 0);
    assert.equal((await passed(Buffer.from("a"), 1)).toString(), "a");
  });
});
