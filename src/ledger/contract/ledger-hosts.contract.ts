/** The ledger's promises about hosts in trouble: whose jobs an order to give one up holds for, how long, and what members see. */
import assert from "node:assert/strict";
import { it } from "node:test";
import type { HostTrouble } from "../../domain/host-trouble.ts";
import { aVisit, claimNext, failed, jobOptions, submitJob } from "../../testing/ledger-builders.ts";
import { LEASE_MS, type WithLedger } from "./ledger-under-test.ts";

const ORDER = { host: "photos.example:8080", sentence: "photos.example:8080 was given up by hand", by: "key-1" };
const IDLE = { gpuPlaces: 0, gpuBusy: 0 };
const aMember = (id: string) => ({ id, windowImages: 100, windowChunks: 4, threads: 2 });

function aTrouble(host: string, waiting: HostTrouble["waiting"]): HostTrouble {
  return {
    host,
    atOnce: 4,
    perSecond: 1.5,
    underWay: 1,
    refusals: 3,
    waitsUntil: null,
    trouble: `${host} answered 503`,
    troubledMs: 12_000,
    givenUp: false,
    waiting,
  };
}

export function describeHosts(withLedger: WithLedger): void {
  it("gives a host up in the tenant's running jobs and in no other's", () =>
    withLedger(async ({ ledger }) => {
      const own = await submitJob(ledger, [aVisit()], jobOptions({ tenant: "acme" }));
      const paused = await submitJob(ledger, [aVisit()], jobOptions({ tenant: "acme" }));
      await ledger.pauseJob(paused);
      const other = await submitJob(ledger, [aVisit()], jobOptions({ tenant: "globex" }));
      assert.deepEqual(await ledger.giveUpHost("acme", ORDER), [own, paused]);
      const { host, sentence } = ORDER;
      assert.deepEqual(await ledger.readGivenUpHosts([own, paused, other]), [
        { jobId: own, host, sentence },
        { jobId: paused, host, sentence },
      ]);
      assert.deepEqual(await ledger.readGivenUpHosts([]), []);
      assert.deepEqual(await ledger.giveUpHost(null, { ...ORDER, sentence: "again" }), [own, paused, other]);
      assert.deepEqual(
        (await ledger.readGivenUpHosts([own, other])).map((order) => order.sentence),
        ["again", "again"],
      );
    }));

  it("does not hold an order against later jobs", () =>
    withLedger(async ({ ledger }) => {
      assert.deepEqual(await ledger.giveUpHost(null, ORDER), []);
      const later = await submitJob(ledger, [aVisit()]);
      assert.deepEqual(await ledger.readGivenUpHosts([later]), []);
    }));

  it("forgets an order with the retry of its job, and with the job", () =>
    withLedger(async ({ ledger }) => {
      const jobId = await submitJob(ledger, [aVisit({ images: 1 })]);
      await ledger.giveUpHost(null, ORDER);
      const { lease } = await claimNext(ledger);
      await ledger.record(lease, [failed(0, "host_unavailable")], LEASE_MS);
      assert.equal((await ledger.readGivenUpHosts([jobId])).length, 1);
      assert.equal(await ledger.retryImages(jobId, 1, [0]), 1);
      assert.deepEqual(await ledger.readGivenUpHosts([jobId]), []);
      await ledger.giveUpHost(null, ORDER);
      await ledger.cancelJob(jobId);
      while ((await ledger.prune(0)).more);
      assert.deepEqual(await ledger.readGivenUpHosts([jobId]), []);
    }));

  it("tells what living members see, to each tenant of its own jobs only", () =>
    withLedger(async ({ ledger, passTime }) => {
      const own = await submitJob(ledger, [aVisit()], jobOptions({ tenant: "acme" }));
      const other = await submitJob(ledger, [aVisit()], jobOptions({ tenant: "globex" }));
      await ledger.heartbeat(aMember("a"), IDLE, 1_000);
      await ledger.tellHosts("nobody", [aTrouble("lost.example", [[own, 1]])]);
      const shared = aTrouble("shared.example", [
        [own, 5],
        [other, 7],
      ]);
      const theirs = aTrouble("theirs.example", [[other, 2]]);
      await ledger.tellHosts("a", [aTrouble("old.example", [])]);
      await ledger.tellHosts("a", [shared, theirs]);
      assert.deepEqual(await ledger.readHosts(null), [shared, theirs]);
      assert.deepEqual(await ledger.readHosts("acme"), [{ ...shared, waiting: [[own, 5]] }]);
      await passTime(500);
      await ledger.heartbeat(aMember("a"), IDLE, 1_000);
      assert.equal((await ledger.readHosts(null)).length, 2);
      await passTime(1_001);
      assert.deepEqual(await ledger.readHosts(null), []);
    }));
}
