/** Good files of every format, and what is no image: what the byte mutators begin with. All are made here, none came from outside. */
import { gzipSync } from "node:zlib";
import { aBmp, aGif, aJpeg, aPng, aWebp, box, join } from "../../src/testing/image-bytes.ts";
import {
  aJxl,
  aJxlCodestream,
  anAvif,
  anIco,
  aPsd,
  aTiff,
  clap,
  ftyp,
  ispe,
  locatedMeta,
  meta,
} from "../../src/testing/rare-image-bytes.ts";

const text = (words: string) => new TextEncoder().encode(words);
const SVG = '<?xml version="1.0"?><!-- a --><svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"/>';
const small = { width: 16, height: 12 };

export const SEEDS: readonly [Uint8Array, ...Uint8Array[]] = [
  aJpeg(small),
  aJpeg({ ...small, orientation: 6, thumbnail: aJpeg(small), padding: 90, fillBytes: 3 }),
  aJpeg({ ...small, progressive: true, dnl: true, second: aJpeg(small) }),
  aPng(small),
  aPng({ ...small, interlaced: true, textBytes: 30, trailing: Uint8Array.of(1, 2, 3) }),
  aGif(small),
  aGif({ ...small, frames: 3, version: "87a" }),
  aWebp(small),
  aWebp({ ...small, variant: "lossless" }),
  aWebp({ ...small, variant: "extended", orientation: 8 }),
  aWebp({ ...small, variant: "animated" }),
  aBmp(small),
  aBmp({ ...small, header: "core" }),
  aBmp({ ...small, header: "v5", topDown: true }),
  anAvif(),
  join(ftyp("avif"), locatedMeta(200), box("mdat", [1, 2, 3])),
  join(ftyp("heic"), meta([ispe(40, 30), clap(39, 1, 29, 1, 0, 1, 0, 1)], [[1, 2], [1]]), box("mdat", [1, 2, 3])),
  aTiff({ data: 90 }),
  aTiff({ first: 120 }),
  anIco(),
  aPsd(),
  aJxl(),
  aJxlCodestream(),
  text("<!DOCTYPE html><html><body><h1>Gone</h1><svg width='9'></svg></body></html>"),
  text(SVG),
  gzipSync(SVG),
  text('{"error":"no such image"}'),
];
