import assert from "node:assert/strict";
import { describe, it } from "node:test";
import type { AccessSecret, AccessSettings } from "../domain/host-access.ts";
import type { SealedAccess } from "../ledger/port/access-ledger.ts";
import { createAccessSeal } from "./seal.ts";

const SECRET = "a secret of the service, 32 characters or more";
const SETTINGS: AccessSettings = {
  kind: "web",
  headerNames: ["Authorization"],
  queryNames: [],
  userAgent: null,
  overHttp: false,
};
const HEADERS: AccessSecret = { kind: "web", headers: [["Authorization", "Token s3cr3t-photos"]], query: [] };
const PLACE = { id: "a1", tenant: "acme", pattern: "photos.example" };

function aRow(row: Partial<SealedAccess> = {}): SealedAccess {
  return { ...PLACE, settings: SETTINGS, sealed: createAccessSeal(SECRET).seal(PLACE, HEADERS), ...row };
}

describe("the seal of a host's credentials", () => {
  it("opens what it sealed, in another process as well, and shows nothing of it before", () => {
    const row = aRow();
    const opened = createAccessSeal(SECRET).open(row);
    assert.deepEqual(opened, { ...SETTINGS, ...HEADERS, pattern: "photos.example" });
    assert.doesNotMatch(row.sealed ?? "", /s3cr3t/);
    assert.doesNotMatch(Buffer.from(row.sealed?.slice(2) ?? "", "base64url").toString("latin1"), /s3cr3t|Token/);
    assert.notEqual(aRow().sealed, row.sealed);
  });

  it("does not open a text that was moved to another tenant, row or pattern, or changed anywhere", () => {
    const { open } = createAccessSeal(SECRET);
    const row = aRow();
    const moved = [{ tenant: "globex" }, { id: "a2" }, { pattern: "evil.example" }].map((to) => ({ ...row, ...to }));
    const text = row.sealed ?? "";
    const changed = Array.from({ length: text.length }, (_, at) => {
      const other = text[at] === "A" ? "B" : "A";
      return { ...row, sealed: text.slice(0, at) + other + text.slice(at + 1) };
    });
    const cut = [
      { ...row, sealed: "" },
      { ...row, sealed: "1." },
      { ...row, sealed: text.slice(0, 30) },
    ];
    for (const other of [...moved, ...changed, ...cut]) {
      const opened = open(other);
      // The last letter of base64url has bits that stand for nothing.
      if (
        other.sealed?.slice(0, -1) === text.slice(0, -1) &&
        other.pattern === row.pattern &&
        other.id === row.id &&
        other.tenant === row.tenant
      )
        continue;
      assert.equal(opened.kind, "unusable", JSON.stringify(other));
    }
  });

  it("says in words why a row cannot be used", () => {
    const why = (secret: string | null, row = aRow()) => {
      const opened = createAccessSeal(secret).open(row);
      return opened.kind === "unusable" ? opened.why : null;
    };
    assert.match(why(`${SECRET}!`) ?? "", /another STOREWALK_AUTH_SECRET; set it anew/);
    assert.match(why(null) ?? "", /STOREWALK_AUTH_SECRET is not set/);
    assert.equal(
      why(null, aRow({ settings: { ...SETTINGS, headerNames: [], userAgent: "acme" }, sealed: null })),
      null,
    );
  });

  it("seals nothing without a secret", () => {
    assert.throws(() => createAccessSeal(null).seal(PLACE, HEADERS), /STOREWALK_AUTH_SECRET is not set/);
  });
});
