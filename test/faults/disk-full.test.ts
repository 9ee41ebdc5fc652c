import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { appendFileSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, it, type TestContext } from "node:test";
import { assertFinishedRight, startNumberedHost, startPoller, submitNumbered } from "../numbered-job.ts";
import { aLedgerOf, startService } from "../storewalk-process.ts";

const IMAGES = 4_000;
const DISK_BYTES = 24 * 2 ** 20;

/** A file system of its own, in memory, so that it can be filled without harm. */
function aSmallDisk(t: TestContext): string {
  const folder = mkdtempSync(join(tmpdir(), "storewalk-disk-"));
  execFileSync("mount", ["-t", "tmpfs", "-o", `size=${DISK_BYTES}`, "storewalk-test", folder]);
  t.after(() => {
    execFileSync("umount", ["-l", folder]);
    rmSync(folder, { recursive: true, force: true });
  });
  return folder;
}

/** Takes all that is left; returns what gives it back. */
function fill(folder: string): () => void {
  const path = join(folder, "filler");
  const piece = new Uint8Array(64 * 1_024);
  try {
    for (;;) appendFileSync(path, piece);
  } catch (error) {
    if (!(error instanceof Error && "code" in error && error.code === "ENOSPC")) throw error;
  }
  return () => rmSync(path);
}

const skip = canMount() ? false : "needs the right to mount a tmpfs; run the tests as root";
if (skip) {
  if (process.env.REQUIRE_SERVICES === "1") throw new Error(`REQUIRE_SERVICES=1, but the disk test ${skip}`);
  process.stderr.write(`SKIPPED: disk-full test ${skip}\n`);
}

function canMount(): boolean {
  return process.platform === "linux" && process.getuid?.() === 0;
}

describe("an embedded ledger on a full disk", { skip }, () => {
  it("accepts no job, keeps the work in hand, and finishes every image once when there is room again", async (t) => {
    const folder = aSmallDisk(t);
    const host = await startNumberedHost(t);
    const settings = {
      STOREWALK_PORT: "0",
      ...aLedgerOf(t),
      STOREWALK_DATA_DIR: folder,
      // It is the full disk itself that is looked at, not the refusal before it.
      STOREWALK_MIN_FREE_BYTES: "0",
      STOREWALK_ALLOW_HOSTS: new URL(host).host,
      STOREWALK_GPU_LATENCY_MS: "20-60",
      STOREWALK_GPU_DEVICES: "1",
      STOREWALK_GPU_STREAMS: "32",
      STOREWALK_LOG_LEVEL: "silent",
    };
    const address = await startService(t, settings).ready;
    assert.ok(address);
    const jobId = await submitNumbered(address, host, IMAGES);
    const poller = startPoller(t, [address], jobId);
    await poller.reached(IMAGES / 10);

    const free = fill(folder);
    const refused = await fetch(`${address}/api/submit`, {
      method: "POST",
      body: JSON.stringify({ count: 1, visits: [aVisitOf(100_000)] }),
      headers: { "content-type": "application/json" },
    });
    assert.equal(refused.status, 503, await refused.text());
    assert.ok(Number(refused.headers.get("retry-after")) > 0);
    const stuckAt = await progressStands(poller);
    free();

    await assertFinishedRight(address, jobId, IMAGES);
    assert.deepEqual(await poller.stop(), []);
    t.diagnostic(`the disk was full from ${stuckAt} of ${IMAGES} images on`);
  });
});

function aVisitOf(images: number) {
  return {
    store_id: "S1",
    visit_time: "2024-05-01",
    image_url: Array.from({ length: images }, (_, no) => `http://127.0.0.1:9/${no}.png`),
  };
}

/** Waits until two looks a second apart see the same progress. */
async function progressStands(poller: { readonly last: number }): Promise<number> {
  for (;;) {
    const before = poller.last;
    await new Promise((resolve) => setTimeout(resolve, 1_000));
    if (poller.last === before) return before;
  }
}
