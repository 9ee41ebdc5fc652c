import assert from "node:assert/strict";
import { describe, it, type TestContext } from "node:test";
import { openDatabase } from "../ledger/sqlite/database.ts";
import { createSqliteLedger } from "../ledger/sqlite/sqlite-ledger.ts";
import { createAccessKeeper } from "./access-keeper.ts";
import { createAccessSeal } from "./seal.ts";

function setup(t: TestContext) {
  const ledger = createSqliteLedger({ db: openDatabase(":memory:"), now: Date.now });
  t.after(() => ledger.close());
  const seal = createAccessSeal("a secret of the service, long enough for it");
  return { ledger, seal, keeper: createAccessKeeper({ ledger, seal, hasSecret: true }) };
}

describe("the keeper of credentials", () => {
  it("keeps all of what people change at the same time: a rotated secret and two settings", async (t) => {
    const { ledger, seal, keeper } = setup(t);
    const added = await keeper.add("acme", "photos.example", { kind: "web", headers: [["Authorization", "old"]] });
    assert.ok(added.kind === "kept");
    const change = (wish: object) => keeper.change(added.access.id, "acme", { kind: "web", ...wish });
    const answers = await Promise.all([
      change({ headers: [["X-Api-Key", "new"]] }),
      change({ userAgent: "acme" }),
      change({ overHttp: true }),
    ]);
    assert.deepEqual(
      answers.map(({ kind }) => kind),
      ["kept", "kept", "kept"],
    );
    const [row] = await ledger.readAccess(["acme"]);
    assert.ok(row);
    assert.partialDeepStrictEqual(seal.open(row), {
      headers: [["X-Api-Key", "new"]],
      headerNames: ["X-Api-Key"],
      userAgent: "acme",
      overHttp: true,
    });
  });

  it("changes nothing where the row was removed meanwhile", async (t) => {
    const { keeper } = setup(t);
    const added = await keeper.add("acme", "photos.example", { kind: "web", userAgent: "acme" });
    assert.ok(added.kind === "kept");
    const { id } = added.access;
    const [removed, changed] = await Promise.all([
      keeper.remove(id, "acme"),
      keeper.change(id, "acme", { kind: "web", overHttp: true }),
    ]);
    assert.deepEqual([removed, changed], [true, { kind: "missing" }]);
  });
});
