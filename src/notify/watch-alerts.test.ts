/** The watch over the real ledger, by a clock that the test moves: what each kind tells, and when it is quiet. */
import assert from "node:assert/strict";
import { describe, it, type TestContext } from "node:test";
import type { NewAlert } from "../ledger/port/alert-ledger.ts";
import { openDatabase } from "../ledger/sqlite/database.ts";
import { createSqliteLedger } from "../ledger/sqlite/sqlite-ledger.ts";
import { createFakeClock } from "../testing/fake-clock.ts";
import { aStore, aVisit, submitJob } from "../testing/ledger-builders.ts";
import { isQuiet } from "./quiet-hours.ts";
import { startAlertWatch } from "./watch-alerts.ts";

const HOUR = 3_600_000;
const NOON = Date.parse("2026-11-24T12:00:00Z");

type Told = { readonly type: string; readonly data: { readonly headline: string; readonly count: number } };

async function setup(t: TestContext, alert: Partial<NewAlert>, startAt = NOON) {
  const clock = createFakeClock(startAt);
  const ledger = createSqliteLedger({ db: openDatabase(":memory:"), now: clock.now });
  const url = "https://a.example/hook";
  const hook = { tenant: "default", url, events: ["job.failed"], description: "", secret: "whsec_one" };
  const { id } = await ledger.addEndpoint(hook);
  await ledger.addAlert({
    tenant: "default",
    name: "Night",
    kind: "backlog",
    threshold: 1,
    webhooks: [id],
    quiet: null,
    tellsEnd: false,
    ...alert,
  });
  const watch = startAlertWatch({
    ledger,
    clock,
    onDelivery: () => {},
    onError: (error) => assert.fail(String(error)),
  });
  t.after(async () => {
    await watch.stop();
    await ledger.close();
  });
  const told = async (): Promise<readonly string[]> => {
    const due = await ledger.takeDue(100, 24 * 365 * HOUR);
    return due.map(({ payload }) => {
      const { type, data }: Told = JSON.parse(payload);
      return `${type.slice("alert.".length)}: ${data.headline}`;
    });
  };
  const pass = async (ms: number, stepMs = 10_000) => {
    for (let passed = 0; passed < ms; passed += stepMs) await clock.pass(stepMs);
  };
  return { ledger, clock, told, pass };
}

const twoImages = () => [aVisit({ images: 2 })];

describe("the watch of alerts", () => {
  it("tells a backlog once while it lasts, and that it is over where that is wanted", async (t) => {
    const { ledger, told, pass } = await setup(t, { tellsEnd: true });
    const jobId = await submitJob(ledger, twoImages());
    await pass(HOUR, 60_000);
    assert.deepEqual(await told(), ["firing: 2 images wait, more than 1"]);
    await ledger.cancelJob(jobId);
    await pass(HOUR, 60_000);
    assert.deepEqual(await told(), ["over: 2 images wait, more than 1"]);
  });

  it("tells after quiet hours what came in them, once, by the tenant's own clock", async (t) => {
    // 22:30 in Kolkata.
    const at = Date.parse("2026-11-24T17:00:00Z");
    const quiet = { from: "22:00", to: "07:00", timeZone: null } as const;
    const { ledger, told, pass } = await setup(t, { quiet }, at);
    await ledger.putTenantTimes("default", { dates: null, timeZone: "Asia/Kolkata" });
    const jobId = await submitJob(ledger, twoImages());
    await pass(HOUR, 60_000);
    await ledger.cancelJob(jobId);
    await pass(7 * HOUR, 60_000);
    assert.deepEqual(await told(), []);
    await pass(HOUR, 60_000);
    assert.deepEqual(await told(), ["firing: 2 images wait, more than 1"]);
    await pass(24 * HOUR, 600_000);
    assert.deepEqual(await told(), []);
  });

  it("tells of signed URLs that end before their images' turn can come", async (t) => {
    const { ledger, told, pass } = await setup(t, { kind: "urls_end", threshold: 15 });
    const signed = (minutes: number) => {
      const ends = NOON / 1_000 + minutes * 60;
      return [aVisit({ imageUrls: [`https://photos.example/1.jpg?Expires=${ends}&Signature=x&Key-Pair-Id=k`] })];
    };
    await submitJob(ledger, signed(600));
    const soon = await submitJob(ledger, signed(20));
    await pass(60_000);
    assert.deepEqual(await told(), []);
    await pass(600_000);
    const [message, ...others] = await told();
    assert.match(message ?? "", new RegExp(`^firing: Signed URLs of job ${soon} end from 2026-11-24T12:20:00.000Z on`));
    assert.deepEqual(others, []);
  });

  it("tells of several open stores without a visit in one message, and of none that opened lately", async (t) => {
    const { ledger, told, pass } = await setup(t, { kind: "store_not_visited", threshold: 7 });
    await ledger.importStores([
      aStore({ id: "S1" }),
      aStore({ id: "S2" }),
      { ...aStore({ id: "S3" }), opened: "2026-11-20" },
      { ...aStore({ id: "S4" }), closed: "2026-11-01" },
    ]);
    await pass(2 * HOUR, 60_000);
    assert.deepEqual(await told(), ["firing: 2 stores were not visited for 7 days"]);
  });
});

describe("quiet hours", () => {
  it("go from the first minute to before the last, over midnight too, by the clock on the wall", () => {
    const at = (time: string) => Date.parse(`2026-11-24T${time}:00Z`);
    const night = { from: "22:00", to: "07:00" };
    const minutes = ["21:59", "22:00", "00:00", "06:59", "07:00"];
    assert.deepEqual(
      minutes.map((time) => isQuiet(night, "UTC", at(time))),
      [false, true, true, true, false],
    );
    assert.equal(isQuiet({ from: "12:00", to: "13:00" }, "UTC", at("13:00")), false);
    assert.equal(isQuiet(night, "Asia/Kolkata", at("17:00")), true);
  });
});
