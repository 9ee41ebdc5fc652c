/** A host that images of elsewhere wait for, as redirects lead there: those in its own line begin once the others are gone. */
import assert from "node:assert/strict";
import { describe, it, type TestContext } from "node:test";
import { startFetching } from "../../testing/image-fetching.ts";
import { startImageHost } from "../../testing/image-host.ts";
import { createHostLines } from "../host-lines.ts";

/** The host answers nobody: one image has asked it, and so many wait before its gate that none of its line begins. */
async function setup(t: TestContext) {
  const host = await startImageHost({ "/hang": { kind: "hang" } });
  const lines = createHostLines(4, (name) => fetching.hosts.crowdOf(name));
  const fetching = startFetching({ settings: { connectionsPerHost: 1 }, onWaited: lines.goOn });
  t.after(async () => {
    await fetching.close();
    await host.close();
  });
  const open = (ending: AbortController) =>
    fetching.open(host.url("/hang"), { lane: "elsewhere", signal: ending.signal }).prefix(1);
  const asking = new AbortController();
  const asked = assert.rejects(open(asking));
  await host.askedTimes("/hang", 1);
  const waiting = new AbortController();
  const gone = Promise.allSettled(Array.from({ length: 11 }, () => open(waiting)));
  t.after(async () => {
    asking.abort();
    await asked;
  });
  const begun: number[] = [];
  lines.lineUp([host.url("/1.png")], "job", (image) => void begun.push(image));
  assert.deepEqual(begun, []);
  return { host, fetching, begun, gone, cancel: () => waiting.abort() };
}

describe("an image in line for a host that others crowd", () => {
  it("begins when their job is cancelled", async (t) => {
    const { begun, gone, cancel } = await setup(t);
    cancel();
    await gone;
    assert.deepEqual(begun, [0]);
  });

  it("begins when the host is given up for them", async (t) => {
    const { host, fetching, begun, gone } = await setup(t);
    fetching.hosts.giveUp("elsewhere", new URL(host.url("/")).host, "somebody gave up waiting");
    await gone;
    assert.deepEqual(begun, [0]);
  });
});
