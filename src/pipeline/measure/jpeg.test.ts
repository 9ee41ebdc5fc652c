import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { aJpeg, join, segment } from "../../testing/image-bytes.ts";
import { walkJpeg } from "./jpeg.ts";

const START = [0xff, 0xd8];
const frame = (width: number, height: number, marker = 0xc0) =>
  segment(marker, [8, height >> 8, height & 255, width >> 8, width & 255, 1, 1, 0x11, 0]);

describe("the JPEG walker", () => {
  for (const marker of [0xc0, 0xc1, 0xc2, 0xc3, 0xc5, 0xc6, 0xc7, 0xc9, 0xca, 0xcb, 0xcd, 0xce, 0xcf, 0xde]) {
    it(`takes the size from a frame header 0x${marker.toString(16)}`, () => {
      const answer = walkJpeg(join(START, frame(17, 9, marker)));
      assert.deepEqual(answer, { kind: "size", width: 17, height: 9, orientation: null });
    });
  }

  for (const marker of [0xc4, 0xc8, 0xcc]) {
    it(`does not mistake 0x${marker.toString(16)} for a frame header`, () => {
      const answer = walkJpeg(join(START, frame(1, 1, marker), frame(17, 9)));
      assert.deepEqual(answer, { kind: "size", width: 17, height: 9, orientation: null });
    });
  }

  it("passes over fill bytes and restart markers before a segment", () => {
    const answer = walkJpeg(join(START, new Uint8Array(50_000).fill(0xff), [0xff, 0xd0], frame(17, 9)));
    assert.equal(answer.kind, "size");
  });

  it("asks for no more than the end of a huge segment and the marker behind it", () => {
    const file = aJpeg({ padding: 60_000 });
    assert.deepEqual(walkJpeg(file.subarray(0, 100)), { kind: "need", bytes: 2 + 18 + 60_004 + 2 });
  });

  it("takes the height from DNL, and calls a frame without one zero", () => {
    const file = aJpeg({ width: 33, height: 21, dnl: true });
    assert.deepEqual(walkJpeg(file), { kind: "size", width: 33, height: 21, orientation: null });
    const withoutLineCount = join(file.subarray(0, file.length - 8), [0xff, 0xd9]);
    const answer = walkJpeg(withoutLineCount);
    assert.equal(answer.kind === "fault" && answer.code, "zero_dimension");
    const withoutScan = walkJpeg(join(START, frame(9, 0), [0xff, 0xd9]));
    assert.equal(withoutScan.kind === "fault" && withoutScan.code, "zero_dimension");
  });

  const broken: readonly (readonly [string, Uint8Array])[] = [
    ["a scan before any frame", join(START, segment(0xda, [1, 1, 0, 0, 63, 0]))],
    ["an end before any frame", join(START, [0xff, 0xd9])],
    ["a second start before any frame", join(START, START, frame(9, 9))],
    ["a reserved marker", join(START, segment(0x42, [1, 2, 3]), frame(9, 9))],
    ["a table of length 1", join(START, [0xff, 0xdb, 0, 1], frame(9, 9))],
    ["a frame of length 0", join(START, [0xff, 0xc0, 0, 0, 8, 0, 9, 0, 9, 1, 1, 0x11, 0])],
    ["a frame of 74 bits a sample", join(START, segment(0xc0, [74, 0, 9, 0, 9, 1, 1, 0x11, 0]))],
    ["a frame that has no room for its components", join(START, segment(0xc0, [8, 0, 9, 0, 9, 3, 1, 0x11, 0]))],
  ];
  for (const [name, bytes] of broken) {
    it(`calls ${name} corrupt`, () => {
      const answer = walkJpeg(bytes);
      assert.equal(answer.kind === "fault" && answer.code, "corrupt");
    });
  }

  it("reads a comment of length 0 as decoders do: nothing to skip", () => {
    assert.equal(walkJpeg(join(START, [0xff, 0xfe, 0, 0, 1, 2, 3], frame(17, 9))).kind, "size");
  });

  it("refuses JPEG-LS", () => {
    const answer = walkJpeg(join(START, frame(9, 9, 0xf7)));
    assert.equal(answer.kind === "fault" && answer.code, "unsupported_format");
  });
});
