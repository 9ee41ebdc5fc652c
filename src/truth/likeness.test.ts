/** A photo used again is told from another photo by its sketch alone: codes find it, alignment proves it. */
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { aShelf, cropped, framed, lit, mirrored, shrunk, stamped, turned } from "../testing/grey-pictures.ts";
import { askedCode, entriesOf, NEAR_ENOUGH, probesOf, questionsByBucket } from "./fingerprint.ts";
import type { GreyPicture } from "./grey-picture.ts";
import { createMatcher, type Match } from "./match.ts";
import { isPlain, sketchOf } from "./sketch.ts";
import { distanceOf } from "./window-code.ts";
import { STORED_WINDOWS } from "./windows.ts";

/** Through index and alignment, as the service goes. Null when the codes do not even meet. */
function matchOf(earlier: GreyPicture, later: GreyPicture): Match | null {
  const sketches = { earlier: sketchOf(earlier), later: sketchOf(later) };
  const entries = entriesOf(sketches.earlier);
  const probes = probesOf(sketches.later);
  const asking = questionsByBucket(probes);
  const guesses = entries.flatMap(({ window, bucket, code }) =>
    (asking.get(bucket) ?? []).flatMap((question) => {
      const earlier = STORED_WINDOWS[window];
      const distance = distanceOf(code, askedCode(probes, question));
      return earlier && distance <= NEAR_ENOUGH ? [{ ...question, earlier, later: question.window, distance }] : [];
    }),
  );
  return guesses.length === 0 ? null : createMatcher(sketches.later)(sketches.earlier, guesses);
}

const SEEDS = [1, 2, 3, 4, 5, 6];
const CHANGES: readonly (readonly [string, string, (picture: GreyPicture) => GreyPicture])[] = [
  ["lit otherwise", "as it is", (picture) => lit(picture, 1.2, -20)],
  ["made small", "as it is", (picture) => shrunk(picture, 80, 60)],
  ["stretched", "as it is", (picture) => shrunk(picture, 300, 240)],
  ["cropped by 5 %", "as it is", (picture) => cropped(picture, 0.95, 0.9)],
  ["cropped by 10 %", "as it is", (picture) => cropped(picture, 0.9, 0.2)],
  ["stamped with date and place", "as it is", (picture) => stamped(picture, 0.2)],
  ["shown in a screenshot", "as it is", (picture) => framed(picture, 30, 0)],
  ["mirrored", "mirrored", mirrored],
  ["turned", "turned by 270°", turned],
  ["upside down", "turned by 180°", (picture) => turned(turned(picture))],
  ["turned back", "turned by 90°", (picture) => turned(turned(turned(picture)))],
];

describe("a photo used again", () => {
  for (const [name, view, change] of CHANGES) {
    it(`is known ${name}`, () => {
      for (const seed of SEEDS) {
        const shelf = aShelf(seed);
        const match = matchOf(shelf, change(shelf));
        assert.ok(match && match.score >= 0.95, `shelf ${seed}: ${match?.score ?? "not found"}`);
        assert.equal(match.view, view, `shelf ${seed}`);
      }
    });
  }

  it("is known in six of ten when a fifth of it was cropped away", () => {
    const shelves = Array.from({ length: 20 }, (_, seed) => aShelf(seed + 10));
    const known = shelves.filter((shelf, i) => (matchOf(shelf, cropped(shelf, 0.8, (i % 5) / 4))?.score ?? 0) >= 0.95);
    assert.ok(known.length >= 12, `${known.length} of 20`);
  });

  it("is not every photo: other shelves do not come near", () => {
    const scores = SEEDS.flatMap((a) =>
      SEEDS.filter((b) => b !== a).map((b) => matchOf(aShelf(a), aShelf(b))?.score ?? 0),
    );
    assert.ok(Math.max(...scores) < 0.5, String(Math.max(...scores)));
  });

  it("gives the same sketch whatever bars a screenshot puts around it", () => {
    const plain = sketchOf(aShelf(1));
    for (const shade of [0, 255]) assert.deepEqual(sketchOf(framed(aShelf(1), 20, shade)), plain);
  });

  it("is not looked for when it shows nothing", () => {
    assert.equal(isPlain(sketchOf(lit(aShelf(1), 0, 40))), true);
    assert.equal(isPlain(sketchOf(aShelf(1))), false);
  });
});
