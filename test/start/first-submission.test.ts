/** A process that was held up while it started, as on a busy machine, refuses nobody for it afterwards. */
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { setTimeout as pause } from "node:timers/promises";
import { startApp } from "../../src/app/app.ts";
import { createLog } from "../../src/process/log.ts";
import { loadConfig } from "../../src/settings/config.ts";
import { importStoreMaster } from "../../src/stores/import-stores.ts";
import { aDataDir } from "../storewalk-process.ts";

const HOUR_MS = 3_600_000;
/** Of the loop's, and some more. */
const A_LOOK_MS = 150;
const STORES = new TextEncoder().encode("store_id,store_name,area_code\nS1,Corner shop,1\n");

describe("the first submission after a start", () => {
  it("is accepted though the import of the stores held the process up for an hour", async (t) => {
    let lateMs = 0;
    const now = performance.now.bind(performance);
    t.mock.method(performance, "now", () => now() + lateMs);
    const settings = {
      STOREWALK_PORT: "0",
      STOREWALK_DATA_DIR: aDataDir(t),
      STOREWALK_UNKNOWN_STORES: "reject",
      // A loop that is as late as this for any other reason is none of a test.
      STOREWALK_MAX_LAG_MS: String(HOUR_MS / 10),
    };
    const app = await startApp(loadConfig({}, settings), createLog("error"), {
      async prepare(ledger) {
        await importStoreMaster({ ledger }, [STORES]);
        lateMs += HOUR_MS;
        // Whoever looks at the loop by now sees it.
        await pause(A_LOOK_MS);
      },
    });
    t.after(() => app.stop());
    const answer = await fetch(`${app.address}/api/submit`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({
        count: 1,
        visits: [{ store_id: "S1", visit_time: "2026-01-05", image_url: ["http://127.0.0.1:9/1.png"] }],
      }),
    });
    assert.equal(answer.status, 201, await answer.text());
  });
});
