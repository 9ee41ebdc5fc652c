/** Keys from the command line, beside a service that runs: who is answered, and what a program is told that has none. */
import assert from "node:assert/strict";
import { describe, it, type TestContext } from "node:test";
import { aDataDir, runCommand, startService } from "./storewalk-process.ts";

const JOB = JSON.stringify({
  count: 1,
  visits: [{ store_id: "nowhere", image_url: ["http://127.0.0.1:9/1.jpg"], visit_time: "2026-01-05" }],
});

function settingsOf(t: TestContext, more: Record<string, string> = {}) {
  return { STOREWALK_PORT: "0", STOREWALK_DATA_DIR: aDataDir(t), STOREWALK_GPU_LATENCY_MS: "0", ...more };
}

/** Asks until the service answers so: it looks for the first key every two seconds. */
async function untilStatus(url: string, wanted: number, headers: Record<string, string> = {}): Promise<void> {
  for (;;) {
    const { status } = await fetch(`${url}/api/v1/jobs`, { headers });
    if (status === wanted) return;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

describe("storewalk keys", () => {
  it("makes the first key beside a running service, which then answers nobody without one", async (t) => {
    const settings = settingsOf(t);
    const url = await startService(t, settings).ready;
    assert.ok(url);
    await untilStatus(url, 200);
    const made = await runCommand(["keys", "create", "--name", "till 7"], { settings });
    assert.match(made.stdout, /^swk_live_[0-9A-Za-z]{12}_[0-9A-Za-z]{49}\n$/);
    assert.match(made.stderr, /Key \w{12} \(till 7\) of tenant default may: jobs:read, jobs:write, stores:read/);
    assert.match(made.stderr, /It is the first key/);
    await untilStatus(url, 401);

    const without = await runCommand(["submit", "-", "--format", "json", "--url", url], { settings, stdin: JOB });
    assert.equal(without.code, 77);
    assert.match(without.stderr, /an API key is needed.*\n.*STOREWALK_API_KEY/);
    const withKey = { ...settings, STOREWALK_API_KEY: made.stdout.trim() };
    const submitted = await runCommand(["submit", "-", "--format", "json", "--url", url, "--watch"], {
      settings: withKey,
      stdin: JOB,
    });
    assert.equal(submitted.code, 1, submitted.stderr);
    const webhooks = await runCommand(["webhooks", "list", "--url", url], { settings: withKey });
    assert.equal(webhooks.code, 77);
    assert.match(webhooks.stderr, /it needs the scope webhooks:manage/);
  });

  it("revokes and replaces keys while the service runs", async (t) => {
    const settings = settingsOf(t);
    const first = await runCommand(["keys", "create"], { settings });
    const url = await startService(t, settings).ready;
    assert.ok(url);
    const headers = { authorization: `Bearer ${first.stdout.trim()}` };
    await untilStatus(url, 200, headers);
    const [, id = ""] = /swk_live_(\w{12})_/.exec(first.stdout) ?? [];
    const second = await runCommand(["keys", "rotate", id, "--overlap-hours", "0"], { settings });
    assert.equal(second.code, 0, second.stderr);
    await untilStatus(url, 401, headers);
    const fresh = { authorization: `Bearer ${second.stdout.trim()}` };
    await untilStatus(url, 200, fresh);
    const [, secondId = ""] = /swk_live_(\w{12})_/.exec(second.stdout) ?? [];
    assert.equal((await runCommand(["keys", "revoke", secondId], { settings })).code, 0);
    await untilStatus(url, 401, fresh);
    const { stdout } = await runCommand(["keys", "list", "--ndjson"], { settings });
    const states = stdout
      .trim()
      .split("\n")
      .map((line) => JSON.parse(line).status);
    assert.deepEqual(states, ["expired", "revoked"]);
  });

  it("stands in the log of changes with whoever made them, as an import of stores does", async (t) => {
    const settings = settingsOf(t);
    const made = await runCommand(["keys", "create", "--scope", "keys:manage"], { settings });
    const stores = "store_id,store_name,area_code\nS1,Shop,A1\n";
    assert.equal((await runCommand(["stores", "import", "-"], { settings, stdin: stores })).code, 0);
    const url = await startService(t, settings).ready;
    assert.ok(url);
    const answer = await fetch(`${url}/api/v1/audit`, { headers: { "x-api-key": made.stdout.trim() } });
    const { data } = JSON.parse(await answer.text()) as { data: { action: string; address: string }[] };
    assert.deepEqual(
      data.map(({ action }) => action),
      ["importStores", "createKey"],
    );
    assert.match(data[0]?.address ?? "", /^command line, \S+$/);
  });

  it("says which key there is not", async (t) => {
    const settings = settingsOf(t);
    const revoked = await runCommand(["keys", "revoke", "nobody"], { settings });
    assert.deepEqual([revoked.code, revoked.stderr], [65, 'storewalk: there is no key "nobody"\n']);
    const tenant = await runCommand(["keys", "create", "--tenant", "No Good"], { settings });
    assert.equal(tenant.code, 64);
    assert.match(tenant.stderr, /--tenant must be 1 to 63 small letters/);
  });
});

describe("a service that other machines can reach", () => {
  const wide = { STOREWALK_HOST: "0.0.0.0" };

  it("does not start without a key, and says what to do", async (t) => {
    const { code, stderr } = await runCommand(["serve"], { settings: settingsOf(t, wide) });
    assert.equal(code, 78);
    assert.match(
      stderr,
      /0\.0\.0\.0 is open to other machines and there is no API key; make one with ".*storewalk.* keys create"/,
    );
  });

  it("starts with a key and asks everybody for one", async (t) => {
    const settings = settingsOf(t, wide);
    assert.equal((await runCommand(["keys", "create"], { settings })).code, 0);
    const url = await startService(t, settings).ready;
    assert.ok(url);
    await untilStatus(url, 401);
  });

  it("starts without keys when it is told so, and warns", async (t) => {
    const service = startService(t, settingsOf(t, { ...wide, STOREWALK_AUTH: "off", STOREWALK_LOG_LEVEL: "warn" }));
    const said: string[] = [];
    service.process.stderr?.on("data", (data) => said.push(String(data)));
    const url = await service.ready;
    assert.ok(url);
    await untilStatus(url, 200);
    while (!/API keys are switched off: whoever reaches 0\.0\.0\.0 may do everything/.test(said.join(""))) {
      await new Promise((resolve) => setImmediate(resolve));
    }
  });
});
