import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { createLogLines } from "../testing/log-lines.ts";
import { createLog } from "./log.ts";

describe("the log", () => {
  it("says a fault's cause once, beside its sentence", () => {
    const { destination, lines } = createLogLines();
    const cause = new Error("connect ECONNREFUSED");
    createLog("info", destination).warn({ err: new Error(`no ledger: ${cause.message}`, { cause }) }, "away");
    assert.partialDeepStrictEqual(lines[0]?.err, {
      message: "no ledger: connect ECONNREFUSED",
      cause: { message: "connect ECONNREFUSED" },
    });
  });

  it("shows no query of a URL, wherever in a fault it stands", () => {
    const { destination, lines } = createLogLines();
    const url = 'https://photos.example/1.jpg?sig=s3cret"s3cret';
    const fault = Object.assign(new Error(`cannot read ${url}`, { cause: new Error(`at ${url}\n    s`) }), {
      input: url,
      detail: `(17, ${url})`,
    });
    createLog("info", destination).error({ err: fault, cause: fault.stack, urls: [url] }, `fault of ${url}`);
    const [line] = lines;
    assert.ok(line);
    assert.ok(!JSON.stringify(line).includes("s3cret"), JSON.stringify(line));
    assert.deepEqual(
      [line.msg, line.urls],
      ["fault of https://photos.example/1.jpg?sig=*", ["https://photos.example/1.jpg?sig=*"]],
    );
  });
});
