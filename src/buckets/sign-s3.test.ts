/** The examples of AWS's documentation ("Signature Calculations for the Authorization Header: Transferring Payload in a Single Chunk"), by their published keys. */
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import type { S3Access } from "./bucket-access.ts";
import { createS3Signer } from "./sign-s3.ts";

const ACCESS: S3Access = {
  kind: "s3",
  endpoint: null,
  region: null,
  pathStyle: null,
  accessKeyId: "AKIAIOSFODNN7EXAMPLE",
  secretAccessKey: "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY",
  sessionToken: null,
  requesterPays: false,
};
const REQUEST = {
  method: "GET",
  origin: "https://examplebucket.s3.amazonaws.com",
  path: "/",
  query: {},
  headers: {},
} as const;
const AT = new Date("2013-05-24T00:00:00Z");
const NO_BODY = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";

describe("a signature for S3", () => {
  for (const { what, request, signature } of [
    {
      what: "part of an object",
      request: { ...REQUEST, path: "/test.txt", headers: { range: "bytes=0-9" } },
      signature: "f0e8bdb87c964420e857bd35b5d6ed310bd44f0170aba48dd91039c6036bdb41",
    },
    {
      what: "a bucket's lifecycle",
      request: { ...REQUEST, query: { lifecycle: "" } },
      signature: "fea454ca298b7da1c68078a5d1bdbfbbe0d65c699e0f91ac7a200a0136783543",
    },
    {
      what: "a list of objects",
      request: { ...REQUEST, query: { "max-keys": "2", prefix: "J" } },
      signature: "34b48302e7b5fa45bde8084f4b7868a86f0a534bc59db6670ed5711ef69dc6f7",
    },
  ]) {
    it(`is the one that AWS prints for ${what}`, async () => {
      const headers = { ...request.headers, "x-amz-content-sha256": NO_BODY };
      const signed = await createS3Signer(ACCESS)({ ...request, headers }, "us-east-1", AT);
      assert.match(signed.headers.authorization ?? "", new RegExp(`Signature=${signature}$`));
    });
  }

  it("has the session's token, and sends the path and the query as they were signed", async () => {
    const request = { ...REQUEST, path: "/a/../b%20c.jpg", query: { prefix: "a b/+" } };
    const signed = await createS3Signer({ ...ACCESS, sessionToken: "TOKEN" })(request, "us-east-1", AT);
    assert.equal(signed.headers["x-amz-security-token"], "TOKEN");
    assert.match(signed.headers.authorization ?? "", /x-amz-security-token/);
    assert.equal(signed.target, "/a/../b%20c.jpg?prefix=a%20b%2F%2B");
  });
});
