/** The real program on a machine whose processors are busy: whoever submits as soon as anybody answers is answered 201. */
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { availableParallelism } from "node:os";
import { describe, it, type TestContext } from "node:test";
import { setTimeout as pause } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { SETTINGS } from "../../src/settings/config.ts";
import { freePort } from "../../src/testing/free-port.ts";
import { aDataDir, startService } from "../storewalk-process.ts";

/** Of the example stores. */
const STORE = "S00339218";
const EXAMPLE_STORES = fileURLToPath(new URL("../../examples/store_master.csv", import.meta.url));
const BUSY_A_PROCESSOR = 2;
/** A process that computes ends with its parent's end of the pipe, and by itself after this, whatever becomes of its parent. */
const MOST_BUSY_MS = 120_000;
const COMPUTE = `
  process.stdin.on("end", () => process.exit()).resume();
  process.stdout.write("busy");
  const until = performance.now() + ${MOST_BUSY_MS};
  const compute = () => {
    for (const slice = performance.now() + 50; performance.now() < slice; );
    if (performance.now() < until) setImmediate(compute);
    else process.exit();
  };
  compute();`;

/** Resolves when all processors have more to do than they can, until the test is over. */
async function keepBusy(t: TestContext): Promise<void> {
  const processes = Array.from({ length: BUSY_A_PROCESSOR * availableParallelism() }, () =>
    spawn(process.execPath, ["-e", COMPUTE], { stdio: ["pipe", "pipe", "inherit"] }),
  );
  t.after(() => {
    for (const child of processes) child.kill("SIGKILL");
  });
  await Promise.all(processes.map(({ stdout }) => once(stdout, "data")));
}

/** Sends it until somebody is there to answer. */
async function firstAnswer(url: string, job: object): Promise<Response> {
  const request = { method: "POST", headers: { "content-type": "application/json" }, body: JSON.stringify(job) };
  for (;;) {
    const answer = await fetch(url, request).catch(() => null);
    if (answer) return answer;
    await pause(10);
  }
}

describe("a service that starts on a busy machine", () => {
  it("answers 201 to the first submission, for one of the example stores that it imported", async (t) => {
    await keepBusy(t);
    const port = await freePort();
    const service = startService(t, {
      STOREWALK_PORT: String(port),
      STOREWALK_DATA_DIR: aDataDir(t),
      STOREWALK_STORE_MASTER: EXAMPLE_STORES,
      STOREWALK_UNKNOWN_STORES: "reject",
      // As it is for everybody, where other tests do without this limit.
      STOREWALK_MAX_LAG_MS: SETTINGS.maxLagMs.fallback,
    });
    const visits = [{ store_id: STORE, visit_time: "2026-01-05", image_url: ["http://127.0.0.1:9/1.png"] }];
    const answer = await Promise.race([
      firstAnswer(`http://127.0.0.1:${port}/api/submit`, { count: 1, visits }),
      once(service.process, "exit").then(([code]) => assert.fail(`the service ended with ${code}`)),
    ]);
    assert.equal(answer.status, 201, await answer.text());
  });
});
