/** The ledger's promises about webhooks: who is told, once each, and by one process at a time. */
import assert from "node:assert/strict";
import { it } from "node:test";
import { DEFAULT_TENANT } from "../../domain/scopes.ts";
import { aVisit, claimNext, failed, measured, submitJob } from "../../testing/ledger-builders.ts";
import type { Ledger } from "../port/ledger.ts";
import type { AttemptOutcome, DeliveryFilter } from "../port/webhook-ledger.ts";
import { LEASE_MS, type WithLedger } from "./ledger-under-test.ts";

const ALL_EVENTS = ["job.completed", "job.failed", "job.cancelled"];
const ANY: DeliveryFilter = { tenant: null, endpointId: null, jobId: null, state: null };
const FIRST_PAGE = { before: null, limit: 100 } as const;
const SEND_MS = 60_000;

function anEndpoint(endpoint: { readonly url?: string; readonly events?: readonly string[] } = {}) {
  const url = "https://a.example/hook";
  return { tenant: DEFAULT_TENANT, url, events: ALL_EVENTS, description: "", secret: "whsec_one", ...endpoint };
}

function anOutcome(outcome: Partial<AttemptOutcome> = {}): AttemptOutcome {
  return {
    state: "delivered",
    waitMs: 0,
    tookMs: 12,
    status: 200,
    error: null,
    body: "ok",
    disableReason: null,
    ...outcome,
  };
}

async function endJob(ledger: Ledger, callbackUrl: string | null = null): Promise<number> {
  const jobId = await submitJob(ledger, [aVisit()], { callbackUrl });
  const { lease } = await claimNext(ledger);
  await ledger.record(lease, [measured(0)], LEASE_MS);
  return jobId;
}

async function announceAll(ledger: Ledger): Promise<number> {
  const ends = await ledger.readUnannounced(100);
  for (const end of ends) await ledger.announceEnd(end, `job.${end.status}`, JSON.stringify({ job: end.jobId }));
  return ends.length;
}

export function describeWebhooks(withLedger: WithLedger): void {
  it("keeps endpoints, changes them and removes them with their deliveries", () =>
    withLedger(async ({ ledger }) => {
      const { id } = await ledger.addEndpoint(anEndpoint());
      const changed = await ledger.changeEndpoint(id, { url: "https://b.example/", enabled: false });
      assert.deepEqual([changed?.url, changed?.enabled, changed?.events], ["https://b.example/", false, ALL_EVENTS]);
      assert.equal((await ledger.changeEndpoint(id, { events: ["job.failed"], enabled: true }))?.events.length, 1);
      assert.equal(await ledger.changeEndpoint(id + 1, {}), null);
      assert.ok(await ledger.addPing(id, "{}"));
      assert.equal(await ledger.addPing(id + 1, "{}"), null);
      assert.deepEqual([await ledger.removeEndpoint(id), await ledger.removeEndpoint(id)], [true, false]);
      assert.deepEqual(await ledger.listEndpoints(null), []);
      assert.deepEqual(await ledger.listDeliveries(ANY, FIRST_PAGE), []);
    }));

  it("tells each end once to each enabled endpoint that wants it, and to the job's callback", () =>
    withLedger(async ({ ledger }) => {
      const wants = await ledger.addEndpoint(anEndpoint());
      await ledger.addEndpoint(anEndpoint({ events: ["job.cancelled"] }));
      const off = await ledger.addEndpoint(anEndpoint());
      await ledger.changeEndpoint(off.id, { enabled: false });
      const jobId = await endJob(ledger, "https://callback.example/");
      const [end] = await ledger.readUnannounced(10);
      assert.ok(end);
      await ledger.announceEnd(end, "job.completed", "{}");
      await ledger.announceEnd(end, "job.completed", "{}");
      assert.equal(await announceAll(ledger), 0);
      const deliveries = await ledger.listDeliveries(ANY, FIRST_PAGE);
      assert.deepEqual(
        deliveries
          .map(({ endpointId, jobId: job, url, event }) => ({ endpointId, job, url, event }))
          .sort((a, b) => b.endpointId - a.endpointId),
        [
          { endpointId: wants.id, job: jobId, url: "https://a.example/hook", event: "job.completed" },
          { endpointId: 0, job: jobId, url: "https://callback.example/", event: "job.completed" },
        ],
      );
    }));

  it("tells every end of a job that was retried", () =>
    withLedger(async ({ ledger }) => {
      await ledger.addEndpoint(anEndpoint());
      const jobId = await submitJob(ledger, [aVisit()]);
      const first = await claimNext(ledger);
      await ledger.record(first.lease, [failed(0)], LEASE_MS);
      await announceAll(ledger);
      await ledger.retryImages(jobId, 1, [0]);
      const second = await claimNext(ledger);
      await ledger.record(second.lease, [measured(0)], LEASE_MS);
      await announceAll(ledger);
      assert.deepEqual(
        (await ledger.listDeliveries({ ...ANY, jobId }, FIRST_PAGE)).map(({ event }) => event),
        ["job.completed", "job.failed"],
      );
    }));

  it("gives a delivery to one sender at a time, and again when its lease ran out", () =>
    withLedger(async ({ ledger, passTime }) => {
      await ledger.addEndpoint(anEndpoint());
      await endJob(ledger);
      await announceAll(ledger);
      const [due] = await ledger.takeDue(10, 500);
      assert.deepEqual([due?.attempts, due?.secrets, due?.payload.length !== 0], [1, ["whsec_one"], true]);
      assert.deepEqual(await ledger.takeDue(10, 500), []);
      await passTime(501);
      const [again] = await ledger.takeDue(10, SEND_MS);
      assert.deepEqual([again?.no, again?.attempts], [due?.no, 2]);
      // The first sender comes late: the second one's attempt counts.
      assert.ok(due && again);
      await ledger.recordAttempt(due, anOutcome({ state: "failed" }));
      assert.equal((await ledger.listDeliveries(ANY, FIRST_PAGE))[0]?.state, "pending");
      await ledger.recordAttempt(again, anOutcome());
      const [delivered] = await ledger.listDeliveries(ANY, FIRST_PAGE);
      assert.deepEqual([delivered?.state, delivered?.lastStatus, delivered?.lastBody], ["delivered", 200, "ok"]);
      await passTime(SEND_MS + 1);
      assert.deepEqual(await ledger.takeDue(10, SEND_MS), []);
    }));

  it("takes a few of each endpoint, and none of those that are busy", () =>
    withLedger(async ({ ledger }) => {
      const slow = await ledger.addEndpoint(anEndpoint());
      const quick = await ledger.addEndpoint(anEndpoint());
      for (let ping = 0; ping < 6; ping++) await ledger.addPing(slow.id, "{}");
      await ledger.addPing(quick.id, "{}");
      const taken = await ledger.takeDue(10, SEND_MS);
      const to = (endpoint: { readonly id: number }) => taken.filter(({ endpointId }) => endpointId === endpoint.id);
      assert.deepEqual([to(slow).length, to(quick).length], [4, 1]);
      assert.deepEqual(
        await ledger.takeDue(
          10,
          SEND_MS,
          to(slow)
            .map(({ line }) => line)
            .slice(0, 1),
        ),
        [],
      );
      assert.equal((await ledger.takeDue(10, SEND_MS)).length, 2);
    }));

  it("waits as long as it is told before the next attempt", () =>
    withLedger(async ({ ledger, passTime }) => {
      const { id } = await ledger.addEndpoint(anEndpoint());
      await ledger.addPing(id, "{}");
      const [due] = await ledger.takeDue(1, SEND_MS);
      assert.ok(due);
      await ledger.recordAttempt(due, anOutcome({ state: "pending", waitMs: 400, status: null, error: "timeout" }));
      assert.deepEqual(await ledger.takeDue(1, SEND_MS), []);
      await passTime(401);
      assert.equal((await ledger.takeDue(1, SEND_MS))[0]?.attempts, 2);
    }));

  it("switches an endpoint off with its reason, and sends what waited when it is on again", () =>
    withLedger(async ({ ledger }) => {
      const { id } = await ledger.addEndpoint(anEndpoint());
      await ledger.addPing(id, "{}");
      await ledger.addPing(id, "{}");
      const [due] = await ledger.takeDue(1, SEND_MS);
      assert.ok(due);
      await ledger.recordAttempt(due, anOutcome({ state: "failed", status: 410, disableReason: "410 Gone" }));
      assert.deepEqual(await ledger.takeDue(10, SEND_MS), []);
      const [off] = await ledger.listEndpoints(null);
      assert.deepEqual([off?.enabled, off?.disabledReason], [false, "410 Gone"]);
      assert.equal((await ledger.changeEndpoint(id, { enabled: true }))?.disabledReason, null);
      assert.equal((await ledger.takeDue(10, SEND_MS)).length, 1);
    }));

  it("signs with both secrets while they overlap", () =>
    withLedger(async ({ ledger, passTime }) => {
      const { id } = await ledger.addEndpoint(anEndpoint());
      await ledger.rotateEndpoint(id, "whsec_two", 500);
      assert.equal(await ledger.rotateEndpoint(id + 1, "whsec_two", 500), null);
      await ledger.addPing(id, "{}");
      assert.deepEqual((await ledger.takeDue(1, SEND_MS))[0]?.secrets, ["whsec_two", "whsec_one"]);
      await passTime(501);
      await ledger.addPing(id, "{}");
      assert.deepEqual((await ledger.takeDue(1, SEND_MS))[0]?.secrets, ["whsec_two"]);
    }));

  it("keeps every attempt with what came back, also of a sender that comes late, until the delivery goes", () =>
    withLedger(async ({ ledger, passTime }) => {
      const { id } = await ledger.addEndpoint(anEndpoint());
      await ledger.addPing(id, `{"type":"ping"}`);
      const [late] = await ledger.takeDue(1, 500);
      await passTime(501);
      const [second] = await ledger.takeDue(1, SEND_MS);
      assert.ok(late && second);
      const refused = anOutcome({ state: "pending", status: 503, body: "busy", tookMs: 40 });
      await ledger.recordAttempt(second, refused);
      await ledger.recordAttempt(second, refused);
      const [third] = await ledger.takeDue(1, SEND_MS);
      assert.ok(third);
      await ledger.recordAttempt(third, anOutcome());
      await ledger.recordAttempt(late, anOutcome({ state: "pending", status: null, body: null, error: "timeout" }));
      const told = await ledger.readDelivery(third.no, DEFAULT_TENANT);
      assert.deepEqual([told?.payload, told?.format, told?.state], [`{"type":"ping"}`, "json", "delivered"]);
      assert.deepEqual(
        told?.attemptsMade.map(({ endedAt, ...made }) => ({ ...made, isDated: endedAt >= told.createdAt })),
        [
          { attempt: 1, tookMs: 12, status: null, error: "timeout", body: null, isDated: true },
          { attempt: 2, tookMs: 40, status: 503, error: null, body: "busy", isDated: true },
          { attempt: 3, tookMs: 12, status: 200, error: null, body: "ok", isDated: true },
        ],
      );
      assert.equal(await ledger.readDelivery(third.no, "another"), null);
      await ledger.removeEndpoint(id);
      await ledger.recordAttempt(third, anOutcome());
      assert.equal(await ledger.readDelivery(third.no, null), null);
    }));

  it("replays a delivery to where its endpoint is now, and lists page by page", () =>
    withLedger(async ({ ledger }) => {
      const { id } = await ledger.addEndpoint(anEndpoint());
      const jobId = await endJob(ledger);
      await announceAll(ledger);
      const [first] = await ledger.listDeliveries(ANY, FIRST_PAGE);
      assert.ok(first);
      await ledger.changeEndpoint(id, { url: "https://moved.example/" });
      const replayed = await ledger.replayDelivery(first.no, null);
      assert.deepEqual([replayed?.url, replayed?.jobId, replayed?.state], ["https://moved.example/", jobId, "pending"]);
      assert.equal(await ledger.replayDelivery(first.no + 99, null), null);
      const page = await ledger.listDeliveries(
        { ...ANY, endpointId: id, state: "pending" },
        { before: null, limit: 1 },
      );
      assert.deepEqual(
        page.map(({ no }) => no),
        [replayed?.no],
      );
      assert.deepEqual(
        (await ledger.listDeliveries(ANY, { before: replayed?.no ?? 0, limit: 1 })).map(({ no }) => no),
        [first.no],
      );
    }));

  it("removes deliveries with their job", () =>
    withLedger(async ({ ledger, passTime }) => {
      await ledger.addEndpoint(anEndpoint());
      const jobId = await endJob(ledger);
      await announceAll(ledger);
      const [due] = await ledger.takeDue(1, SEND_MS);
      assert.ok(due);
      await ledger.recordAttempt(due, anOutcome());
      await passTime(10);
      assert.equal((await ledger.prune(5)).removed, jobId);
      assert.deepEqual(await ledger.listDeliveries(ANY, FIRST_PAGE), []);
    }));
}
