import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { readKeyPattern } from "./key-pattern.ts";
import { createListing } from "./listing.ts";

async function* inPages(...pages: readonly (readonly string[])[]) {
  for (const keys of pages) yield keys.map((key) => ({ key }));
}

function aListing(prefix: string, pattern: string, ...pages: readonly (readonly string[])[]) {
  const read = readKeyPattern(pattern);
  assert.ok(typeof read === "function");
  return createListing({
    from: { scheme: "s3", bucket: "photos", key: prefix },
    pattern: read,
    pages: inPages(...pages),
  });
}

async function visitsOf({ bytes }: ReturnType<typeof aListing>): Promise<readonly unknown[]> {
  const text = Buffer.concat(await Array.fromAsync(bytes)).toString();
  return text
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line));
}

describe("a listing of keys", () => {
  it("makes one visit of photos of one store and time that follow each other, over pages", async () => {
    const listing = aListing(
      "in/",
      "{store}/{date}/{name}.jpg",
      ["in/S1/2026-11-26/a.jpg", "in/S1/2026-11-27/a.jpg"],
      [],
      ["in/S1/2026-11-27/b c.jpg", "in/S2/2026-11-27/a.jpg"],
    );
    const image = (key: string, external_id: string) => ({ url: `s3://photos/in/${key}`, external_id });
    assert.deepEqual(await visitsOf(listing), [
      { store_id: "S1", visit_time: "2026-11-26", image_url: [image("S1/2026-11-26/a.jpg", "a")] },
      {
        store_id: "S1",
        visit_time: "2026-11-27",
        image_url: [image("S1/2026-11-27/a.jpg", "a"), image("S1/2026-11-27/b c.jpg", "b c")],
      },
      { store_id: "S2", visit_time: "2026-11-27", image_url: [image("S2/2026-11-27/a.jpg", "a")] },
    ]);
    assert.deepEqual([listing.soFar().keys, listing.soFar().matched], [4, 4]);
  });

  it("reads the pattern behind the prefix's last folder", async () => {
    const listing = aListing("in/S1", "{store}/{date}.jpg", ["in/S1/2026-11-27.jpg", "in/S12/2026-11-27.jpg"]);
    assert.equal((await visitsOf(listing)).length, 2);
  });

  it("counts what is no photo of the pattern, and says why", async () => {
    const listing = aListing("", "{store}/{date}/{name}", [
      "notes.txt",
      "S1/2026-02-30/a",
      "S1/2026-11-27/a",
      "S1/2026-11-27/a ",
    ]);
    assert.equal((await visitsOf(listing)).length, 1);
    const { keys, matched, others } = listing.soFar();
    assert.deepEqual([keys, matched], [4, 1]);
    assert.deepEqual(
      others.map(({ why }) => why),
      [
        "is not of this pattern",
        "2026-02-30 is no day of the calendar",
        "begins or ends in white space, which no address can hold",
      ],
    );
  });

  it("has the first ten of each, however many come", async () => {
    const keys = Array.from({ length: 50 }, (_, no) => [`S1/2026-11-27/${no}.jpg`, `${no}.txt`]).flat();
    const listing = aListing("", "{store}/{date}/{name}.jpg", keys);
    await visitsOf(listing);
    const { rows, others, matched } = listing.soFar();
    assert.deepEqual([rows.length, others.length, matched], [10, 10, 50]);
    assert.deepEqual(rows[0], {
      storeId: "S1",
      visitTime: "2026-11-27",
      name: "0",
      url: "s3://photos/S1/2026-11-27/0.jpg",
    });
  });

  it("is a body that cannot be read where no key is a photo", async () => {
    await assert.rejects(visitsOf(aListing("in/", "{store}/{date}.jpg", ["in/a.txt"])), {
      message:
        'no key below s3://photos/in/ is a photo of the pattern: 1 key, the first is "in/a.txt", which is not of this pattern',
    });
    await assert.rejects(visitsOf(aListing("in/", "{store}/{date}.jpg", [])), /no keys at all/);
  });
});
