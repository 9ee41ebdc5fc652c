/** Photos that were seen before, asked for over HTTP: a real image host, the real guard, decoder and ledger. */
import assert from "node:assert/strict";
import { describe, it, type TestContext } from "node:test";
import sharp from "sharp";
import { NO_ACCESS } from "../domain/access-table.ts";
import { openDatabase } from "../ledger/sqlite/database.ts";
import { createSqliteLedger } from "../ledger/sqlite/sqlite-ledger.ts";
import { openSideReader } from "../pipeline/side-reader.ts";
import { aShelf, mirrored } from "../testing/grey-pictures.ts";
import { accessTo, guardedRoute, REPEATING_ROUTE } from "../testing/guarded-host.ts";
import { type ImageHost, startImageHost } from "../testing/image-host.ts";
import { aStore, aVisit, claimNext, measured, submitJob } from "../testing/ledger-builders.ts";
import { fingerprintOf } from "../truth/fingerprint.ts";
import type { GreyPicture } from "../truth/grey-picture.ts";
import { comparePhotos } from "../truth/match.ts";
import { sketchOf } from "../truth/sketch.ts";
import { createSimilarPhotos } from "./similar-photos.ts";

const jpegOf = ({ width, height, pixels }: GreyPicture) =>
  sharp(pixels, { raw: { width, height, channels: 1 } })
    .jpeg({ quality: 90 })
    .toBuffer();

/** Tenant a has shelf 1 in job 1, known by its picture or by its embedded thumbnail. */
async function setup(t: TestContext, restsOn: "picture" | "thumbnail" = "picture") {
  const mirroredFile = await jpegOf(mirrored(aShelf(1)));
  const host: ImageHost = await startImageHost({
    "/mirrored.jpg": { kind: "file", bytes: mirroredFile },
    "/other.jpg": { kind: "file", bytes: await jpegOf(aShelf(7)) },
    "/page.jpg": { kind: "file", bytes: new TextEncoder().encode("<html>log in</html>") },
    "/private.jpg": guardedRoute(mirroredFile),
    "/repeats.jpg": REPEATING_ROUTE,
    "/gone.jpg": { kind: "status", status: 404 },
  });
  t.after(() => host.close());
  const ledger = createSqliteLedger({ db: openDatabase(":memory:"), now: Date.now });
  t.after(() => ledger.close());
  const reader = openSideReader({
    guard: { allowHosts: [host.host], connectMs: 60_000 },
    fetch: {},
    uploads: null,
    maxPixels: 1e8,
  });
  t.after(() => reader.close());
  await ledger.importStores([aStore({ id: "S1", name: "Main", area: "A1" })]);
  const jobId = await submitJob(ledger, [aVisit({ storeId: "S1" })], { tenant: "a", inspect: "full" });
  const { sketch, entries } = fingerprintOf(sketchOf(aShelf(1)));
  await ledger.keepPrints(jobId, [{ image: 0, digest: null, sketch, entries, restsOn, taken: null }]);
  const { lease } = await claimNext(ledger);
  await ledger.record(lease, [measured(0)], 1_000);
  return {
    host,
    jobId,
    mirroredFile,
    similar: createSimilarPhotos({
      ledger,
      reader,
      compare: async (later, photos) => comparePhotos(later, photos),
      readAccessTable: async (tenant) => (tenant === "a" ? accessTo(host.host) : NO_ACCESS),
    }),
  };
}

describe("whether a photo was seen before", () => {
  it("is told of a URL and of a photo, with what it is and how it lies over the earlier one", async (t) => {
    const { host, jobId, mirroredFile, similar } = await setup(t);
    const answer = await similar.toUrl("a", host.url("/mirrored.jpg"));
    assert.equal(answer.kind, "matches", JSON.stringify(answer));
    const [match, ...others] = answer.matches;
    assert.deepEqual(others, []);
    assert.partialDeepStrictEqual(match, {
      jobId,
      image: 0,
      storeId: "S1",
      storeName: "Main",
      area: "A1",
      kind: "mirrored",
      why: "the same picture, mirrored in store S1 (2024-05-01T10:00:00Z)",
      isMeasured: true,
    });
    const [across = 0, , shift = 0] = match?.layOver ?? [];
    assert.ok(Math.abs(across + 1) < 0.05 && Math.abs(shift - 1) < 0.05, `${match?.layOver}`);
    assert.deepEqual(await similar.toPhoto("a", async () => mirroredFile), answer);
  });

  it("is told with the doubt that the earlier one is known by its thumbnail alone", async (t) => {
    const { mirroredFile, similar } = await setup(t, "thumbnail");
    const answer = await similar.toPhoto("a", async () => mirroredFile);
    assert.equal(answer.kind, "matches");
    assert.match(answer.matches[0]?.why ?? "", /; by an embedded thumbnail, not by the picture itself$/);
  });

  it("is told of a photo behind a login, with what the asking tenant sends to its host", async (t) => {
    const { host, similar } = await setup(t);
    assert.equal((await similar.toUrl("a", host.url("/private.jpg"))).kind, "matches");
    const other = await similar.toUrl("b", host.url("/private.jpg"));
    assert.deepEqual(other, { kind: "not-inspected", why: "127.0.0.1 answered 401 Unauthorized" });
    const repeated = await similar.toUrl("a", host.url("/repeats.jpg"));
    assert.ok(repeated.kind === "not-inspected");
    assert.match(repeated.why, /in the encoding "Token \*\*\*"/);
  });

  it("is no, for a photo that nobody sent, and for photos of another tenant", async (t) => {
    const { host, similar } = await setup(t);
    assert.deepEqual(await similar.toUrl("a", host.url("/other.jpg")), { kind: "matches", matches: [] });
    assert.deepEqual(await similar.toUrl("b", host.url("/mirrored.jpg")), { kind: "matches", matches: [] });
  });

  it("cannot be told of what is not there, no picture, or at an address that must not be reached", async (t) => {
    const { host, similar } = await setup(t);
    const why = async (url: string) => {
      const answer = await similar.toUrl("a", url);
      assert.equal(answer.kind, "not-inspected", url);
      return answer.why;
    };
    assert.match(await why(host.url("/gone.jpg")), /404/);
    assert.match(await why("http://127.0.0.2/1.jpg"), /not a host on the public internet/);
    assert.ok((await why(host.url("/page.jpg"))).length > 0);
  });

  it("is not asked by more than a few at a time", async (t) => {
    const { similar } = await setup(t);
    const hold = Promise.withResolvers<Uint8Array>();
    const asked = Array.from({ length: 30 }, () => similar.toPhoto("a", () => hold.promise));
    const busy = (await Promise.all(asked.slice(22))).filter(({ kind }) => kind === "busy");
    assert.equal(busy.length, 8);
    hold.resolve(new Uint8Array(3));
    assert.ok((await Promise.all(asked.slice(0, 22))).every(({ kind }) => kind !== "busy"));
  });
});
