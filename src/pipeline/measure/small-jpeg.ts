/**
 * The small JPEGs that cameras embed, as grey pictures, by mozjpeg in WebAssembly: sharp takes 0.4 ms for any picture before its first pixel, and there
 * are as many of these as photos. The same pixels, and the same grey, as sharp gives. For the decoding process only.
 */
import type { GreyPicture } from "../../truth/grey-picture.ts";
import { isTrap } from "./decode-messages.ts";
import { isFrameHeader, isStandalone, MARKER, nextMarker } from "./jpeg-markers.ts";
import { u16be } from "./read-bytes.ts";

/** A larger one is made smaller next, which is sharp's. */
const MOST_SIDE = 320;
const BASELINE = 0xc0;
const APP2 = 0xe2;
const RGBA = 4;
/** What ends libjpeg leaves its memory behind, and a part of its stack. */
const MOST_FAULTS = 16;
let faults = 0;

/** Null for what is sharp's: another kind of JPEG, a larger one, one that libjpeg gives up. */
export async function smallJpeg(bytes: Uint8Array): Promise<GreyPicture | null> {
  if (faults === MOST_FAULTS || !isSmallAndPlain(bytes)) return null;
  const { jpeg } = await import("icodec/node");
  await jpeg.loadDecoder();
  try {
    const { width, height, data } = jpeg.decode(new Uint8Array(bytes));
    return { width, height, pixels: greyOf(data, width * height) };
  } catch (error) {
    if (isTrap(error)) throw error;
    faults += 1;
    return null;
  }
}

function isSmallAndPlain(bytes: Uint8Array): boolean {
  if (bytes[0] !== 0xff || bytes[1] !== MARKER.startOfImage) return false;
  let isSmall = false;
  for (let at = 2; ; ) {
    const code = nextMarker(bytes, at);
    if (code < 0 || code + 3 > bytes.length) return false;
    const marker = bytes[code] ?? 0;
    if (marker === MARKER.startOfScan) return isSmall;
    if (isFrameHeader(marker)) {
      if (marker !== BASELINE || isSmall) return false;
      isSmall = isSmallFrame(bytes, code + 1);
      if (!isSmall) return false;
    }
    // EXIF turns a picture and a profile changes its colours, which sharp knows to do.
    if (isStandalone(marker) || marker === MARKER.app1 || marker === APP2) return false;
    at = code + 1 + u16be(bytes, code + 1);
  }
}

/** `at` is the place of the frame header's length. */
function isSmallFrame(bytes: Uint8Array, at: number): boolean {
  const [height, width, components] = [u16be(bytes, at + 3), u16be(bytes, at + 5), bytes[at + 7]];
  const isSide = (side: number) => side > 0 && side <= MOST_SIDE;
  return bytes[at + 2] === 8 && isSide(width) && isSide(height) && (components === 1 || components === 3);
}

/** Of a level of sRGB, how much light it is: 0 to 1. */
const LIGHT = Float64Array.from({ length: 256 }, (_, level) => {
  const share = level / 255;
  return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
});
const LEVELS = 2 ** 14;
const shade = (light: number) =>
  Math.round(255 * (light <= 0.0031308 ? 12.92 * light : 1.055 * light ** (1 / 2.4) - 0.055));
/** The other way round, between 256 steps of light as libvips reads its table. */
const LEVEL = Uint8Array.from({ length: LEVELS + 1 }, (_, i) => {
  const light = (255 * i) / LEVELS;
  const step = Math.min(254, Math.floor(light));
  const [below, above] = [shade(step / 255), shade((step + 1) / 255)];
  return Math.round(below + (above - below) * (light - step));
});

/** Rec. 709's weights on light and not on levels, as libvips does it. */
function greyOf(rgba: ArrayLike<number>, count: number): Uint8Array {
  const pixels = new Uint8Array(count);
  for (let i = 0, at = 0; i < count; i++, at += RGBA) {
    const red = rgba[at] ?? 0;
    const green = rgba[at + 1] ?? 0;
    const blue = rgba[at + 2] ?? 0;
    const light = 0.2126 * (LIGHT[red] ?? 0) + 0.7152 * (LIGHT[green] ?? 0) + 0.0722 * (LIGHT[blue] ?? 0);
    pixels[i] = red === green && green === blue ? red : (LEVEL[Math.round(light * LEVELS)] ?? 0);
  }
  return pixels;
}
