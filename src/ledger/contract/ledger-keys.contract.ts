/** The ledger's promises about keys, sessions, the log of changes, and what one tenant sees of another: nothing. */
import assert from "node:assert/strict";
import { it } from "node:test";
import { aStore, aVisit, claimNext, failed, measured, submitJob } from "../../testing/ledger-builders.ts";
import { ANY_JOB } from "../port/job-reader.ts";
import type { NewAuditEntry, NewKey } from "../port/key-ledger.ts";
import { LEASE_MS, type WithLedger } from "./ledger-under-test.ts";

function aKey(key: Partial<NewKey> = {}): NewKey {
  return { id: "k1", tenant: "a", name: "till", scopes: ["jobs:read"], digest: "d1", expiresInMs: null, ...key };
}

function anEntry(entry: Partial<NewAuditEntry> = {}): NewAuditEntry {
  const shared = { action: "cancelJob", target: "/api/v1/jobs/1/cancel", address: "127.0.0.1", requestId: "r1" };
  return { tenant: "a", actor: "k1", ...shared, ...entry };
}

const FIRST_PAGE = { before: null, limit: 10 } as const;
export function describeKeys(withLedger: WithLedger): void {
  it("keeps a key's facts and says in which state it is", () =>
    withLedger(async ({ ledger, passTime }) => {
      assert.equal(await ledger.hasKeys(), false);
      await ledger.addKey(aKey({ scopes: ["jobs:write", "jobs:read"], expiresInMs: 1_000 }));
      assert.equal(await ledger.hasKeys(), true);
      const key = await ledger.readKey("k1");
      assert.deepEqual(
        [key?.tenant, key?.name, key?.scopes, key?.digest, key?.state, key?.lastUsedAt],
        ["a", "till", ["jobs:read", "jobs:write"], "d1", "active", null],
      );
      await ledger.touchKey("k1");
      assert.ok((await ledger.readKey("k1"))?.lastUsedAt);
      await passTime(1_000);
      assert.equal((await ledger.readKey("k1"))?.state, "expired");
      assert.equal(await ledger.readKey("k2"), null);
    }));

  it("lists the keys of one tenant or of all", () =>
    withLedger(async ({ ledger }) => {
      await ledger.addKey(aKey());
      await ledger.addKey(aKey({ id: "k2", tenant: "b" }));
      const ids = async (tenant: string | null) => (await ledger.listKeys(tenant)).map(({ id }) => id).toSorted();
      assert.deepEqual([await ids("a"), await ids("b"), await ids(null)], [["k1"], ["k2"], ["k1", "k2"]]);
    }));

  it("ends a revoked key with its sessions, and still knows that there was one", () =>
    withLedger(async ({ ledger }) => {
      await ledger.addKey(aKey());
      await ledger.addSession({ digest: "s1", keyId: "k1", lastsMs: 1_000 });
      assert.equal((await ledger.readSession("s1"))?.id, "k1");
      await ledger.revokeKey("k1");
      assert.equal((await ledger.readKey("k1"))?.state, "revoked");
      assert.equal(await ledger.readSession("s1"), null);
      assert.equal(await ledger.hasKeys(), true);
    }));

  it("lets a key end sooner, never later", () =>
    withLedger(async ({ ledger, passTime }) => {
      await ledger.addKey(aKey({ expiresInMs: 1_000 }));
      await ledger.expireKey("k1", 5_000);
      await ledger.addKey(aKey({ id: "k2" }));
      await ledger.expireKey("k2", 500);
      await passTime(999);
      assert.deepEqual(
        [(await ledger.readKey("k1"))?.state, (await ledger.readKey("k2"))?.state],
        ["active", "expired"],
      );
      await passTime(1);
      assert.equal((await ledger.readKey("k1"))?.state, "expired");
    }));

  it("ends a session at its time, or before", () =>
    withLedger(async ({ ledger, passTime }) => {
      await ledger.addKey(aKey());
      await ledger.addSession({ digest: "s1", keyId: "k1", lastsMs: 1_000 });
      await ledger.addSession({ digest: "s2", keyId: "k1", lastsMs: 2_000 });
      await passTime(1_000);
      assert.equal(await ledger.readSession("s1"), null);
      assert.equal((await ledger.readSession("s2"))?.id, "k1");
      await ledger.removeSession("s2");
      assert.equal(await ledger.readSession("s2"), null);
    }));

  it("keeps who changed what, newest first, for each tenant", () =>
    withLedger(async ({ ledger }) => {
      for (const requestId of ["r1", "r2", "r3"]) await ledger.addAuditEntry(anEntry({ requestId }));
      await ledger.addAuditEntry(anEntry({ tenant: "b", actor: null }));
      const first = await ledger.listAuditEntries("a", { before: null, limit: 2 });
      assert.deepEqual(
        first.map(({ requestId }) => requestId),
        ["r3", "r2"],
      );
      const rest = await ledger.listAuditEntries("a", { before: first.at(-1)?.no ?? null, limit: 2 });
      const [{ no, at, ...entry } = { no: 0, at: 0 }] = rest;
      assert.deepEqual(entry, anEntry());
      assert.ok(no > 0 && at > 0);
      assert.equal((await ledger.listAuditEntries(null, FIRST_PAGE)).length, 4);
      assert.equal((await ledger.listAuditEntries("b", FIRST_PAGE))[0]?.actor, null);
    }));
}

export function describeTenants(withLedger: WithLedger): void {
  it("shows a tenant its own jobs, and whoever asks without one all of them", () =>
    withLedger(async ({ ledger }) => {
      const ofA = await submitJob(ledger, [aVisit()], { tenant: "a" });
      const ofB = await submitJob(ledger, [aVisit({ images: 2 })], { tenant: "b" });
      const listed = async (tenant: string | null) =>
        (await ledger.listJobs({ ...ANY_JOB, tenant }, FIRST_PAGE)).jobs.map(({ jobId }) => jobId);
      assert.deepEqual([await listed("a"), await listed("b"), await listed(null)], [[ofA], [ofB], [ofB, ofA]]);
      assert.deepEqual([await ledger.readTenant(ofA), await ledger.readTenant(ofB + 1)], ["a", null]);
      assert.equal((await ledger.readJob(ofB))?.tenant, "b");
      const images = async (tenant: string | null) => (await ledger.readBacklog(tenant)).images;
      assert.deepEqual([await images("a"), await images("b"), await images("c"), await images(null)], [1, 2, 0, 3]);
    }));

  it("sums up a tenant's own visits of stores, which belong to nobody", () =>
    withLedger(async ({ ledger }) => {
      await ledger.importStores([aStore({ id: "S1", area: "A1" })]);
      for (const tenant of ["a", "b"]) {
        await submitJob(ledger, [aVisit({ images: 2, visitDate: tenant === "a" ? "2024-05-01" : "2024-06-01" })], {
          tenant,
        });
        const { lease } = await claimNext(ledger);
        await ledger.record(lease, [measured(0), failed(1)], LEASE_MS);
      }
      const filter = { area: null, text: null, notSince: null, isOpen: null };
      for (const [tenant, visits, last] of [
        ["a", 1, "2024-05-01"],
        ["b", 1, "2024-06-01"],
        ["c", 0, null],
        [null, 2, "2024-06-01"],
      ] as const) {
        const [store] = await ledger.readStoreActivity({ ...filter, tenant }, { afterId: "", limit: 10 });
        assert.deepEqual([store?.visits, store?.lastVisit], [visits, last], `stores of ${tenant}`);
        assert.equal((await ledger.readOneStoreActivity("S1", tenant))?.visits, visits);
        assert.equal((await ledger.readStoreDays("S1", tenant, 10)).length, visits);
        assert.equal((await ledger.readAreas(tenant))[0]?.visits, visits);
        const sums = await ledger.readVisits(["S1"], { tenant, from: null, to: null });
        assert.equal(sums.get("S1")?.length ?? 0, visits);
      }
      const unvisited = { ...filter, notSince: "2024-06-01", isOpen: null };
      const inactive = async (tenant: string) =>
        (await ledger.readStoreActivity({ ...unvisited, tenant }, { afterId: "", limit: 10 })).length;
      assert.deepEqual([await inactive("a"), await inactive("b")], [1, 0]);
    }));

  it("tells the endpoints of a job's own tenant of its end", () =>
    withLedger(async ({ ledger }) => {
      const endpoint = { url: "https://a.example/", events: ["job.cancelled"], description: "", secret: "whsec_one" };
      const ofA = await ledger.addEndpoint({ ...endpoint, tenant: "a" });
      await ledger.addEndpoint({ ...endpoint, tenant: "b" });
      assert.deepEqual(
        (await ledger.listEndpoints("a")).map(({ id }) => id),
        [ofA.id],
      );
      await ledger.cancelJob(await submitJob(ledger, [aVisit()], { tenant: "a", callbackUrl: "https://c.example/" }));
      for (const end of await ledger.readUnannounced(10)) await ledger.announceEnd(end, "job.cancelled", "{}");
      const filter = { endpointId: null, jobId: null, state: null };
      const told = await ledger.listDeliveries({ ...filter, tenant: "a" }, FIRST_PAGE);
      assert.deepEqual(told.map(({ url }) => url).toSorted(), ["https://a.example/", "https://c.example/"]);
      assert.deepEqual(await ledger.listDeliveries({ ...filter, tenant: "b" }, FIRST_PAGE), []);
      const [delivery] = told;
      assert.equal(await ledger.replayDelivery(delivery?.no ?? 0, "b"), null);
      assert.ok(await ledger.replayDelivery(delivery?.no ?? 0, "a"));
      assert.ok(await ledger.addPing(ofA.id, "{}"));
      assert.equal((await ledger.listDeliveries({ ...filter, tenant: "a" }, FIRST_PAGE)).length, 4);
    }));
}
