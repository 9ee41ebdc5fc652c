import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { createAccessTable, NO_ACCESS } from "../domain/access-table.ts";
import type { S3Access } from "../domain/host-access.ts";
import { accessTo } from "./access-to.ts";

const ROW: S3Access = {
  kind: "s3",
  pattern: "s3://photos",
  accessKeyId: "A",
  secretAccessKey: "secret",
  sessionToken: null,
  hasSessionToken: false,
  endpoint: null,
  region: null,
  pathStyle: null,
  requesterPays: false,
  overHttp: false,
};
const PHOTO = { scheme: "s3", bucket: "photos", key: "visits/a b.jpg" } as const;

describe("what a tenant enters a bucket with", () => {
  it("is the row that says most of the key", () => {
    const table = createAccessTable([
      ROW,
      { ...ROW, pattern: "s3://photos/visits", accessKeyId: "B" },
      { ...ROW, pattern: "s3://*", accessKeyId: "C" },
    ]);
    const idOf = (address: Parameters<typeof accessTo>[1]) => {
      const access = accessTo(table, address);
      return access.kind === "s3" ? access.accessKeyId : null;
    };
    assert.equal(idOf(PHOTO), "B");
    assert.equal(idOf({ ...PHOTO, key: "other/a.jpg" }), "A");
    assert.equal(idOf({ ...PHOTO, bucket: "elsewhere" }), "C");
    assert.throws(() => idOf({ ...PHOTO, scheme: "gs" }), {
      code: "forbidden",
      message: /no credentials for gs:\/\/photos/,
    });
  });

  it("is found by the key as it is written", () => {
    const table = createAccessTable([{ ...ROW, pattern: "s3://photos/date=2026-01/año (1)" }]);
    assert.equal(accessTo(table, { ...PHOTO, key: "date=2026-01/año (1)/a.jpg" }).kind, "s3");
    assert.throws(() => accessTo(table, { ...PHOTO, key: "x/../date=2026-01/año (1)/a.jpg" }), { code: "forbidden" });
  });

  it("is nothing where it cannot be used, or would go over http unasked", () => {
    const refusal = (row: Parameters<typeof createAccessTable>[0][number] | null) => {
      try {
        accessTo(row === null ? NO_ACCESS : createAccessTable([row]), PHOTO);
        return "";
      } catch (error) {
        return error instanceof Error ? error.message : "";
      }
    };
    assert.match(
      refusal(null),
      /^there are no credentials for s3:\/\/photos; add them with "storewalk hosts add s3:\/\/photos"/,
    );
    assert.match(
      refusal({ kind: "unusable", pattern: "s3://photos", why: "set it anew" }),
      /cannot be used: set it anew/,
    );
    const endpoint = "http://minio.example";
    assert.match(refusal({ ...ROW, endpoint }), /are not sent to http:\/\/minio\.example: use https/);
    assert.equal(refusal({ ...ROW, endpoint, overHttp: true }), "");
    assert.equal(refusal({ ...ROW, endpoint: "https://minio.example" }), "");
  });
});
