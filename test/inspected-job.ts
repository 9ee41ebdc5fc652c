/**
 * A job of photos of which every second shows again what another shows, and a look at the pairs that came of it: what crash tests judge
 * inspections by. Loopback only.
 */
import assert from "node:assert/strict";
import sharp from "sharp";
import { Type } from "typebox";
import { Value } from "typebox/value";
import { SubmitReply } from "../src/http/schemas.ts";
import { aShelf, cropped, lit, mirrored } from "../src/testing/grey-pictures.ts";
import { startImageHost } from "../src/testing/image-host.ts";
import { contentBoxOf } from "../src/truth/content-box.ts";
import type { GreyPicture } from "../src/truth/grey-picture.ts";
import { readStatus } from "./numbered-job.ts";
import type { Ending } from "./storewalk-process.ts";

export const TWO_STORES = "store_id,store_name,area_code\nS1,Corner shop,7100015\nS2,Market,7100016\n";
const IMAGES_A_VISIT = 4;
const END_MS = 900_000;

const ResultLine = Type.Object({
  image: Type.Integer(),
  image_url: Type.String(),
  width: Type.Union([Type.Integer(), Type.Null()]),
  reuse_of: Type.Array(Type.Object({ image: Type.Integer() })),
});

/** What became of the second photo of a pair. */
const CHANGES: readonly ((picture: GreyPicture) => GreyPicture)[] = [
  (picture) => picture,
  mirrored,
  (picture) => cropped(picture, 0.95),
  (picture) => lit(picture, 0.8, 10),
];

/** Serves so many pairs; returns where. The first photo of pair n is `/n-a.jpg`, the second `/n-b.jpg`. */
export async function startPairHost(t: Ending, pairs: number): Promise<string> {
  const routes: Record<string, { readonly kind: "file"; readonly bytes: Uint8Array }> = {};
  for (let pair = 0, seed = 1_000; pair < pairs; seed++) {
    const shelf = aShelf(seed);
    const change = CHANGES[pair % CHANGES.length] ?? mirrored;
    if (![shelf, change(shelf)].every(fillsItsPicture)) continue;
    routes[`/${pair}-a.jpg`] = { kind: "file", bytes: await jpegOf(shelf) };
    routes[`/${pair}-b.jpg`] = { kind: "file", bytes: await jpegOf(change(shelf)) };
    pair++;
  }
  const host = await startImageHost(routes);
  t.after(() => host.close());
  return host.host;
}

/** A drawn shelf with a plain edge may look like one with a border in one photo and not in the other: nobody finds it again then, killed or not. */
function fillsItsPicture(picture: GreyPicture): boolean {
  const { left, top, right, bottom } = contentBoxOf(picture);
  return left + top === 0 && right === picture.width && bottom === picture.height;
}

async function jpegOf({ width, height, pixels }: GreyPicture): Promise<Uint8Array> {
  return await sharp(pixels, { raw: { width, height, channels: 1 } })
    .jpeg({ quality: 85 })
    .toBuffer();
}

/** The first of each pair in one store, the second in the other, some close together and some far apart. */
export async function submitPairs(address: string, host: string, pairs: number): Promise<number> {
  const names = Array.from({ length: pairs }, (_, pair) => `${pair}-a`);
  const others = Array.from({ length: pairs }, (_, pair) => `${pair}-b`);
  // Interleaved, and the second half turned round: a pair is worked on at the same time, or one long after the other.
  const lines: string[] = [];
  for (let at = 0; at < pairs; at += IMAGES_A_VISIT) {
    lines.push(visitOf("S1", names.slice(at, at + IMAGES_A_VISIT), host));
    const from = at < pairs / 2 ? at : pairs - at + pairs / 2 - IMAGES_A_VISIT;
    lines.push(visitOf("S2", others.slice(from, from + IMAGES_A_VISIT), host));
  }
  const response = await fetch(`${address}/api/v1/jobs?inspect=full`, {
    method: "POST",
    headers: { "content-type": "application/x-ndjson" },
    body: lines.join(""),
  });
  const text = await response.text();
  assert.equal(response.status, 201, text);
  return Value.Parse(SubmitReply, JSON.parse(text)).job_id;
}

function visitOf(store: string, names: readonly string[], host: string): string {
  const image_url = names.map((name) => `http://${host}/${name}.jpg`);
  return `${JSON.stringify({ store_id: store, visit_time: "2026-03-02T10:00:00Z", image_url })}\n`;
}

/** Waits for the job's end: every photo measured, every pair told by exactly one of its two photos, and nothing else told. */
export async function assertPairsFound(address: string, jobId: number, pairs: number): Promise<void> {
  const until = Date.now() + END_MS;
  for (;;) {
    const status = await readStatus(address, jobId).catch(() => null);
    if (status && status.status !== "ongoing") break;
    assert.ok(Date.now() < until, "the job did not end");
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
  const text = await (await fetch(`${address}/api/v1/jobs/${jobId}/results?format=ndjson`)).text();
  const rows = text
    .trimEnd()
    .split("\n")
    .map((line) => Value.Parse(ResultLine, JSON.parse(line)));
  assert.equal(rows.length, 2 * pairs);
  assert.deepEqual(
    rows.filter(({ width }) => width === null),
    [],
  );
  const nameOf = new Map(rows.map(({ image, image_url }) => [image, image_url.replace(/^.*\/(.*)\.jpg$/, "$1")]));
  const told = rows.flatMap(({ image, reuse_of }) =>
    reuse_of.map((other) => [nameOf.get(image), nameOf.get(other.image)].toSorted().join(" ")),
  );
  const wanted = Array.from({ length: pairs }, (_, pair) => `${pair}-a ${pair}-b`);
  assert.deepEqual(told.toSorted(), wanted.toSorted());
}
