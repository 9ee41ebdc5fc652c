import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { createFailureGroups } from "./failure-groups.ts";

const ALL = { hosts: 100, stores: 100 };

describe("failure groups", () => {
  it("sum up by code, host and store over pages, the biggest first", () => {
    const groups = createFailureGroups();
    groups.add({ code: "timeout", host: "a.example", storeId: "S1", images: 1, image: 5 });
    groups.add({ code: "not_found", host: "a.example", storeId: "S1", images: 2, image: 9 });
    groups.add({ code: "not_found", host: "b.example", storeId: "S1", images: 3, image: 7 });
    groups.add({ code: "not_found", host: "b.example", storeId: "S2", images: 1, image: 4 });
    groups.add({ code: "not_found", host: "b.example", storeId: "S2", images: 4, image: 2 });
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
              { storeId: "S2", images: 5, firstImage: 2 },
              { storeId: "S1", images: 3, firstImage: 7 },
            ],
            moreStores: 0,
          },
          { host: "a.example", images: 2, stores: [{ storeId: "S1", images: 2, firstImage: 9 }], moreStores: 0 },
        ],
        moreHosts: 0,
      },
      {
        code: "timeout",
        images: 1,
        hosts: [{ host: "a.example", images: 1, stores: [{ storeId: "S1", images: 1, firstImage: 5 }], moreStores: 0 }],
        moreHosts: 0,
      },
    ]);
  });

  it("say how many hosts and stores they leave out, and still count their images", () => {
    const groups = createFailureGroups();
    for (const host of ["a", "b", "c"]) {
      for (const storeId of ["S1", "S2"]) groups.add({ code: "timeout", host, storeId, images: 1, image: 0 });
    }
    const [group] = groups.list({ hosts: 2, stores: 1 });
    assert.equal(group?.images, 6);
    assert.equal(group?.moreHosts, 1);
    assert.deepEqual(group?.hosts[0], {
      host: "a",
      images: 2,
      stores: [{ storeId: "S1", images: 1, firstImage: 0 }],
      moreStores: 1,
    });
  });

  it("list nothing when nothing failed", () => {
    assert.deepEqual(createFailureGroups().list(ALL), []);
  });
});
