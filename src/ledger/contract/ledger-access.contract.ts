/** The ledger's promises about credentials of hosts: one row for a pattern of a tenant, and no tenant's rows with another one's jobs. */
import assert from "node:assert/strict";
import { it } from "node:test";
import type { AccessSettings } from "../../domain/host-access.ts";
import { aVisit, claimNext, submitJob } from "../../testing/ledger-builders.ts";
import type { NewAccess } from "../port/access-ledger.ts";
import { LEASE_MS, type WithLedger } from "./ledger-under-test.ts";

const SETTINGS: AccessSettings = {
  kind: "web",
  headerNames: ["Authorization"],
  queryNames: [],
  userAgent: null,
  overHttp: false,
};
const S3: AccessSettings = {
  kind: "s3",
  accessKeyId: "AKIA",
  hasSessionToken: false,
  endpoint: null,
  region: "eu-central-1",
  pathStyle: null,
  requesterPays: true,
  overHttp: false,
};

function anAccess(access: Partial<NewAccess> = {}): NewAccess {
  return { id: "a1", tenant: "acme", pattern: "photos.example", settings: SETTINGS, sealed: "1.sealed", ...access };
}

export function describeAccess(withLedger: WithLedger): void {
  it("keeps a row as it was given, once, however often the call is repeated", () =>
    withLedger(async ({ ledger }) => {
      const added = await ledger.addAccess(anAccess());
      assert.ok(added && added.createdAt > 0);
      assert.deepEqual(added, { ...anAccess(), createdAt: added.createdAt, rotatedAt: added.createdAt });
      assert.deepEqual(await ledger.addAccess(anAccess()), added);
      assert.deepEqual(await ledger.listAccess(null), [added]);
    }));

  it("has one row for a pattern of a tenant, of whatever kind", () =>
    withLedger(async ({ ledger }) => {
      await ledger.addAccess(anAccess());
      assert.equal(await ledger.addAccess(anAccess({ id: "a2" })), null);
      assert.ok(await ledger.addAccess(anAccess({ id: "a3", pattern: "s3://bucket", settings: S3 })));
      assert.ok(await ledger.addAccess(anAccess({ id: "a4", tenant: "globex" })));
      const listed = (await ledger.listAccess("acme")).map(({ id, settings }) => [id, settings]);
      assert.deepEqual(listed, [
        ["a1", SETTINGS],
        ["a3", S3],
      ]);
    }));

  it("sets the secret of a tenant's own row anew and notes when", () =>
    withLedger(async ({ ledger, passTime }) => {
      const added = await ledger.addAccess(anAccess());
      await passTime(5);
      const change = { settings: { ...SETTINGS, userAgent: "acme" }, sealed: "1.other" };
      assert.equal(await ledger.changeAccess("a1", "globex", anAccess(), change), null);
      assert.equal(await ledger.changeAccess("a2", null, anAccess(), change), null);
      const rotated = await ledger.changeAccess("a1", "acme", anAccess(), change);
      assert.ok(added && rotated && rotated.rotatedAt > added.rotatedAt);
      assert.deepEqual(rotated, { ...added, ...change, rotatedAt: rotated.rotatedAt });
      assert.deepEqual(await ledger.listAccess("acme"), [rotated]);
    }));

  it("does not take a change of settings alone for a new secret", () =>
    withLedger(async ({ ledger, passTime }) => {
      const added = await ledger.addAccess(anAccess());
      await passTime(5);
      const settings = { ...SETTINGS, overHttp: true };
      const changed = await ledger.changeAccess("a1", null, anAccess(), { settings, sealed: "1.sealed" });
      assert.deepEqual(changed, added && { ...added, settings });
    }));

  it("changes a row that is as it was read, and never brings back what was changed meanwhile", () =>
    withLedger(async ({ ledger }) => {
      await ledger.addAccess(anAccess());
      const rotated = await ledger.changeAccess("a1", "acme", anAccess(), { settings: SETTINGS, sealed: "1.new" });
      const late = { settings: { ...SETTINGS, userAgent: "acme" }, sealed: "1.sealed" };
      assert.equal(await ledger.changeAccess("a1", "acme", anAccess(), late), null);
      assert.deepEqual(await ledger.listAccess("acme"), [rotated]);
      const open = { settings: SETTINGS, sealed: null };
      assert.equal(await ledger.changeAccess("a1", "acme", anAccess({ sealed: null }), open), null);
      const named = { ...late, sealed: "1.new" };
      const changed = await ledger.changeAccess("a1", "acme", { settings: SETTINGS, sealed: "1.new" }, named);
      assert.deepEqual(changed, rotated && { ...rotated, ...named });
      assert.deepEqual(
        await ledger.changeAccess("a1", "acme", { settings: SETTINGS, sealed: "1.new" }, named),
        changed,
        "a call that is repeated",
      );
      const other = { settings: { ...SETTINGS, overHttp: true }, sealed: "1.new" };
      assert.equal(await ledger.changeAccess("a1", "acme", { settings: SETTINGS, sealed: "1.new" }, other), null);
      assert.ok(await ledger.changeAccess("a1", "acme", named, open));
      assert.ok(await ledger.changeAccess("a1", "acme", open, other));
    }));

  it("removes a tenant's own row", () =>
    withLedger(async ({ ledger }) => {
      await ledger.addAccess(anAccess());
      assert.equal(await ledger.removeAccess("a1", "globex"), false);
      assert.equal(await ledger.removeAccess("a1", "acme"), true);
      assert.equal(await ledger.removeAccess("a1", "acme"), false);
      assert.deepEqual(await ledger.listAccess(null), []);
    }));

  it("hands a chunk to its worker with its tenant's rows, and nobody else's", () =>
    withLedger(async ({ ledger }) => {
      await ledger.addAccess(anAccess());
      await ledger.addAccess(anAccess({ id: "a2", pattern: "other.example", sealed: null }));
      await ledger.addAccess(anAccess({ id: "a3", tenant: "globex" }));
      await submitJob(ledger, [aVisit()], { tenant: "acme" });
      const { tenant, access } = await claimNext(ledger, LEASE_MS);
      const own = [anAccess(), anAccess({ id: "a2", pattern: "other.example", sealed: null })];
      assert.deepEqual([tenant, [...access].sort((a, b) => a.id.localeCompare(b.id))], ["acme", own]);
      await submitJob(ledger, [aVisit()], { tenant: "initech" });
      const without = await claimNext(ledger, LEASE_MS);
      assert.deepEqual([without.tenant, without.access], ["initech", []]);
    }));

  it("reads the rows of the tenants that are asked for", () =>
    withLedger(async ({ ledger }) => {
      await ledger.addAccess(anAccess());
      await ledger.addAccess(anAccess({ id: "a2", tenant: "globex" }));
      await ledger.addAccess(anAccess({ id: "a3", tenant: "initech" }));
      assert.deepEqual(
        (await ledger.readAccess(["initech", "acme", "nobody"])).map(({ id }) => id),
        ["a1", "a3"],
      );
      assert.deepEqual(await ledger.readAccess([]), []);
    }));
}
