/** Blurred, dark, bright and small photos are told from good ones. */
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { USUAL_SETTINGS } from "../domain/truth-rules.ts";
import { aShelf, lit, smeared } from "../testing/grey-pictures.ts";
import type { GreyPicture } from "./grey-picture.ts";
import { qualityFlags, qualityOf } from "./quality.ts";

const LARGE = { width: 3000, height: 2000 };
const flagsOf = (picture: GreyPicture) => qualityFlags(qualityOf(picture), LARGE);
const outOfFocus = (picture: GreyPicture) =>
  smeared(smeared(smeared(smeared(picture, 5, 1, 0), 5, 0, 1), 5, 1, 0), 5, 0, 1);

describe("the quality of a photo", () => {
  it("raises no flag for a good one", () => {
    for (const seed of [1, 2, 3]) assert.deepEqual(flagsOf(aShelf(seed)), []);
  });

  it("is blurred when the lens was out of focus", () => assert.deepEqual(flagsOf(outOfFocus(aShelf(1))), ["blurred"]));

  for (let degrees = 0; degrees < 180; degrees += 15) {
    it(`is blurred when the hand moved at ${degrees}°`, () => {
      const angle = (degrees * Math.PI) / 180;
      for (const seed of [1, 2, 3]) {
        assert.deepEqual(
          flagsOf(smeared(aShelf(seed), 9, Math.cos(angle), Math.sin(angle))),
          ["blurred"],
          `shelf ${seed}`,
        );
      }
    });
  }

  it("is dark without light, and then not called blurred", () => {
    assert.deepEqual(flagsOf(lit(outOfFocus(aShelf(1)), 0.2, 0)), ["dark"]);
  });

  it("is bright when all shade is gone", () => assert.deepEqual(flagsOf(lit(aShelf(1), 0.6, 140)), ["bright"]));

  it("is small by its shorter side", () => {
    const quality = qualityOf(aShelf(1));
    assert.deepEqual(qualityFlags(quality, { width: 900, height: 199 }), ["small"]);
    assert.deepEqual(qualityFlags(quality, { width: 900, height: 200 }), []);
    assert.deepEqual(qualityFlags(null, { width: 199, height: 900 }), ["small"]);
  });

  it("is judged by the thresholds that are handed in", () => {
    assert.deepEqual(
      qualityFlags(qualityOf(aShelf(1)), LARGE, { ...USUAL_SETTINGS.thresholds, dark_below: 256, least_side: 4000 }),
      ["dark", "small"],
    );
  });

  it("says nothing about the sharpness of a few pixels", () => {
    assert.deepEqual(qualityFlags(qualityOf({ width: 4, height: 4, pixels: new Uint8Array(16).fill(120) }), LARGE), []);
  });
});
