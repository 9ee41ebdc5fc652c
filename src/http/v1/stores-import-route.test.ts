import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { NO_DETAILS } from "../../domain/store.ts";
import { startHttpService } from "../../testing/http-service.ts";

const CSV = { "content-type": "text/csv" };
const MASTER = "store_id,store_name,area_code\nS1,Corner shop,A9\nS77,New shop,A2\nS2,Corner shop,A2\n";

describe("POST /api/v1/stores/import", () => {
  it("shows what would change, changes nothing, and then does it", async (t) => {
    const service = await startHttpService(t);
    const preview = await service.call("POST", "/api/v1/stores/import?dry_run=true", MASTER, CSV);
    assert.deepEqual(preview.body, {
      imported: false,
      added: 1,
      changed: 1,
      closed: 0,
      reopened: 0,
      unchanged: 1,
      version: null,
      columns: ["store_id", "store_name", "area_code"].map((name) => ({ header: name, means: name })),
      warnings: [],
      changes: [
        {
          kind: "changed",
          store: { store_id: "S1", store_name: "Corner shop", area: "A9", ...NO_DETAILS },
          before: { store_id: "S1", store_name: "Corner shop", area: "A1", ...NO_DETAILS },
        },
        { kind: "added", store: { store_id: "S77", store_name: "New shop", area: "A2", ...NO_DETAILS }, before: null },
      ],
    });
    assert.equal(await service.ledger.readStore("S77"), null);
    const { body } = await service.call("POST", "/api/v1/stores/import", MASTER, CSV);
    assert.deepEqual(body, {
      imported: true,
      added: 1,
      changed: 1,
      closed: 0,
      reopened: 0,
      unchanged: 1,
      version: 2,
      warnings: [],
    });
    assert.equal((await service.ledger.readStore("S1"))?.area, "A9");
  });

  it("refuses a file with faults by their lines, and bodies that are no CSV", async (t) => {
    const service = await startHttpService(t);
    for (const query of ["", "?dry_run=true"]) {
      const { status, body } = await service.call("POST", `/api/v1/stores/import${query}`, `${MASTER},x,y\n`, CSV);
      assert.deepEqual([status, body.code], [400, "invalid_store_master"]);
      assert.deepEqual(body.problems, [{ pointer: "line 5", code: "missing", detail: "the store's id is empty" }]);
    }
    const { status } = await service.call("POST", "/api/v1/stores/import", {});
    assert.equal(status, 415);
    assert.equal((await service.call("POST", "/api/v1/stores/import?dry=1", MASTER, CSV)).status, 400);
  });
});

describe("columns of a store master that nobody knows", () => {
  const strange = "Markt;Bezeichnung;Gebiet\nS1;Corner shop;A9\n";

  it("are named in the refusal with what they were taken for, and can be chosen", async (t) => {
    const service = await startHttpService(t);
    const refused = await service.call("POST", "/api/v1/stores/import?dry_run=true", strange, CSV);
    assert.equal(refused.status, 400);
    assert.deepEqual(
      refused.body.columns,
      ["Markt", "Bezeichnung", "Gebiet"].map((header) => ({ header, means: null })),
    );
    const some = "columns=store_id:Markt,area_code:Gebiet";
    const half = await service.call("POST", `/api/v1/stores/import?dry_run=true&${some}`, strange, CSV);
    assert.deepEqual(half.body.columns, [
      { header: "Markt", means: "store_id" },
      { header: "Bezeichnung", means: null },
      { header: "Gebiet", means: "area_code" },
    ]);
    const all = `${some},store_name:Bezeichnung`;
    const looked = await service.call("POST", `/api/v1/stores/import?dry_run=true&${all}`, strange, CSV);
    assert.partialDeepStrictEqual(looked.body, { imported: false, changed: 1, added: 0 });
    const { body } = await service.call("POST", `/api/v1/stores/import?${all}`, strange, CSV);
    assert.partialDeepStrictEqual(body, { imported: true, changed: 1 });
    assert.equal("columns" in body, false);
  });
});

describe("versions of the store master", () => {
  it("come with imports, close and open stores, and the latest is taken back", async (t) => {
    const service = await startHttpService(t);
    const whole = "store_id,store_name,area_code\nS1,Corner shop,A1\nS77,New shop,A2\n";
    const { body } = await service.call("POST", "/api/v1/stores/import?mode=replace", whole, CSV);
    assert.partialDeepStrictEqual(body, { added: 1, closed: 3, unchanged: 1, version: 2 });
    const ids = async (query: string) =>
      JSON.parse(await (await fetch(`${service.address}/api/v1/stores?${query}`)).text()).data.map(
        ({ store_id }: { store_id: string }) => store_id,
      );
    assert.deepEqual(await ids("state=open"), ["S1", "S77"]);
    assert.deepEqual(await ids("state=closed"), ["S00339218", "S01408764", "S2"]);

    const visit = { store_id: "S2", image_url: ["http://x/1"], visit_time: "2026-11-20" };
    const job = await service.call("POST", "/api/v1/jobs?unknown_stores=reject", { count: 1, visits: [visit] });
    assert.deepEqual([job.status, job.body.store_master_version], [201, 2]);

    const early = await service.call("POST", "/api/v1/stores/versions/1/undo");
    assert.deepEqual([early.status, early.body.code], [409, "version_not_latest"]);
    assert.equal((await service.call("POST", "/api/v1/stores/versions/9/undo")).status, 404);
    const undone = await service.call("POST", "/api/v1/stores/versions/2/undo");
    assert.partialDeepStrictEqual(undone.body, {
      version: 3,
      kind: "undo",
      undoes: 2,
      reopened: 3,
      removed: 1,
      stores: 4,
    });
    assert.deepEqual(await ids("state=open"), ["S00339218", "S01408764", "S1", "S2"]);
    const { body: versions } = await service.call("GET", "/api/v1/stores/versions?limit=2");
    assert.partialDeepStrictEqual(versions, {
      data: [{ version: 3 }, { version: 2, kind: "replace", closed: 3 }],
      has_more: true,
    });
  });
});
