import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { createHostLines } from "./host-lines.ts";

const never = new AbortController().signal;

describe("the hosts' lines", () => {
  it("let so many images of a host begin, and the next when one ends", async () => {
    const lines = createHostLines(2);
    const leave = await lines.enter("http://a.example/1", "job", never);
    await lines.enter("http://a.example/2", "job", never);
    let begun = false;
    const third = lines.enter("http://a.example/3", "job", never).then(() => {
      begun = true;
    });
    await lines.enter("http://b.example/1", "job", never);
    assert.equal(begun, false);
    leave();
    await third;
  });

  it("forget a host that has no image left, also after one gave up waiting", async () => {
    const lines = createHostLines(1);
    const leave = await lines.enter("http://a.example/1", "job", never);
    const aborting = new AbortController();
    const waiting = lines.enter("http://a.example/2", "job", aborting.signal);
    aborting.abort();
    await assert.rejects(waiting, { name: "AbortError" });
    assert.equal(lines.size, 1);
    leave();
    assert.equal(lines.size, 0);
  });

  it("let what is no URL pass, to fail by itself", async () => {
    const lines = createHostLines(1);
    (await lines.enter("no url", "job", never))();
    assert.equal(lines.size, 0);
  });
});
