import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { pageOfAzure, pageOfS3 } from "./list-page.ts";

describe("a page of keys", () => {
  it("is read with whatever XML or the service's encoding makes of a key", () => {
    const listed = (contents: string, more = "") =>
      pageOfS3(
        `<?xml version="1.0"?><ListBucketResult xmlns="x">${more}<IsTruncated>false</IsTruncated>${contents}</ListBucketResult>`,
      );
    const entry = (key: string) => `<Contents><Key>${key}</Key><Size>3</Size></Contents>`;
    assert.deepEqual(listed(entry("a&amp;b&lt;c&#39;&#x1F4F7;&amp;amp;.jpg")).objects, [
      { key: "a&b<c'📷&amp;.jpg", bytes: 3 },
    ]);
    assert.deepEqual(listed(entry("a+b%2Bc%0A.jpg"), "<EncodingType>url</EncodingType>").objects, [
      { key: "a b+c\n.jpg", bytes: 3 },
    ]);
    assert.deepEqual(listed(entry("folder/") + entry("folder/a.jpg")).objects, [{ key: "folder/a.jpg", bytes: 3 }]);
  });

  it("says how to ask for the next one", () => {
    const page = pageOfS3(
      "<ListBucketResult><IsTruncated>true</IsTruncated><NextContinuationToken>1&amp;2=</NextContinuationToken></ListBucketResult>",
    );
    assert.deepEqual(page, { objects: [], next: "1&2=" });
    assert.throws(
      () => pageOfS3("<ListBucketResult><IsTruncated>true</IsTruncated></ListBucketResult>"),
      /not how to ask/,
    );
  });

  it("is read of Azure, whose names may be encoded, without its folders", () => {
    const blob = (name: string, more = "") =>
      `<Blob>${name}<Properties><Content-Length>5</Content-Length>${more}</Properties></Blob>`;
    const xml = `<?xml version="1.0"?><EnumerationResults><Blobs>${blob("<Name>a &amp; b.jpg</Name>")}${blob('<Name Encoded="true">a%EF%BF%BF.jpg</Name>')}${blob("<Name>folder</Name>", "<ResourceType>directory</ResourceType>")}</Blobs><NextMarker>m1</NextMarker></EnumerationResults>`;
    assert.deepEqual(pageOfAzure(xml), {
      objects: [
        { key: "a & b.jpg", bytes: 5 },
        { key: "a\uffff.jpg", bytes: 5 },
      ],
      next: "m1",
    });
    assert.equal(pageOfAzure("<EnumerationResults><Blobs/><NextMarker /></EnumerationResults>").next, null);
  });

  it("is nothing else that came in its place", () => {
    assert.throws(() => pageOfS3("<html></html>"), { code: "http_error" });
    assert.throws(() => pageOfAzure(""), { code: "http_error" });
  });
});
