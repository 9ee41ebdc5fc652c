import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { createFailureGroups } from "./failure-groups.ts";

const ALL = { hosts: 100, stores: 100 };

describe("failure groups", () => {
  it("sum up by code, host and store over pages, the biggest first", () => {
    const groups = createFailureGroups();
    groups.add({ code: "timeout", host: "a.example", storeId: "S1", images: 1 });
    groups.add({ code: "not_found", host: "a.example", storeId: "S1", images: 2 });
    groups.add({ code: "not_found", host: "b.example", storeId: "S1", images: 3 });
    groups.add({ code: "not_found", host: "b.example", storeId: "S2", images: 1 });
    groups.add({ code: "not_found", host: "b.example", storeId: "S2", images: 4 });
    assert.equal(groups.total, 11);
    assert.deepEqual(groups.list(ALL), [
      {
        code: "not_found",
        images: 10,
        hosts: [
          {
            host: "b.example",
            images: 8,
            stores: [
              { storeId: "S2", images: 5 },
              { storeId: "S1", images: 3 },
            ],
            moreStores: 0,
          },
          { host: "a.example", images: 2, stores: [{ storeId: "S1", images: 2 }], moreStores: 0 },
        ],
        moreHosts: 0,
      },
      {
        code: "timeout",
        images: 1,
        hosts: [{ host: "a.example", images: 1, stores: [{ storeId: "S1", images: 1 }], moreStores: 0 }],
        moreHosts: 0,
      },
    ]);
  });

  it("say how many hosts and stores they leave out, and still count their images", () => {
    const groups = createFailureGroups();
    for (const host of ["a", "b", "c"]) {
      for (const storeId of ["S1", "S2"]) groups.add({ code: "timeout", host, storeId, images: 1 });
    }
    const [group] = groups.list({ hosts: 2, stores: 1 });
    assert.equal(group?.images, 6);
    assert.equal(group?.moreHosts, 1);
    assert.deepEqual(group?.hosts[0], { host: "a", images: 2, stores: [{ storeId: "S1", images: 1 }], moreStores: 1 });
  });

  it("list nothing when nothing failed", () => {
    assert.deepEqual(createFailureGroups().list(ALL), []);
  });
});
