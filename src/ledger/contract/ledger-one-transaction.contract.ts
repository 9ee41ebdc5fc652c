/** The ledger's promise that a call is one transaction: one whose last write fails, as where the disk is full or the process dies, has changed nothing. */
import assert from "node:assert/strict";
import { it } from "node:test";
import { aSchedule, aVisit, claimNext, failed, submitJob } from "../../testing/ledger-builders.ts";
import type { AlertCause, DueAlert } from "../port/alert-ledger.ts";
import type { Ledger } from "../port/ledger.ts";
import { LEASE_MS, type LedgerUnderTest, type WithLedger } from "./ledger-under-test.ts";

const EVERY = { stores: 600_000, others: 10_000 } as const;
const FIRST_PAGE = { before: null, limit: 100 } as const;
const ANY_DELIVERY = { tenant: null, endpointId: null, jobId: null, state: null } as const;

const aCause = (cause: string): AlertCause => ({ cause, detail: `${cause} is in trouble`, facts: { host: cause } });
const deliveries = async (ledger: Ledger) => (await ledger.listDeliveries(ANY_DELIVERY, FIRST_PAGE)).length;

async function anEndpoint(ledger: Ledger): Promise<number> {
  const endpoint = { tenant: "default", url: "https://a.example/hook", description: "", secret: "whsec_one" };
  return (await ledger.addEndpoint({ ...endpoint, events: ["job.failed"] })).id;
}

/** One that is looked at now. */
async function aRound({ ledger, passTime }: Pick<LedgerUnderTest, "ledger" | "passTime">): Promise<DueAlert> {
  if ((await ledger.listAlerts(null)).length === 0) {
    const alert = { tenant: "default", name: "Hosts", kind: "host_trouble", threshold: 0, quiet: null } as const;
    await ledger.addAlert({ ...alert, webhooks: [await anEndpoint(ledger)], tellsEnd: true });
  }
  await passTime(EVERY.others);
  const due = await ledger.takeDueAlert(EVERY);
  assert.ok(due);
  return due;
}

const causes = async (ledger: Ledger) =>
  (await ledger.listAlerts(null)).flatMap((alert) => alert.causes.map(({ cause }) => cause));

/** What is done before, which write of the call fails, the call itself, and what must be as it was. */
type Case = {
  readonly refused: readonly [write: "insert" | "update" | "delete", table: string];
  prepare(under: LedgerUnderTest): Promise<{ call(): Promise<unknown>; state(): Promise<unknown> }>;
};

const CASES: Readonly<Record<string, Case>> = {
  "ends a run of a schedule": {
    refused: ["update", "schedules"],
    async prepare({ ledger }) {
      await ledger.addSchedule(aSchedule({ dueAt: 1 }));
      const run = await ledger.takeDueSchedule(LEASE_MS);
      assert.ok(run);
      const end = { error: "the host answered 503", nextDueAt: 2, waitMs: 0 };
      return { call: () => ledger.endScheduleRun(run, end), state: () => ledger.listSchedules(null) };
    },
  },
  "removes a schedule": {
    refused: ["delete", "schedule_runs"],
    async prepare({ ledger }) {
      const { id } = await ledger.addSchedule(aSchedule({ dueAt: 1 }));
      const run = await ledger.takeDueSchedule(LEASE_MS);
      assert.ok(run);
      await ledger.endScheduleRun(run, { error: null, nextDueAt: 2, waitMs: 0 });
      return { call: () => ledger.removeSchedule(id), state: () => ledger.listSchedules(null) };
    },
  },
  "notes the causes of an alert": {
    refused: ["update", "alert_causes"],
    async prepare(under) {
      const { ledger } = under;
      await ledger.noteCauses(await aRound(under), [aCause("a")], 0);
      const due = await aRound(under);
      return { call: () => ledger.noteCauses(due, [aCause("b")], 0), state: () => causes(ledger) };
    },
  },
  "notes ends of jobs": {
    refused: ["update", "alerts"],
    async prepare(under) {
      const { ledger } = under;
      const due = await aRound(under);
      return { call: () => ledger.noteEnds(due, [aCause("end 7")], 7), state: () => causes(ledger) };
    },
  },
  "decides what to tell": {
    refused: ["delete", "alert_causes"],
    async prepare(under) {
      const { ledger } = under;
      await ledger.noteCauses(await aRound(under), [aCause("short")], 0);
      await ledger.noteCauses(await aRound(under), [aCause("long")], 0);
      await under.passTime(LEASE_MS);
      const due = await aRound(under);
      await ledger.noteCauses(due, [aCause("long")], 0);
      return { call: () => ledger.decideToTell(due, 11_000), state: () => ledger.readTellings(due.id) };
    },
  },
  "tells it": {
    refused: ["update", "alerts"],
    async prepare(under) {
      const { ledger } = under;
      const due = await aRound(under);
      await ledger.noteCauses(due, [aCause("a")], 0);
      await ledger.decideToTell(due, 0);
      const [telling] = await ledger.readTellings(due.id);
      assert.ok(telling);
      const state = async () => [await deliveries(ledger), await ledger.readTellings(due.id)];
      return { call: () => ledger.tell(due.id, telling, "{}"), state };
    },
  },
  "removes an alert": {
    refused: ["delete", "alert_causes"],
    async prepare(under) {
      const { ledger } = under;
      const due = await aRound(under);
      await ledger.noteCauses(due, [aCause("a")], 0);
      return { call: () => ledger.removeAlert(due.id), state: () => ledger.listAlerts(null) };
    },
  },
  "removes a webhook": {
    refused: ["delete", "webhook_endpoints"],
    async prepare({ ledger }) {
      const id = await anEndpoint(ledger);
      await ledger.addPing(id, "{}");
      return { call: () => ledger.removeEndpoint(id), state: () => deliveries(ledger) };
    },
  },
  "announces the end of a job": {
    refused: ["update", "webhook_progress"],
    async prepare({ ledger }) {
      await anEndpoint(ledger);
      await submitJob(ledger, [aVisit()]);
      const { lease } = await claimNext(ledger);
      await ledger.record(lease, [failed(0)], LEASE_MS);
      const ends = await ledger.readUnannounced(100);
      const end = ends.at(-1);
      assert.ok(end);
      return { call: () => ledger.announceEnd(end, "job.failed", "{}"), state: () => deliveries(ledger) };
    },
  },
  "revokes a key": {
    refused: ["delete", "sessions"],
    async prepare({ ledger }) {
      const key = { id: "k", tenant: "default", name: "till", scopes: ["jobs:read"], digest: "d" } as const;
      await ledger.addKey({ ...key, expiresInMs: null });
      await ledger.addSession({ digest: "s", keyId: "k", lastsMs: 60_000 });
      return { call: () => ledger.revokeKey("k"), state: () => ledger.readKey("k") };
    },
  },
};

export function describeOneTransaction(withLedger: WithLedger): void {
  for (const [what, { refused, prepare }] of Object.entries(CASES)) {
    it(`${what} all at once, or not at all`, () =>
      withLedger(async (under) => {
        const { call, state } = await prepare(under);
        const before = await state();
        const allow = await under.refuse(...refused);
        try {
          await assert.rejects(call, /refused/);
        } finally {
          await allow();
        }
        assert.deepEqual(await state(), before);
        await call();
        assert.notDeepEqual(await state(), before);
      }));
  }
}
