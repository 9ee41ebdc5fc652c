import assert from "node:assert/strict";
import { EventEmitter } from "node:events";
import { describe, it } from "node:test";
import { aJob } from "../testing/job-builder.ts";
import { barLine, createProgress } from "./progress.ts";

const RUNNING = aJob({ images: 200_000, done: 84_321, failed: 1_207, images_per_second: 410.5, eta_seconds: 282 });
const COUNTS = "84321/200000 images  1207 failed  42%";

describe("the bar of a job", () => {
  it("shows the counts whole at any width, and more where there is room", () => {
    assert.equal(barLine(RUNNING, 20), "84321/200000 images");
    assert.equal(barLine(RUNNING, 40), COUNTS);
    assert.equal(barLine(RUNNING, 46), `███░░░  ${COUNTS}`);
    assert.equal(barLine(RUNNING, 80), `${"█".repeat(5)}${"░".repeat(8)}  ${COUNTS}  410.5/s  about 5 min left`);
    assert.equal(barLine(RUNNING, 200), `${"█".repeat(17)}${"░".repeat(23)}  ${COUNTS}  410.5/s  about 5 min left`);
  });

  it("leaves a column free, however narrow the terminal is", () => {
    for (let columns = 20; columns <= 250; columns += 1) assert.ok(barLine(RUNNING, columns).length < columns);
  });

  it("follows the terminal when it becomes narrower, and gives the cursor back", () => {
    let written = "";
    const write = (text: string) => {
      written += text;
      return true;
    };
    const terminal = Object.assign(new EventEmitter(), { columns: 200, write });
    const progress = createProgress({ terminal, now: () => 0 });
    progress.show(RUNNING);
    terminal.columns = 40;
    terminal.emit("resize");
    progress.end();
    const [, wide = "", narrow = ""] = written.split("\r");
    assert.ok(wide.includes("left"));
    assert.equal(narrow, `${COUNTS}\x1b[K\n\x1b[?25h`);
    terminal.emit("resize");
    assert.equal(written.split("\r").length, 3);
  });
});
