/** The ledger's promises about alerts: a cause is told once while it lasts, whoever looks, and dies, and looks again. */
import assert from "node:assert/strict";
import { it } from "node:test";
import { aVisit, claimNext, failed, submitJob } from "../../testing/ledger-builders.ts";
import type { Alert, AlertCause, DueAlert, NewAlert } from "../port/alert-ledger.ts";
import type { Ledger } from "../port/ledger.ts";
import { LEASE_MS, type WithLedger } from "./ledger-under-test.ts";

const EVERY = { stores: 600_000, others: 10_000 } as const;
const CALM_MS = 60_000;

async function anEndpoint(ledger: Ledger, tenant = "default"): Promise<number> {
  const url = "https://a.example/hook";
  return (await ledger.addEndpoint({ tenant, url, events: ["job.failed"], description: "", secret: "whsec_one" })).id;
}

const anAlert = (alert: Partial<NewAlert> = {}): NewAlert => ({
  tenant: "default",
  name: "Hosts",
  kind: "host_trouble",
  threshold: 0,
  webhooks: [],
  quiet: null,
  tellsEnd: false,
  ...alert,
});

const aCause = (cause: string): AlertCause => ({ cause, detail: `${cause} is in trouble`, facts: { host: cause } });

async function take(ledger: Ledger): Promise<DueAlert> {
  const due = await ledger.takeDueAlert(EVERY);
  assert.ok(due);
  return due;
}

type Round = { readonly causes: readonly string[]; readonly leastMs?: number; readonly isQuiet?: boolean };

/** As the watch makes it. */
async function round(ledger: Ledger, { causes, leastMs = 0, isQuiet = false }: Round): Promise<DueAlert> {
  const due = await take(ledger);
  await ledger.noteCauses(due, causes.map(aCause), CALM_MS);
  if (!isQuiet) await ledger.decideToTell(due, leastMs);
  await tellAll(ledger, due.id);
  return due;
}

async function tellAll(ledger: Ledger, alertId: number): Promise<void> {
  for (const telling of await ledger.readTellings(alertId)) {
    const causes = telling.causes.map(({ cause }) => cause);
    await ledger.tell(alertId, telling, JSON.stringify({ type: telling.event, causes }));
  }
}

/** What was told, the latest first. */
async function told(ledger: Ledger): Promise<readonly string[]> {
  const due = await ledger.takeDue(100, 1);
  for (const one of due)
    await ledger.recordAttempt(one, {
      state: "delivered",
      waitMs: 0,
      tookMs: 1,
      status: 200,
      error: null,
      body: "",
      disableReason: null,
    });
  return due
    .toSorted((a, b) => a.no - b.no)
    .map(({ payload }) => {
      const { type, causes }: { readonly type: string; readonly causes: readonly string[] } = JSON.parse(payload);
      return `${type.slice("alert.".length)} ${causes.join(" ")}`;
    });
}

async function addAlert(ledger: Ledger, alert: Partial<NewAlert> = {}): Promise<Alert> {
  return await ledger.addAlert(anAlert({ webhooks: [await anEndpoint(ledger)], ...alert }));
}

export function describeAlerts(withLedger: WithLedger): void {
  it("keeps an alert for its tenant, changes it and removes it", () =>
    withLedger(async ({ ledger }) => {
      const quiet = { from: "22:00", to: "07:00", timeZone: "Asia/Kolkata" } as const;
      const first = await ledger.addAlert(anAlert({ webhooks: [1, 12], threshold: 2.5, quiet, tellsEnd: true }));
      const second = await ledger.addAlert(anAlert({ tenant: "b" }));
      assert.partialDeepStrictEqual(first, { webhooks: [1, 12], threshold: 2.5, quiet, tellsEnd: true, enabled: true });
      assert.deepEqual(await ledger.listAlerts("b"), [second]);
      assert.deepEqual(await ledger.listAlerts(null), [first, second]);
      const changed = await ledger.changeAlert(first.id, { name: "CDN", quiet: null, enabled: false });
      assert.deepEqual(changed, { ...first, name: "CDN", quiet: null, enabled: false });
      assert.equal(await ledger.changeAlert(99, { name: "none" }), null);
      assert.deepEqual([await ledger.removeAlert(first.id), await ledger.removeAlert(first.id)], [true, false]);
    }));

  it("hands an alert to one of many, and again after a while", () =>
    withLedger(async ({ ledger, passTime }) => {
      const { id } = await addAlert(ledger);
      await ledger.changeAlert((await addAlert(ledger)).id, { enabled: false });
      const taken = await Promise.all(Array.from({ length: 5 }, () => ledger.takeDueAlert(EVERY)));
      assert.deepEqual(
        taken.filter((due) => due !== null).map((due) => due.id),
        [id],
      );
      await passTime(EVERY.others);
      assert.equal((await take(ledger)).id, id);
    }));

  it("tells a cause once while it lasts, and several in one message", () =>
    withLedger(async ({ ledger, passTime }) => {
      await addAlert(ledger);
      await round(ledger, { causes: ["b", "a"] });
      for (let again = 0; again < 20; again++) {
        await passTime(EVERY.others);
        await round(ledger, { causes: ["a", "b"] });
      }
      assert.deepEqual(await told(ledger), ["firing a b"]);
      await passTime(EVERY.others);
      await round(ledger, { causes: ["a", "b", "c"] });
      assert.deepEqual(await told(ledger), ["firing c"]);
      assert.partialDeepStrictEqual((await ledger.listAlerts(null))[0], { firing: 3, waiting: 0 });
    }));

  it("takes a cause that is away for a moment for the same", () =>
    withLedger(async ({ ledger, passTime }) => {
      await addAlert(ledger, { tellsEnd: true });
      for (let again = 0; again < 10; again++) {
        await round(ledger, { causes: again % 3 === 0 ? ["a"] : [] });
        await passTime(EVERY.others);
      }
      assert.deepEqual(await told(ledger), ["firing a"]);
    }));

  it("tells that a cause is over where that is wanted, and tells it again when it comes again", () =>
    withLedger(async ({ ledger, passTime }) => {
      await addAlert(ledger, { tellsEnd: true });
      for (const causes of [["a"], [], [], ["a"], ["a"]]) {
        await round(ledger, { causes });
        await passTime(CALM_MS);
      }
      assert.deepEqual(await told(ledger), ["firing a", "over a", "firing a"]);
    }));

  it("tells no end where none is wanted, and yet again when it comes again", () =>
    withLedger(async ({ ledger, passTime }) => {
      await addAlert(ledger);
      for (const causes of [["a"], [], [], ["a"], ["a"]]) {
        await round(ledger, { causes });
        await passTime(CALM_MS);
      }
      assert.deepEqual(await told(ledger), ["firing a", "firing a"]);
    }));

  it("tells what lasts for long enough, and never what did not", () =>
    withLedger(async ({ ledger, passTime }) => {
      await addAlert(ledger);
      const leastMs = 2 * CALM_MS;
      for (const causes of [["a", "b"], ["a"], ["a"], ["a"]]) {
        await round(ledger, { causes, leastMs });
        await passTime(CALM_MS);
      }
      assert.deepEqual(await told(ledger), ["firing a"]);
    }));

  it("tells after quiet hours what began in them, once, also what is over again", () =>
    withLedger(async ({ ledger, passTime }) => {
      await addAlert(ledger);
      for (const causes of [["a", "b"], ["a"], ["a"], ["a", "b"], ["a"], ["a"]]) {
        await round(ledger, { causes, isQuiet: true });
        await passTime(CALM_MS);
      }
      assert.deepEqual(await told(ledger), []);
      assert.partialDeepStrictEqual((await ledger.listAlerts(null))[0], { firing: 0, waiting: 2 });
      for (let again = 0; again < 3; again++) {
        await round(ledger, { causes: ["a"] });
        await passTime(EVERY.others);
      }
      assert.deepEqual(await told(ledger), ["firing a b"]);
    }));

  it("tells once what was decided by a process that died, at each step of its round", () =>
    withLedger(async ({ ledger, passTime }) => {
      const { id } = await addAlert(ledger);
      const dead = await take(ledger);
      await ledger.noteCauses(dead, [aCause("a")], CALM_MS);
      await ledger.decideToTell(dead, 0);
      const [telling] = await ledger.readTellings(id);
      assert.ok(telling);
      await passTime(EVERY.others);
      await round(ledger, { causes: ["a"] });
      // It was only slow.
      await ledger.tell(id, telling, JSON.stringify({ type: telling.event, causes: ["a"] }));
      await ledger.decideToTell(dead, 0);
      await tellAll(ledger, id);
      assert.deepEqual(await told(ledger), ["firing a"]);
    }));

  it("tells nothing again after its delivery was forgotten", () =>
    withLedger(async ({ ledger, passTime }) => {
      const { id } = await addAlert(ledger);
      const first = await take(ledger);
      await ledger.noteCauses(first, [aCause("a")], CALM_MS);
      await ledger.decideToTell(first, 0);
      const [telling] = await ledger.readTellings(id);
      assert.ok(telling);
      await tellAll(ledger, id);
      assert.deepEqual(await told(ledger), ["firing a"]);
      await passTime(31 * 86_400_000);
      await round(ledger, { causes: ["a", "b"] });
      assert.deepEqual(await told(ledger), ["firing b"]);
      const filter = { tenant: null, endpointId: null, jobId: null, state: null };
      assert.equal((await ledger.listDeliveries(filter, { before: null, limit: 10 })).length, 1);
      await ledger.tell(id, telling, JSON.stringify({ type: telling.event, causes: ["a"] }));
      assert.deepEqual(await told(ledger), []);
    }));

  it("hears no more of a round after another began", () =>
    withLedger(async ({ ledger, passTime }) => {
      const { id } = await addAlert(ledger);
      const slow = await take(ledger);
      await passTime(EVERY.others);
      await round(ledger, { causes: ["a"] });
      await ledger.noteCauses(slow, [aCause("b")], 0);
      await ledger.noteEnds(slow, [aCause("c")], 9);
      await ledger.decideToTell(slow, 0);
      await tellAll(ledger, id);
      assert.deepEqual(await told(ledger), ["firing a"]);
      assert.equal((await ledger.listAlerts(null))[0]?.firing, 1);
    }));

  it("tells once, with many processes at it at the same time", () =>
    withLedger(async ({ ledger, passTime }) => {
      await addAlert(ledger);
      const look = async () => {
        const due = await ledger.takeDueAlert(EVERY);
        if (!due) return;
        await ledger.noteCauses(due, [aCause("a"), aCause("b")], CALM_MS);
        await ledger.decideToTell(due, 0);
        await Promise.all([tellAll(ledger, due.id), tellAll(ledger, due.id)]);
      };
      for (let again = 0; again < 5; again++) {
        await Promise.all(Array.from({ length: 4 }, look));
        await passTime(EVERY.others);
      }
      assert.deepEqual(await told(ledger), ["firing a b"]);
    }));

  it("tells each end of a job once, those after the alert was made or switched on", () =>
    withLedger(async ({ ledger, passTime }) => {
      const end = async () => {
        await submitJob(ledger, [aVisit()]);
        await ledger.record((await claimNext(ledger)).lease, [failed(0)], LEASE_MS);
        return await ledger.readLastEnd();
      };
      const before = await end();
      const { id } = await addAlert(ledger, { kind: "job_failed", threshold: 10 });
      assert.equal((await take(ledger)).lastEnd, before);
      const no = await end();
      await passTime(EVERY.others);
      const due = await take(ledger);
      for (let again = 0; again < 3; again++) {
        await ledger.noteEnds(due, [aCause(`end ${no}`)], no);
        await ledger.decideToTell(due, 0);
        await tellAll(ledger, id);
      }
      assert.deepEqual(await told(ledger), [`firing end ${no}`]);
      // Forgotten with the next round, and yet known by the number of its end.
      for (let again = 0; again < 2; again++) {
        await passTime(EVERY.others);
        const next = await take(ledger);
        await ledger.noteEnds(next, [aCause(`end ${no}`)], no);
        await ledger.decideToTell(next, 0);
        await tellAll(ledger, id);
      }
      assert.deepEqual(await told(ledger), []);
      await ledger.changeAlert(id, { enabled: false });
      const unwanted = await end();
      await ledger.changeAlert(id, { enabled: true });
      assert.equal((await take(ledger)).lastEnd, unwanted);
    }));

  it("tells its own webhooks that are on, of its own tenant, and can be tried", () =>
    withLedger(async ({ ledger }) => {
      const [own, off, other, foreign] = [
        await anEndpoint(ledger),
        await anEndpoint(ledger),
        await anEndpoint(ledger),
        await anEndpoint(ledger, "b"),
      ];
      await ledger.changeEndpoint(off, { enabled: false });
      const { id } = await ledger.addAlert(anAlert({ webhooks: [own, off, foreign] }));
      assert.ok(other);
      const tests = await ledger.addAlertTest(id, "{}");
      assert.deepEqual(
        tests.map(({ endpointId, alertId, event }) => ({ endpointId, alertId, event })),
        [{ endpointId: own, alertId: id, event: "alert.test" }],
      );
      await round(ledger, { causes: ["a"] });
      const filter = { tenant: null, endpointId: null, jobId: null, state: null };
      const deliveries = await ledger.listDeliveries(filter, { before: null, limit: 10 });
      assert.deepEqual(
        deliveries.map(({ endpointId, event }) => [endpointId, event]),
        [
          [own, "alert.firing"],
          [own, "alert.test"],
        ],
      );
    }));

  it("tells once more what an alert told, as that alert's", () =>
    withLedger(async ({ ledger }) => {
      const { id } = await addAlert(ledger);
      const [test] = await ledger.addAlertTest(id, "{}");
      assert.ok(test);
      const again = await ledger.replayDelivery(test.no, null);
      assert.deepEqual([again?.alertId, again?.event, again?.state], [id, "alert.test", "pending"]);
      assert.equal((await ledger.readDelivery(again?.no ?? 0, null))?.alertId, id);
    }));

  it("forgets the causes of an alert that is removed, and tells what was to be delivered", () =>
    withLedger(async ({ ledger }) => {
      const { id } = await addAlert(ledger);
      await round(ledger, { causes: ["a"] });
      await ledger.removeAlert(id);
      assert.deepEqual(await ledger.readTellings(id), []);
      assert.deepEqual(await told(ledger), ["firing a"]);
    }));
}
