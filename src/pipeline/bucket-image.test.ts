import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, it, type TestContext } from "node:test";
import { openBucket } from "../buckets/bucket.ts";
import type { BucketAccess } from "../buckets/bucket-access.ts";
import { createBucketMemory } from "../buckets/bucket-memory.ts";
import { type AccessTable, createAccessTable, NO_ACCESS } from "../domain/access-table.ts";
import { systemClock } from "../process/clock.ts";
import { AZURITE, startAzurite } from "../testing/azurite.ts";
import { type BucketAnswer, type BucketRequest, refusalOf, startBucketHost } from "../testing/bucket-host.ts";
import { patternOf, startFetching } from "../testing/image-fetching.ts";
import { S3_EMULATOR, startS3Emulator } from "../testing/s3-emulator.ts";
import { withBuckets } from "./bucket-image.ts";
import { createBucketRequests } from "./fetch/bucket-requests.ts";
import { createGuard } from "./fetch/guard.ts";

const never = new AbortController().signal;

/** Of a tenant whose buckets are all entered so. */
function tableOf(access: BucketAccess | null): AccessTable {
  if (access === null) return NO_ACCESS;
  const row =
    access.kind === "azure"
      ? { ...access, pattern: "az://*", overHttp: true }
      : { ...access, pattern: "s3://*", hasSessionToken: false, overHttp: true };
  return createAccessTable([row]);
}

function imagesOf(t: TestContext, access: BucketAccess | null, now: () => number = Date.now) {
  const fetching = startFetching();
  t.after(() => fetching.close());
  const open = withBuckets(fetching.open, { open: fetching.open, memory: createBucketMemory(), now });
  const table = tableOf(access);
  return (url: string, at: () => AccessTable = () => table) => open(url, { lane: "1", access: at, signal: never });
}

/** A photo in a bucket of a service that answers so; `changed` changes the access. */
async function photoAt(
  t: TestContext,
  answer: (request: BucketRequest) => BucketAnswer,
  { changed = {}, now }: { readonly changed?: object; readonly now?: () => number } = {},
) {
  const host = await startBucketHost(answer);
  t.after(() => host.close());
  const open = imagesOf(t, { ...host.access, ...changed }, now);
  return { host, open, read: (url = "s3://photos/a.jpg") => open(url).whole() };
}

const file: BucketAnswer = { status: 200, body: "bytes" };
const regionOf = ({ headers }: BucketRequest) => /\/\d{8}\/([^/]+)\/s3\//.exec(headers.authorization ?? "")?.[1];
const timeOf = ({ headers }: BucketRequest) => String(headers["x-amz-date"]);

for (const { name, start, skip } of [
  { name: "s3", start: startS3Emulator, skip: S3_EMULATOR.skip },
  { name: "az", start: startAzurite, skip: AZURITE.skip },
] as const) {
  describe(`a photo in a bucket of ${name}://, at an emulator that checks signatures`, { skip }, () => {
    it("is read in parts and as a whole, whatever its key", async (t) => {
      const emulator = await start();
      t.after(() => emulator.close());
      const requests = createBucketRequests(createGuard({ allowHosts: [emulator.host] }), { keptConnections: true });
      t.after(() => requests.close());
      const { access } = emulator;
      const bucket = openBucket({
        access,
        bucket: { scheme: name, bucket: emulator.bucket },
        memory: createBucketMemory(),
        send: requests.send,
        clock: systemClock,
        random: () => 0,
      });
      const folder = mkdtempSync(join(tmpdir(), "storewalk-test-"));
      t.after(() => rmSync(folder, { recursive: true, force: true }));
      const bytes = patternOf(400_000);
      const path = join(folder, "photo");
      writeFileSync(path, bytes);
      const open = imagesOf(t, access);
      for (const key of ["store 1/2026-11-27/a+b %20.jpg", "写真 📷 (1)!*'.jpg"]) {
        await bucket.put(key, { path, bytes: bytes.length });
        const image = open(`${name}://${emulator.bucket}/${key}`);
        const { bytes: head } = await image.prefix(1_000);
        assert.deepEqual(head.subarray(0, 1_000), Buffer.from(bytes.subarray(0, 1_000)));
        assert.deepEqual(Buffer.from(await image.tail(100)), Buffer.from(bytes.subarray(-100)));
        assert.equal(image.totalBytes(), bytes.length);
        assert.deepEqual(Buffer.from(await image.whole()), Buffer.from(bytes));
      }
      await assert.rejects(open(`${name}://${emulator.bucket}/nothing.jpg`).whole(), {
        code: "not_found",
        message: /there is no such (key|blob)/,
      });
    });
  });
}

describe("a photo in a bucket", () => {
  it("is asked for by its key as it is written, which no URL could hold", async (t) => {
    const { host, read } = await photoAt(t, () => file);
    for (const [key, target] of [
      ["a b+c%20.jpg", "/photos/a%20b%2Bc%2520.jpg"],
      ["/leading.jpg", "/photos//leading.jpg"],
      ["a//b.jpg", "/photos/a//b.jpg"],
      ["a/../b/./c.jpg", "/photos/a/../b/./c.jpg"],
      ["a?b#c.jpg", "/photos/a%3Fb%23c.jpg"],
      ["é.jpg", "/photos/%C3%A9.jpg"],
    ] as const) {
      await read(`s3://photos/${key}`);
      assert.equal(host.asked.at(-1)?.target, target);
    }
  });

  it("is Google's by its interoperability keys, for the region auto", async (t) => {
    const host = await startBucketHost(() => file);
    t.after(() => host.close());
    const fetching = startFetching();
    t.after(() => fetching.close());
    const table = createAccessTable([
      { ...host.access, pattern: "gs://photos", hasSessionToken: false, overHttp: true },
    ]);
    const open = withBuckets(fetching.open, { open: fetching.open, memory: createBucketMemory(), now: Date.now });
    await open("gs://photos/a b.jpg", { lane: "1", access: () => table, signal: never }).whole();
    const [asked] = host.asked;
    assert.ok(asked);
    assert.deepEqual([asked.target, regionOf(asked)], ["/photos/a%20b.jpg", "auto"]);
  });

  it("is signed anew for each request, with the time at which it goes out", async (t) => {
    let now = Date.parse("2026-11-27T10:00:00Z");
    const ranged = (request: BucketRequest): BucketAnswer => {
      const [, first = "0", last = "0"] = /bytes=(\d+)-(\d+)/.exec(request.headers.range ?? "") ?? [];
      const to = Math.min(Number(last), 199_999);
      const headers = { "content-range": `bytes ${first}-${to}/200000`, etag: '"1"' };
      return { status: 206, headers, body: Buffer.alloc(to - Number(first) + 1) };
    };
    const { host, open } = await photoAt(t, ranged, { now: () => now });
    const image = open("s3://photos/a.jpg");
    await image.prefix(1_000);
    now += 3_600_000;
    await image.tail(100);
    assert.deepEqual(host.asked.map(timeOf), ["20261127T100000Z", "20261127T110000Z"]);
  });

  for (const [how, answer] of [
    ["a header", { ...refusalOf(301, "PermanentRedirect"), headers: { "x-amz-bucket-region": "eu-west-1" } }],
    ["the refusal's text", refusalOf(400, "AuthorizationHeaderMalformed", "<Region>eu-west-1</Region>")],
  ] as const) {
    it(`is asked for in the region that ${how} names, which is remembered for the bucket`, async (t) => {
      const { host, read } = await photoAt(t, (request) => (regionOf(request) === "eu-west-1" ? file : answer));
      await read();
      await read("s3://photos/b.jpg");
      assert.deepEqual(host.asked.map(regionOf), ["us-east-1", "eu-west-1", "eu-west-1"]);
    });
  }

  it("is asked for in another region once only", async (t) => {
    const wrong = { ...refusalOf(301, "PermanentRedirect"), headers: { "x-amz-bucket-region": "eu-west-1" } };
    const { host, read } = await photoAt(t, () => wrong);
    await assert.rejects(read(), {
      code: "http_error",
      message: /in the region eu-west-1; give the credentials that region/,
    });
    assert.equal(host.asked.length, 2);
  });

  it("is not sent from region to region by a service that names another each time", async (t) => {
    let regions = 0;
    const wrong = () => ({
      ...refusalOf(301, "PermanentRedirect"),
      headers: { "x-amz-bucket-region": `eu-west-${++regions}` },
    });
    const { host, read } = await photoAt(t, wrong);
    await assert.rejects(read(), { code: "http_error", message: /in the region eu-west-2/ });
    assert.equal(host.asked.length, 2);
  });

  it("is signed by the service's clock where that is another, which is remembered", async (t) => {
    const theirs = "Fri, 27 Nov 2026 12:00:00 GMT";
    const { host, read } = await photoAt(
      t,
      (request) =>
        timeOf(request) === "20261127T120000Z"
          ? file
          : { ...refusalOf(403, "RequestTimeTooSkewed"), headers: { date: theirs } },
      { now: () => Date.parse("2026-11-27T10:00:00Z") },
    );
    await read();
    await read("s3://photos/b.jpg");
    assert.equal(host.asked.length, 3);
  });

  it("says how far the clocks are apart where the service's own does not do", async (t) => {
    const wrong = { ...refusalOf(403, "RequestTimeTooSkewed"), headers: { date: "Fri, 27 Nov 2026 12:00:00 GMT" } };
    const { host, read } = await photoAt(t, () => wrong, { now: () => Date.parse("2026-11-27T10:00:00Z") });
    await assert.rejects(read(), {
      code: "forbidden",
      message: /the clocks differ by 120 minutes; set this machine's/,
    });
    assert.equal(host.asked.length, 2);
  });

  for (const [status, code, errorCode, message] of [
    [404, "NoSuchKey", "not_found", /^s3:\/\/photos\/a\.jpg at 127\.0\.0\.1: there is no such key \(NoSuchKey\)$/],
    [404, "NoSuchBucket", "not_found", /there is no such bucket/],
    [403, "AccessDenied", "forbidden", /may not read it; they need s3:GetObject.*; where whoever reads pays/],
    [403, "InvalidAccessKeyId", "forbidden", /knows no such access key/],
    [403, "SignatureDoesNotMatch", "forbidden", /the secret does not belong to the key/],
    [400, "ExpiredToken", "forbidden", /the credentials have ended/],
    [403, "InvalidObjectState", "archived", /restore it there, then retry/],
    [400, "UserProjectMissing", "forbidden", /requester pays/],
    [418, "NobodyKnows", "http_error", /127\.0\.0\.1 answered 418/],
  ] as const) {
    it(`has the code ${errorCode} where the service answers ${code}, and is asked for once`, async (t) => {
      const { host, read } = await photoAt(t, () => refusalOf(status, code));
      await assert.rejects(read(), { code: errorCode, message });
      assert.equal(host.asked.length, 1);
    });
  }

  it("has the code archived in Azure's archive tier too", async (t) => {
    const host = await startBucketHost(() => ({ status: 409, headers: { "x-ms-error-code": "BlobArchived" } }));
    t.after(() => host.close());
    const key = Buffer.from("key").toString("base64");
    const open = imagesOf(t, { kind: "azure", account: "a", endpoint: `http://${host.host}`, by: "key", secret: key });
    await assert.rejects(open("az://photos/a.jpg").whole(), { code: "archived" });
  });

  it("is asked for again while the service is busy", async (t) => {
    let times = 0;
    const { read } = await photoAt(t, () => (++times < 3 ? refusalOf(503, "SlowDown") : file));
    assert.equal(Buffer.from(await read()).toString(), "bytes");
  });

  it("is paid for only where the credentials say so", async (t) => {
    const { host, read } = await photoAt(t, () => file, { changed: { requesterPays: true } });
    await read();
    assert.equal(host.asked[0]?.headers["x-amz-request-payer"], "requester");
    assert.match(host.asked[0]?.headers.authorization ?? "", /SignedHeaders=[^,]*x-amz-request-payer/);
    const free = await photoAt(t, () => file);
    await free.read();
    assert.equal(free.host.asked[0]?.headers["x-amz-request-payer"], undefined);
  });

  it("gives nothing of its credentials to another host, whoever sends it there", async (t) => {
    const other = await startBucketHost(() => file);
    t.after(() => other.close());
    const away = { status: 302, headers: { location: `http://${other.host}/elsewhere` } };
    const { read } = await photoAt(t, () => away, { changed: { sessionToken: "TOKEN" } });
    await read();
    const [asked] = other.asked;
    assert.equal(asked?.headers.authorization, undefined);
    assert.equal(asked?.headers["x-amz-security-token"], undefined);
  });

  it("is not fetched on with credentials that were removed or lead elsewhere meanwhile", async (t) => {
    const part = { status: 206, headers: { "content-range": "bytes 0-99999/200000" }, body: Buffer.alloc(100_000) };
    const { host, open } = await photoAt(t, () => part);
    for (const after of [null, { ...host.access, endpoint: "http://127.0.0.2" }]) {
      let table = tableOf(host.access);
      const image = open("s3://photos/a.jpg", () => table);
      await image.prefix(100_000);
      table = tableOf(after);
      await assert.rejects(image.whole(), { code: "forbidden", message: /no credentials|changed meanwhile/ });
    }
    assert.equal(host.asked.length, 2);
  });

  it("is not asked for at a private address, whatever the endpoint says", async (t) => {
    const fetching = startFetching({ allowHosts: [] });
    t.after(() => fetching.close());
    const host = await startBucketHost(() => file);
    t.after(() => host.close());
    const open = withBuckets(fetching.open, { open: fetching.open, memory: createBucketMemory(), now: Date.now });
    const image = open("s3://photos/a.jpg", { lane: "1", access: () => tableOf(host.access), signal: never });
    await assert.rejects(image.whole(), { code: "blocked_address" });
    assert.equal(host.asked.length, 0);
  });

  it("needs credentials, a key and an address that can be read", async (t) => {
    const open = imagesOf(t, null);
    await assert.rejects(open("s3://photos/a.jpg").whole(), {
      code: "forbidden",
      message: 'there are no credentials for s3://photos; add them with "storewalk hosts add s3://photos", then retry',
    });
    for (const [url, message] of [
      ["s3://photos", /names a bucket and no key/],
      ["s3:photos/a.jpg", /is written s3:\/\/BUCKET\/KEY/],
      ["s3://ph..otos/a.jpg", /must be followed by a bucket's name/],
      ["az://Photos/a.jpg", /must be followed by a container's name/],
      [`gs://photos/${"a".repeat(1_025)}`, /has 1025 bytes/],
      ["s3://photos/a\nb.jpg", /a control character at position 2/],
    ] as const) {
      await assert.rejects(open(url).whole(), { code: "invalid_url", message });
    }
  });
});
