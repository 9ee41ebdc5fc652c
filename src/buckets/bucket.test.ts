import assert from "node:assert/strict";
import { createHmac } from "node:crypto";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, it, type TestContext } from "node:test";
import { createBucketRequests } from "../pipeline/fetch/bucket-requests.ts";
import { createGuard } from "../pipeline/fetch/guard.ts";
import { systemClock } from "../process/clock.ts";
import { AZURITE, startAzurite } from "../testing/azurite.ts";
import { S3_EMULATOR, startS3Emulator } from "../testing/s3-emulator.ts";
import { type Bucket, openBucket } from "./bucket.ts";
import type { AzureAccess, BucketAccess } from "./bucket-access.ts";
import { createBucketMemory } from "./bucket-memory.ts";

const never = new AbortController().signal;

/** Keys as they are in the field, and those that break whoever encodes, decodes or joins them. */
const ODD_KEYS = [
  "a b.jpg",
  "a+b.jpg",
  "100%.jpg",
  "a%20b.jpg",
  "a%2Fb.jpg",
  "Señor-写真-📷.jpg",
  "(1)!*.jpg",
  "a?b#c=d;e.jpg",
  "~a_b-c.d:e@f,g$h.jpg",
];
/** The emulator of S3 writes these wrongly into its lists: escaped twice. */
const XML_KEYS = ["it's.jpg", "a&b.jpg", 'a"b<c>d.jpg'];

for (const { name, start, skip } of [
  { name: "s3", start: startS3Emulator, skip: S3_EMULATOR.skip },
  { name: "az", start: startAzurite, skip: AZURITE.skip },
] as const) {
  type Emulator = Awaited<ReturnType<typeof start>>;
  let emulator: Emulator;

  function setup(t: TestContext) {
    const folder = mkdtempSync(join(tmpdir(), "storewalk-test-"));
    t.after(() => rmSync(folder, { recursive: true, force: true }));
    const requests = createBucketRequests(createGuard({ allowHosts: [emulator.host] }), { keptConnections: true });
    t.after(() => requests.close());
    const open = (changed: Partial<BucketAccess> = {}, bucket = emulator.bucket) =>
      openBucket({
        access: { ...emulator.access, ...changed } as BucketAccess,
        bucket: { scheme: name, bucket },
        memory: createBucketMemory(),
        send: requests.send,
        clock: systemClock,
        random: () => 0,
      });
    const put = async (bucket: Bucket, key: string, content = "x") => {
      const path = join(folder, "file");
      writeFileSync(path, content);
      await bucket.put(key, { path, bytes: Buffer.byteLength(content) });
    };
    return { open, put };
  }

  const keysOf = async (bucket: Bucket, prefix = "") => {
    const keys: string[] = [];
    for await (const page of bucket.list(prefix, never)) keys.push(...page.map(({ key }) => key));
    return keys;
  };

  describe(`a bucket of ${name}://`, { skip }, () => {
    before(async () => {
      emulator = await start();
    });
    after(() => emulator.close());

    it("lists, dates and removes what was put, whatever its key", async (t) => {
      const { open, put } = setup(t);
      const bucket = open();
      const keys = name === "az" ? [...ODD_KEYS, ...XML_KEYS] : ODD_KEYS;
      for (const key of keys) await put(bucket, key, key);
      assert.deepEqual((await keysOf(bucket)).toSorted(), keys.toSorted());
      for (const key of keys) {
        assert.notEqual(await bucket.ageMs(key), null, key);
        await bucket.remove(key);
        assert.equal(await bucket.ageMs(key), null, key);
      }
    });
    it("lists a prefix only, page after page", async (t) => {
      const { open, put } = setup(t);
      const bucket = open();
      await put(bucket, "a/1.jpg");
      await put(bucket, "b/1.jpg");
      assert.deepEqual(await keysOf(bucket, "a/"), ["a/1.jpg"]);
      assert.deepEqual(await keysOf(bucket, "c/"), []);
    });
    it("says that it is not there", async (t) => {
      const { open } = setup(t);
      await assert.rejects(keysOf(open({}, "nowhere")), { code: "not_found", message: /no such (bucket|container)/ });
    });
    it("says that the credentials are wrong", async (t) => {
      const { open } = setup(t);
      const wrong = name === "s3" ? { secretAccessKey: "wrong" } : { secret: Buffer.from("wrong").toString("base64") };
      await assert.rejects(keysOf(open(wrong)), { code: "forbidden", message: /credentials are not right/ });
    });
  });
}

describe("a bucket of az://, entered with a shared access signature", { skip: AZURITE.skip }, () => {
  it("is listed and read as far as the signature goes, with or without its question mark", async (t) => {
    const emulator = await startAzurite();
    t.after(() => emulator.close());
    const requests = createBucketRequests(createGuard({ allowHosts: [emulator.host] }), { keptConnections: true });
    t.after(() => requests.close());
    const open = (access: BucketAccess) =>
      openBucket({
        access,
        bucket: { scheme: "az", bucket: emulator.bucket },
        memory: createBucketMemory(),
        send: requests.send,
        clock: systemClock,
        random: () => 0,
      });
    const folder = mkdtempSync(join(tmpdir(), "storewalk-test-"));
    t.after(() => rmSync(folder, { recursive: true, force: true }));
    const file = { path: join(folder, "file"), bytes: 1 };
    writeFileSync(file.path, "x");
    await open(emulator.access).put("a b.jpg", file);
    const sas = accountSas(emulator.access, "rl");
    for (const secret of [sas, `?${sas}`]) {
      const bucket = open({ ...emulator.access, by: "sas", secret });
      const pages = await Array.fromAsync(bucket.list("", never));
      assert.deepEqual(pages.flat(), [{ key: "a b.jpg", bytes: 1 }]);
      assert.notEqual(await bucket.ageMs("a b.jpg"), null);
      await assert.rejects(bucket.put("c.jpg", file), { code: "forbidden", message: /may not read it/ });
    }
  });
});

/** By Microsoft's "Create an account SAS". */
function accountSas({ account, secret }: AzureAccess, permissions: string): string {
  const fields = {
    sp: permissions,
    ss: "b",
    srt: "sco",
    st: "",
    se: "2099-01-01T00:00:00Z",
    sip: "",
    spr: "https,http",
    sv: "2021-12-02",
  };
  const text = `${[account, ...Object.values(fields), ""].join("\n")}\n`;
  const sig = createHmac("sha256", Buffer.from(secret, "base64")).update(text).digest("base64");
  const query = new URLSearchParams({ ...fields, sig });
  for (const name of ["st", "sip"]) query.delete(name);
  return query.toString();
}
