import assert from "node:assert/strict";
import { describe, it } from "node:test";
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
      unchanged: 1,
      warnings: [],
      changes: [
        {
          kind: "changed",
          store: { store_id: "S1", store_name: "Corner shop", area: "A9" },
          before: { store_id: "S1", store_name: "Corner shop", area: "A1" },
        },
        { kind: "added", store: { store_id: "S77", store_name: "New shop", area: "A2" }, before: null },
      ],
    });
    assert.equal(await service.ledger.readStore("S77"), null);
    const { body } = await service.call("POST", "/api/v1/stores/import", MASTER, CSV);
    assert.deepEqual(body, { imported: true, added: 1, changed: 1, unchanged: 1, warnings: [] });
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
