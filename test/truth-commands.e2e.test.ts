/** Flagged photos from submission to decision, over the real program: fetched, decoded, judged, reviewed at the command line. */
import assert from "node:assert/strict";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { after, before, describe, it, type TestContext } from "node:test";
import sharp from "sharp";
import { aShelf, lit, mirrored } from "../src/testing/grey-pictures.ts";
import { type ImageHost, startImageHost } from "../src/testing/image-host.ts";
import type { GreyPicture } from "../src/truth/grey-picture.ts";
import { aDataDir, aLedgerOf, createEnding, runCommand, startService } from "./storewalk-process.ts";

const STORES = "store_id,store_name,area_code\nS1,Corner shop,7100015\nS2,Main,7100016\n";
const ending = createEnding();
let host: ImageHost;
let url: string;
let settings: Readonly<Record<string, string>>;
let mirroredFile: Buffer;

const jpegOf = ({ width, height, pixels }: GreyPicture) =>
  sharp(pixels, { raw: { width, height, channels: 1 } })
    .jpeg({ quality: 92 })
    .toBuffer();

before(async () => {
  mirroredFile = await jpegOf(mirrored(aShelf(1)));
  host = await startImageHost({
    "/shelf.jpg": { kind: "file", bytes: await jpegOf(aShelf(1)) },
    "/mirrored.jpg": { kind: "file", bytes: mirroredFile },
    "/dark.jpg": { kind: "file", bytes: await jpegOf(lit(aShelf(2), 0.2, 0)) },
  });
  settings = {
    STOREWALK_PORT: "0",
    ...aLedgerOf(ending, STORES),
    STOREWALK_ALLOW_HOSTS: host.host,
    STOREWALK_GPU_LATENCY_MS: "1",
    STOREWALK_INSPECT: "full",
  };
  url = (await startService(ending, settings).ready) ?? assert.fail("the service must start");
  const visit = (store: string, photo: string, agent: string) => ({
    store_id: store,
    image_url: [host.url(photo)],
    visit_time: "2026-01-05T10:00:00Z",
    metadata: { agent },
  });
  const sent = (visits: readonly object[]) => ({ stdin: JSON.stringify({ count: visits.length, visits }), settings });
  // Of two that show the same, the one that arrives later is the one used again.
  const submitted = await runCommand(
    ["submit", "-", "--watch", "--url", url],
    sent([visit("S1", "/shelf.jpg", "Anna")]),
  );
  const late = [visit("S2", "/mirrored.jpg", "Ben"), visit("S2", "/dark.jpg", "Ben")];
  const added = await runCommand(["jobs", "add", "1", "-", "--url", url], sent(late));
  assert.equal(added.code, 0, added.stderr);
  await runCommand(["jobs", "watch", "1", "--url", url], { settings });
  assert.equal(submitted.stdout.split("\n", 1)[0], "1", submitted.stderr);
});
after(async () => {
  await ending.end();
  await host.close();
});

const run = async (...args: readonly string[]) => await runCommand([...args, "--url", url], { settings });

async function printed(...args: readonly string[]): Promise<string> {
  const { code, stdout, stderr } = await run(...args);
  assert.equal(code, 0, stderr);
  return stdout;
}

const rows = async (...args: readonly string[]) => JSON.parse(await printed(...args, "--json"));

describe("storewalk truth", () => {
  it("shows a job's flagged photos, in words for people and whole for programs", async () => {
    const { stdout, stderr } = await run("truth", "1");
    assert.match(stderr, /^Job 1: 2 of 3 images are flagged, 0 of them dismissed\. reused 1, dark 1/);
    const [head, dark, reused] = stdout.split("\n");
    assert.match(head ?? "", /^JOB {2}IMAGE {2}STORE {2}DAY +AGENT {2}STATE {2}FLAGS +WHY/);
    assert.match(dark ?? "", /^1 +2 +S2 +2026-01-05 +Ben +open +dark +95 of 100 pixels are at most \d+ of 255 bright/);
    assert.match(reused ?? "", /reused +the same picture, mirrored in another store \(S1\)/);
    const [program] = await rows("truth", "1", "--flag", "reused");
    assert.partialDeepStrictEqual(program, {
      image: 1,
      evidence: [{ flag: "reused", measure: "likeness", threshold: 0.95, weight: "strong" }],
      reuse_of: [{ job_id: 1, image: 0, kind: "mirrored" }],
    });
    assert.ok(Math.abs(program.reuse_of[0].lay_over[0] + 1) < 0.05);
  });

  it("reviews photos of all jobs, decides about them and takes it back", async () => {
    assert.equal((await rows("truth", "review", "--agent", "Ben")).length, 2);
    assert.equal((await rows("truth", "review", "--agent", "Anna")).length, 0);
    const [decided] = [await rows("truth", "dismiss", "1", "2", "--note", "the lights were out")];
    assert.deepEqual(decided, { changed: 1, unchanged: 0, not_found: [] });
    const [dismissed] = await rows("truth", "review", "--state", "dismissed");
    assert.partialDeepStrictEqual(dismissed, { image: 2, decision: { note: "the lights were out" } });
    assert.match(await printed("jobs", "export", "1"), /,dismissed\n/);
    assert.equal((await rows("truth", "shares"))[0].flagged_visits, 1);
    const none = await run("truth", "accept", "1", "0", "1");
    assert.equal(none.code, 65, none.stdout + none.stderr);
    assert.match(none.stderr, /1 image with flags accepted\. Without a flag in job 1: image 0\./);
    const lost = await run("truth", "accept", "1", "2", "--flag", "dark");
    assert.deepEqual([lost.code, /unknown option '--flag'/.test(lost.stderr)], [64, true]);
    assert.match(
      (await run("truth", "shares", "--by", "area")).stdout,
      /^AREA +VISITS +FLAGGED +SHARE\n.* \d+(?:\.\d)?%/,
    );
    await printed("truth", "undo", "1", "1", "2");
    assert.equal((await rows("truth", "review", "--state", "open")).length, 2);
    assert.match(
      (await run("truth", "review", "--flag", "odd")).stderr,
      /--flag cannot be "odd": it is one of reused, blurred/,
    );
  });

  it("says whether a photo was seen before", async (t: TestContext) => {
    const file = join(aDataDir(t), "photo.jpg");
    writeFileSync(file, mirroredFile);
    for (const photo of [file, host.url("/mirrored.jpg")]) {
      const found = await rows("truth", "similar", photo);
      assert.partialDeepStrictEqual(found, [{ kind: "same_bytes" }, { kind: "mirrored" }]);
    }
    assert.match((await run("truth", "similar", host.url("/gone.jpg"))).stderr, /404|not_found|not found/);
  });

  it("shows and changes what photos are judged by", async () => {
    assert.equal(JSON.parse(await printed("truth", "settings", "--json")).quality.dark_below, 90);
    const set = ["--set", "quality.dark_below=80", "reuse.same_visit.weight=off"];
    const changed = JSON.parse(await printed("truth", "settings", ...set, "--json"));
    assert.partialDeepStrictEqual(changed, { quality: { dark_below: 80 }, reuse: { same_visit: { weight: "off" } } });
    assert.equal(JSON.parse(await printed("truth", "settings", "--json")).quality.dark_below, 80);
    assert.match((await run("truth", "settings", "--set", "colour=red")).stderr, /NAME=VALUE with a name/);
  });
});
