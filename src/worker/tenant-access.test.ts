import assert from "node:assert/strict";
import { describe, it, type TestContext } from "node:test";
import { createAccessSeal } from "../access/seal.ts";
import type { AccessSecret, AccessSettings, HostAccess } from "../domain/host-access.ts";
import type { NewAccess, SealedAccess } from "../ledger/port/access-ledger.ts";
import { openDatabase } from "../ledger/sqlite/database.ts";
import { createSqliteLedger } from "../ledger/sqlite/sqlite-ledger.ts";
import { createFakeClock } from "../testing/fake-clock.ts";
import { startTenantAccess } from "./tenant-access.ts";
import type { ImageRun, RunEnd } from "./worker.ts";

const never = new AbortController().signal;
const seal = createAccessSeal("a secret of the service, 32 characters or more");
const SETTINGS: AccessSettings = {
  kind: "web",
  headerNames: ["Authorization"],
  queryNames: [],
  userAgent: null,
  overHttp: false,
};

function aRow(tenant: string, word: string): NewAccess {
  const place = { id: `${tenant}-1`, tenant, pattern: "photos.example" };
  const secret: AccessSecret = { kind: "web", headers: [["Authorization", word]], query: [] };
  return { ...place, settings: SETTINGS, sealed: seal.seal(place, secret) };
}

const words = (access: readonly HostAccess[]) =>
  access.map((each) => (each.kind === "web" ? each.headers[0]?.[1] : `${each.kind}`));

/** Over a real ledger; each run ends when the test says so. */
function setup(t: TestContext, open = seal.open) {
  const clock = createFakeClock();
  const ledger = createSqliteLedger({ db: openDatabase(":memory:"), now: clock.now });
  const begun: unknown[] = [];
  const told: unknown[] = [];
  const unusable: unknown[] = [];
  const ends: ((end: RunEnd) => void)[] = [];
  let readings = 0;
  const access = startTenantAccess({
    ledger: {
      async readAccess(tenants) {
        readings += 1;
        return await ledger.readAccess(tenants);
      },
    },
    open,
    clock,
    runImages: (run) => {
      begun.push([run.lane, words(run.access)]);
      return new Promise((resolve) => ends.push(resolve));
    },
    tell: (lane, rows) => void told.push([lane, words(rows)]),
    onUnusable: ({ tenant }, why) => void unusable.push([tenant, why]),
    onError: (error) => assert.fail(String(error)),
  });
  t.after(() => access.stop());
  const run = async (lane: string, tenant: string, rows?: readonly SealedAccess[]) => {
    const order: ImageRun = {
      lane,
      tenant,
      access: rows ?? (await ledger.readAccess([tenant])),
      integrity: "complete",
      inspect: "off",
      images: [],
    };
    return {
      over: access.runImages(
        order,
        () => {},
        never,
        () => {},
      ),
    };
  };
  return { clock, ledger, begun, told, unusable, ends, run, readings: () => readings };
}

describe("what tenants send to hosts, on its way to their runs", () => {
  it("is opened for a run of its own tenant and for no other", async (t) => {
    const { ledger, run, begun } = setup(t);
    await ledger.addAccess(aRow("acme", "Token acme"));
    await ledger.addAccess(aRow("globex", "Token globex"));
    await run("1", "acme");
    await run("2", "globex");
    await run("3", "initech");
    assert.deepEqual(begun, [
      ["1", ["Token acme"]],
      ["2", ["Token globex"]],
      ["3", []],
    ]);
  });

  it("follows what is changed while runs are under way, for every lane of that tenant", async (t) => {
    const { clock, ledger, run, told } = setup(t);
    await run("1", "acme");
    await run("2", "acme");
    await run("3", "globex");
    await clock.pass(2_000);
    assert.deepEqual(told, []);
    const before = aRow("acme", "Token one");
    await ledger.addAccess(before);
    await clock.pass(2_000);
    const { settings, sealed } = aRow("acme", "Token two");
    await ledger.changeAccess("acme-1", "acme", before, { settings, sealed });
    await clock.pass(2_000);
    await ledger.removeAccess("acme-1", "acme");
    await clock.pass(2_000);
    await clock.pass(2_000);
    const ofBoth = (access: readonly string[]) => [
      ["1", access],
      ["2", access],
    ];
    assert.deepEqual(told, [["Token one"], ["Token two"], []].flatMap(ofBoth));
  });

  it("takes what a claim brought for newer than what is known", async (t) => {
    const { run, told, begun } = setup(t);
    await run("1", "acme");
    await run("2", "acme", [aRow("acme", "Token new")]);
    assert.deepEqual([told, begun[1]], [[["1", ["Token new"]]], ["2", ["Token new"]]]);
  });

  it("is asked for by nobody when a tenant's last run is over", async (t) => {
    const { clock, run, ends, readings } = setup(t);
    const one = await run("1", "acme");
    const two = await run("1", "acme");
    ends[0]?.("finished");
    await one.over;
    await clock.pass(2_000);
    assert.equal(readings(), 1);
    ends[1]?.("crashed");
    assert.equal(await two.over, "crashed");
    await clock.pass(4_000);
    assert.equal(readings(), 1);
  });

  it("says once of a row that it cannot be opened", async (t) => {
    const { clock, ledger, run, unusable, begun } = setup(t, createAccessSeal(null).open);
    await ledger.addAccess(aRow("acme", "Token acme"));
    await run("1", "acme");
    await run("2", "acme");
    await clock.pass(2_000);
    assert.equal(unusable.length, 1);
    assert.deepEqual(begun[1], ["2", ["unusable"]]);
  });
});
