/** Commands at a real terminal, as wide as the test says: `script` of util-linux gives them one. */
import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { after, before, describe, it } from "node:test";
import { promisify } from "node:util";
import { aPng } from "../src/testing/image-bytes.ts";
import { type ImageHost, startImageHost } from "../src/testing/image-host.ts";
import { findProgram } from "../src/testing/test-services.ts";
import { aLedgerOf, createEnding, NODE_ARGUMENTS, PROGRAM, runCommand, startService } from "./storewalk-process.ts";

const { skip } = findProgram("/usr/bin/script", "apt-get install bsdutils");
const IMAGES = 300;

describe("a command at a terminal", { skip }, () => {
  const ending = createEnding();
  let host: ImageHost;
  let url = "";
  before(async () => {
    host = await startImageHost({ "/good.png": { kind: "file", bytes: aPng({ width: 30, height: 20 }) } });
    const settings = { STOREWALK_PORT: "0", ...aLedgerOf(ending), STOREWALK_ALLOW_HOSTS: host.host };
    url = (await startService(ending, { ...settings, STOREWALK_GPU_LATENCY_MS: "100" }).ready) ?? assert.fail();
  });
  after(async () => {
    await ending.end();
    await host.close();
  });

  /** All that the terminal was sent. */
  async function shown(columns: number, ...args: readonly string[]): Promise<string> {
    const words = [process.execPath, ...NODE_ARGUMENTS, PROGRAM, ...args, "--url", url];
    const command = `stty cols ${columns}; ${words.map((word) => `'${word}'`).join(" ")}`;
    const { stdout } = await promisify(execFile)("script", ["--quiet", "--command", command, "/dev/null"]);
    return stdout;
  }

  async function submitted(): Promise<string> {
    const image_url = Array.from({ length: IMAGES }, () => host.url("/good.png"));
    const stdin = JSON.stringify({ count: 1, visits: [{ store_id: "S1", visit_time: "2024-05-31", image_url }] });
    return (await runCommand(["submit", "-", "--url", url], { stdin })).stdout.trim();
  }

  for (const columns of [40, 80, 200]) {
    it(`shows a bar that fits into ${columns} columns, with the counts whole, and no JSON below`, async () => {
      const job = await submitted();
      const [bars = "", ...rest] = (await shown(columns, "watch", job)).split("\n");
      // biome-ignore lint/suspicious/noControlCharactersInRegex: what steers the terminal takes no column.
      const lines = bars.replace(/\x1b\[[?\d]*[A-Za-z]/g, "").split("\r");
      for (const line of lines) assert.ok([...line].length < columns, `${line.length} columns: ${line}`);
      assert.ok(
        lines.some((line) => line.includes(`${IMAGES}/${IMAGES} images  0 failed`)),
        bars,
      );
      assert.match(rest.join("\n"), new RegExp(`Job ${job} is completed: ${IMAGES} of ${IMAGES} images measured`));
      assert.doesNotMatch(rest.join("\n"), /[{}]/);
    });
  }

  it("is shown blocks of lines where a table does not fit, and a table where it does", async () => {
    const job = await submitted();
    assert.match(await shown(40, "jobs", "list"), /^job {8,}\d+\r\nstatus {2,}\w+\r\n[\s\S]*\r\n\r\njob/);
    assert.match(await shown(120, "jobs", "list"), /^JOB {2}STATUS +IMAGES/);
    assert.match(await shown(40, "images", "list", job, "--limit", "2"), /^image +0\r\nstore +S1\r\n/);
  });

  it("is sent no workbook, and told where to lead it", async () => {
    for (const [args, advice] of [
      [["results", "1", "--format", "xlsx"], "lead it to a file: > results.xlsx"],
      [["jobs", "export", "1", "--format", "xlsx"], "say where to: --output FILE"],
    ] as const) {
      const [first = ""] = (await shown(120, ...args)).split("\r\n");
      assert.equal(first, `storewalk: a workbook is nothing for a terminal; ${advice}`);
    }
    const job = await submitted();
    await runCommand(["watch", job, "--url", url]);
    const { code, stdout } = await runCommand(["results", job, "--format", "xlsx", "--url", url]);
    assert.deepEqual([code, stdout.slice(0, 2)], [0, "PK"]);
  });

  it("shows where a job stands to people, and as JSON when asked", async () => {
    const job = await submitted();
    assert.match(await shown(80, "status", job), /^job {2,}\d+\r?\nstatus {2,}\w+/);
    assert.equal(JSON.parse(await shown(80, "status", job, "--json")).job_id, Number(job));
    // Whoever reads on: JSON comes to those who ask for it.
    assert.match((await runCommand(["status", job, "--url", url])).stdout, /^job {2,}\d+\nstatus {2,}\w+/);
  });
});
