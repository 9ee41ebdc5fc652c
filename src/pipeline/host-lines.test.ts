import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { createHostLines } from "./host-lines.ts";

function setup(imagesPerHost: number) {
  const lines = createHostLines(imagesPerHost);
  const begun: string[] = [];
  const leaves = new Map<string, () => void>();
  const lineUp = (url: string, lane = "job") => lineUpAll([url], lane);
  const lineUpAll = (urls: readonly string[], lane = "job") =>
    lines.lineUp(urls, lane, (image, _host, leave) => {
      const url = urls[image] ?? "";
      begun.push(url);
      leaves.set(url, leave);
    });
  return { lines, begun, lineUp, lineUpAll, leave: (url: string) => leaves.get(url)?.() };
}

describe("the hosts' lines", () => {
  it("let so many images of a host begin, and the next when one ends", () => {
    const { lineUp, begun, leave } = setup(2);
    for (const url of ["http://a/1", "http://a/2", "http://a/3", "http://b/1"]) lineUp(url);
    assert.deepEqual(begun, ["http://a/1", "http://a/2", "http://b/1"]);
    leave("http://a/1");
    assert.deepEqual(begun.at(-1), "http://a/3");
  });

  it("forget a host that has no image left, also after one was taken out", () => {
    const { lines, lineUp, begun, leave } = setup(1);
    lineUp("http://a/1");
    lineUp("http://a/2").leave();
    leave("http://a/1");
    assert.deepEqual([lines.size, begun], [0, ["http://a/1"]]);
  });

  it("take nobody out who has begun", () => {
    const { lines, lineUp, leave } = setup(1);
    lineUp("http://a/1").leave();
    assert.equal(lines.size, 1);
    leave("http://a/1");
    assert.equal(lines.size, 0);
  });

  it("are slow while few begin and many wait, and no longer once they move", () => {
    const { lines, lineUp, leave } = setup(1);
    lineUp("http://dead/0");
    lineUp("http://well/0");
    const dead = lineUp("http://dead/1");
    const well = lineUp("http://well/1");
    lines.look();
    assert.deepEqual([dead.slow(), well.slow()], [0, 0]);
    for (let no = 2; no < 10; no += 1) lineUp(`http://dead/${no}`);
    for (let no = 2; no < 10; no += 1) lineUp(`http://well/${no}`);
    for (let no = 0; no < 7; no += 1) leave(`http://well/${no}`);
    // A process that stood still for a moment finds the like: once is not enough.
    for (let looks = 1; looks < 4; looks += 1) {
      lines.look();
      assert.deepEqual([dead.slow(), well.slow()], [0, 0], `after ${looks} looks`);
    }
    lines.look();
    assert.deepEqual([dead.slow(), well.slow()], [1, 0]);
    for (let no = 0; no < 7; no += 1) leave(`http://dead/${no}`);
    lines.look();
    assert.equal(dead.slow(), 0);
  });

  it("let the images of a run begin in their order, one host's beside another's", () => {
    const { lineUpAll, begun, leave } = setup(1);
    lineUpAll(["http://a/1", "http://b/1", "http://a/2", "http://A/3"]);
    leave("http://a/1");
    leave("http://a/2");
    assert.deepEqual(begun, ["http://a/1", "http://b/1", "http://a/2", "http://A/3"]);
  });

  it("let nobody begin who would only wait for his host, until one of those has come to his turn", () => {
    const crowded = new Set(["a"]);
    const lines = createHostLines(4, (host) => () => crowded.has(host));
    const begun: number[] = [];
    lines.lineUp(["http://a/1", "http://a/2", "http://b/1"], "job", (image, _host, leave) => {
      begun.push(image);
      crowded.add("a");
      leave();
    });
    assert.deepEqual(begun, [2]);
    crowded.clear();
    lines.goOn("a");
    assert.deepEqual(begun, [2, 0]);
  });

  it("take out at once what is left of a run, and tell how many that was", () => {
    const { lines, lineUpAll, begun, leave } = setup(1);
    const places = lineUpAll(["http://a/1", "http://a/2", "http://a/3", "http://b/1"]);
    lineUpAll(["http://a/4"]);
    assert.deepEqual([places.leave(), places.leave()], [2, 0]);
    leave("http://a/1");
    assert.deepEqual(begun, ["http://a/1", "http://b/1", "http://a/4"]);
    leave("http://a/4");
    leave("http://b/1");
    assert.equal(lines.size, 0);
  });

  it("let a job with one image go before the rest of a run of many", () => {
    const { lineUpAll, lineUp, begun, leave } = setup(2);
    lineUpAll(["http://a/1", "http://a/2", "http://a/3", "http://a/4"], "large");
    lineUp("http://a/small", "small");
    leave("http://a/1");
    assert.equal(begun.at(-1), "http://a/small");
  });

  it("tell hosts apart however their URLs are written", () => {
    const { lineUpAll, begun } = setup(1);
    lineUpAll(["http:/a/1", "http:/b/1", "http://u@c/1", "http://d?/1", "http:///e/1", "http:///f/1"]);
    assert.equal(begun.length, 6);
  });

  it("let what is no URL pass, to fail by itself", () => {
    const { lines, lineUp, begun, leave } = setup(1);
    lineUp("no url");
    leave("no url");
    assert.deepEqual([begun, lines.size], [["no url"], 0]);
  });
});
