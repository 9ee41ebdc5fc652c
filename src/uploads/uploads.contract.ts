/** What every store of uploaded photos must do, together with the ledger. Tests only. */
import assert from "node:assert/strict";
import { after, before, describe, it, type TestContext } from "node:test";
import { DEFAULT_TENANT } from "../domain/scopes.ts";
import { uploadUrl } from "../domain/upload.ts";
import { openDatabase } from "../ledger/sqlite/database.ts";
import { createSqliteLedger } from "../ledger/sqlite/sqlite-ledger.ts";
import { aSchedule, aVisit, submitJob } from "../testing/ledger-builders.ts";
import type { UploadStore } from "./upload-store.ts";
import { createUploads } from "./uploads.ts";

export type StoreUnderTest = {
  readonly store: UploadStore;
  /** Of every file with its final name, by name. */
  contents(): Promise<ReadonlyMap<string, string>>;
  /** How many are being taken in. */
  incoming(): number;
  /** Something in the store that is no upload. */
  putStranger(): Promise<void>;
  hasStranger(): Promise<boolean>;
};

export type StoresUnderTest = {
  /** An empty one each time. */
  open(): Promise<StoreUnderTest>;
  close(): Promise<void>;
};

async function* piecesOf(content: string) {
  for (const letter of content) yield Buffer.from(letter);
}

export function describeUploads(
  name: string,
  start: () => Promise<StoresUnderTest>,
  { skip = false }: { readonly skip?: string | false } = {},
): void {
  describe(`uploads in ${name}`, { skip }, () => {
    let stores: StoresUnderTest;
    before(async () => {
      stores = await start();
    });
    after(() => stores.close());

    async function setup(t: TestContext) {
      let now = 1_000;
      const ledger = createSqliteLedger({ db: openDatabase(":memory:"), now: () => now++ });
      t.after(() => ledger.close());
      const under = await stores.open();
      const { store } = under;
      const uploads = createUploads({ store, ledger });
      const keep = async (content: string, tenant = DEFAULT_TENANT) =>
        uploads.keep(await uploads.takeIn(piecesOf(content)), tenant);
      const names = async () => [...(await under.contents()).keys()];
      return { ...under, ledger, uploads, keep, names };
    }

    it("keep a content once, however often it comes", async (t) => {
      const { contents, incoming, keep } = await setup(t);
      const file = await keep("one");
      assert.deepEqual([await keep("one"), await keep("one")], [file, file]);
      const other = await keep("two");
      assert.deepEqual(
        await contents(),
        new Map([
          [file, "one"],
          [other, "two"],
        ]),
      );
      assert.equal(incoming(), 0);
    });

    it("keep it apart for each tenant, so that nobody learns what another has", async (t) => {
      const { contents, keep } = await setup(t);
      const ours = await keep("one");
      const theirs = await keep("one", "acme");
      assert.notEqual(ours, theirs);
      assert.deepEqual([await keep("one"), await keep("one", "acme")], [ours, theirs]);
      const kept = [...(await contents())].toSorted();
      assert.deepEqual(kept, [[ours, "one"] as const, [theirs, "one"] as const].toSorted());
    });

    it("keep it once also when it comes several times at once", async (t) => {
      const { keep, names } = await setup(t);
      const files = await Promise.all(Array.from({ length: 5 }, () => keep("one")));
      assert.deepEqual(await names(), [...new Set(files)]);
    });

    it("leave nothing of bytes that break off", async (t) => {
      const { uploads, incoming, names } = await setup(t);
      async function* broken() {
        yield Buffer.from("half of a photo");
        throw new Error("hung up");
      }
      await assert.rejects(uploads.takeIn(broken()), /hung up/);
      assert.equal(incoming(), 0);
      assert.deepEqual(await names(), []);
    });

    it("leave nothing of what is dropped", async (t) => {
      const { uploads, incoming, names } = await setup(t);
      await uploads.drop(await uploads.takeIn(piecesOf("x")));
      assert.equal(incoming(), 0);
      assert.deepEqual(await names(), []);
    });

    it("read a file as it came, and say where there is none", async (t) => {
      const { uploads, keep, store } = await setup(t);
      const file = await keep("one\u0000\u00ff");
      const { signal } = new AbortController();
      assert.equal(
        Buffer.concat(await Array.fromAsync(await uploads.read(file, signal))).toString(),
        "one\u0000\u00ff",
      );
      await store.remove(file);
      await assert.rejects(uploads.read(file, signal));
    });

    it("keep a schedule's file for as long as it is its source", async (t) => {
      const { ledger, uploads, keep, names } = await setup(t);
      const [first, second] = [await keep("one"), await keep("two")];
      const { id } = await ledger.addSchedule(aSchedule({ source: { kind: "file", file: first, name: "week.csv" } }));
      await uploads.sweep(0);
      assert.deepEqual(await names(), [first]);
      const third = await keep("three");
      await ledger.changeSchedule(id, { source: { kind: "file", file: third, name: null } });
      await uploads.sweep(0);
      assert.deepEqual(await names(), [third]);
      await ledger.removeSchedule(id);
      await uploads.sweep(0);
      assert.deepEqual(await names(), []);
      assert.notEqual(await keep("two"), second);
    });

    it("take a content in again when its file was removed by hand", async (t) => {
      const { store, contents, keep } = await setup(t);
      const file = await keep("one");
      await store.remove(file);
      assert.equal(await keep("one"), file);
      assert.deepEqual(await contents(), new Map([[file, "one"]]));
    });

    it("sweep what no job uses, what nobody knows and what came in half, and nothing else", async (t) => {
      const { ledger, store, uploads, keep, names, incoming, putStranger, hasStranger } = await setup(t);
      const used = await keep("used");
      const unused = await keep("unused");
      const unknown = await uploads.takeIn(piecesOf("unknown"));
      await store.place(unknown, `${unknown.sha256}-${"0".repeat(16)}`);
      await store.drop(unknown);
      await uploads.takeIn(piecesOf("half"));
      await putStranger();
      await submitJob(ledger, [aVisit({ imageUrls: [uploadUrl(used, "1.jpg")] })]);
      await uploads.sweep(60_000);
      assert.deepEqual([(await names()).length, incoming()], [3, 1]);
      await uploads.sweep(0);
      assert.deepEqual([await names(), incoming()], [[used], 0]);
      assert.ok(await hasStranger(), "what is no upload is somebody else's");
      assert.notEqual(await keep("unused"), unused);
    });

    it("sweep one tenant's photo and leave another's of the same content", async (t) => {
      const { ledger, uploads, keep, names } = await setup(t);
      const jobs = [];
      for (const tenant of ["acme", "globex"]) {
        const visit = aVisit({ imageUrls: [uploadUrl(await keep("one", tenant), "1.jpg")] });
        jobs.push(await submitJob(ledger, [visit], { tenant }));
      }
      const theirs = await keep("one", "globex");
      for (const jobId of jobs.slice(0, 1)) await ledger.cancelJob(jobId);
      while ((await ledger.prune(0)).more);
      await uploads.sweep(0);
      assert.deepEqual(await names(), [theirs]);
    });

    it("sweep a job's photos when the job is removed", async (t) => {
      const { ledger, uploads, keep, names } = await setup(t);
      const jobId = await submitJob(ledger, [aVisit({ imageUrls: [uploadUrl(await keep("one"), "1.jpg")] })]);
      await ledger.cancelJob(jobId);
      await uploads.sweep(0);
      assert.equal((await names()).length, 1);
      while ((await ledger.prune(0)).more);
      await uploads.sweep(0);
      assert.deepEqual(await names(), []);
    });
  });
}
