import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { bucketAddressOf } from "../domain/bucket-address.ts";
import { placeInAzure, placeInS3, regionOf, type S3Access } from "./bucket-access.ts";

const ACCESS: S3Access = {
  kind: "s3",
  endpoint: null,
  region: null,
  pathStyle: null,
  accessKeyId: "A",
  secretAccessKey: "S",
  sessionToken: null,
  requesterPays: false,
};

function placeOf(url: string, changed: Partial<S3Access> = {}, told: string | null = null): string {
  const address = bucketAddressOf(url);
  assert.ok(address && "key" in address);
  const access = { ...ACCESS, ...changed };
  const region = regionOf(access, address, told);
  const { origin, path } = placeInS3(access, address, region);
  return `${origin}${path} ${region}`;
}

describe("the place of an object", () => {
  it("is in the host's name at AWS, in the region that is known", () => {
    assert.equal(placeOf("s3://photos/a.jpg"), "https://photos.s3.us-east-1.amazonaws.com/a.jpg us-east-1");
    assert.equal(
      placeOf("s3://photos/a.jpg", { region: "eu-west-1" }),
      "https://photos.s3.eu-west-1.amazonaws.com/a.jpg eu-west-1",
    );
    assert.equal(
      placeOf("s3://photos/a.jpg", {}, "cn-north-1"),
      "https://photos.s3.cn-north-1.amazonaws.com.cn/a.jpg cn-north-1",
    );
  });

  it("is in the path where no certificate holds for the name", () => {
    assert.equal(placeOf("s3://my.photos/a.jpg"), "https://s3.us-east-1.amazonaws.com/my.photos/a.jpg us-east-1");
    assert.equal(placeOf("s3://My_Photos/a.jpg"), "https://s3.us-east-1.amazonaws.com/My_Photos/a.jpg us-east-1");
  });

  it("is in the path at an endpoint, unless the credentials say otherwise", () => {
    const endpoint = "https://minio.example:9000";
    assert.equal(placeOf("s3://photos/a.jpg", { endpoint }), "https://minio.example:9000/photos/a.jpg us-east-1");
    assert.equal(
      placeOf("s3://photos/a.jpg", { endpoint, pathStyle: false }),
      "https://photos.minio.example:9000/a.jpg us-east-1",
    );
    const r2 = "https://x.r2.cloudflarestorage.com";
    assert.equal(placeOf("s3://photos/a.jpg", { endpoint: r2 }), `${r2}/photos/a.jpg auto`);
  });

  it("is Google's for gs://", () => {
    assert.equal(placeOf("gs://photos/a b.jpg"), "https://storage.googleapis.com/photos/a%20b.jpg auto");
  });

  it("is the account's for az://", () => {
    const address = { scheme: "az", bucket: "photos", key: "a b.jpg" } as const;
    const access = { kind: "azure", account: "acme", endpoint: null, by: "key", secret: "" } as const;
    assert.deepEqual(placeInAzure(access, address), {
      origin: "https://acme.blob.core.windows.net",
      path: "/photos/a%20b.jpg",
    });
    const emulated = { ...access, endpoint: "http://127.0.0.1:10000/acme" };
    assert.deepEqual(placeInAzure(emulated, address), {
      origin: "http://127.0.0.1:10000",
      path: "/acme/photos/a%20b.jpg",
    });
  });
});
