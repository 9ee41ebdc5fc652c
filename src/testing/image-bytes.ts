/**
 * Small valid images of the five main formats, made byte by byte so that tests choose every detail of their headers.
 * All pixels are of one colour. For tests only.
 */
import { crc32, deflateSync } from "node:zlib";

type Dimensions = { readonly width?: number; readonly height?: number };
/** Bytes behind the image's end, as cameras and polyglots leave them. */
type Trailing = { readonly trailing?: Uint8Array };

export type JpegOptions = Dimensions &
  Trailing & {
    readonly orientation?: number;
    /** A whole JPEG inside the EXIF block. */
    readonly thumbnail?: Uint8Array;
    /** Bytes of APP2 segments before the frame header. */
    readonly padding?: number;
    readonly fillBytes?: number;
    readonly progressive?: boolean;
    /** Height 0 in the frame header; the real one stands in a DNL segment behind the first scan. */
    readonly dnl?: boolean;
    /** A second image behind the first, as in an MPO file. */
    readonly second?: Uint8Array;
  };

export function aJpeg(options: JpegOptions = {}): Uint8Array {
  const { width = 40, height = 30, padding = 0, fillBytes = 0, progressive = false, dnl = false } = options;
  const blocks = Math.ceil(width / 8) * Math.ceil(height / 8);
  const lineCount = dnl ? segment(0xdc, u16be(height)) : [];
  // One table for DC and one for AC, each with the single code 0: no difference, end of block.
  const table = (id: number) => segment(0xc4, [id, 1, ...zeros(15), 0]);
  const scan = (bits: number, from: number, to: number) =>
    join(segment(0xda, [1, 1, 0, from, to, 0]), scanData(bits), lineCount);
  const scans = progressive ? join(scan(blocks, 0, 0), scan(blocks, 1, 63)) : scan(blocks * 2, 0, 63);
  return join(
    [0xff, 0xd8],
    segment(0xe0, [...ascii("JFIF\0"), 1, 1, 0, 0, 1, 0, 1, 0, 0]),
    options.orientation || options.thumbnail ? exifSegment(options.orientation ?? 1, options.thumbnail) : [],
    paddingSegments(padding),
    segment(0xdb, [0, ...new Array<number>(64).fill(1)]),
    new Uint8Array(fillBytes).fill(0xff),
    segment(progressive ? 0xc2 : 0xc0, [8, ...u16be(dnl ? 0 : height), ...u16be(width), 1, 1, 0x11, 0]),
    table(0x00),
    table(0x10),
    scans,
    [0xff, 0xd9],
    options.second ?? [],
    options.trailing ?? [],
  );
}

export type PngOptions = Dimensions & Trailing & { readonly interlaced?: boolean; readonly textBytes?: number };

export function aPng({ width = 40, height = 30, interlaced = false, textBytes = 0, trailing }: PngOptions = {}) {
  const rows = (wide: number, high: number) => new Uint8Array(wide > 0 ? high * (1 + Math.ceil(wide / 8)) : 0);
  const pixels = interlaced
    ? ADAM7.map(([x, y, dx, dy]) => rows(Math.ceil((width - x) / dx), Math.max(0, Math.ceil((height - y) / dy))))
    : [rows(width, height)];
  return join(
    [0x89, ...ascii("PNG\r\n\x1a\n")],
    pngChunk("IHDR", [...u32be(width), ...u32be(height), 1, 0, 0, 0, interlaced ? 1 : 0]),
    textBytes > 0 ? pngChunk("tEXt", [...ascii("Comment\0"), ...new Uint8Array(textBytes).fill(0x20)]) : [],
    pngChunk("IDAT", deflateSync(join(...pixels))),
    pngChunk("IEND", []),
    trailing ?? [],
  );
}

/** First column and row, then steps, of each pass. */
const ADAM7 = [
  [0, 0, 8, 8],
  [4, 0, 8, 8],
  [0, 4, 4, 8],
  [2, 0, 4, 4],
  [0, 2, 2, 4],
  [1, 0, 2, 2],
  [0, 1, 1, 2],
] as const;

export type GifOptions = Dimensions & Trailing & { readonly frames?: number; readonly version?: "87a" | "89a" };

/** The frames are of one pixel each, on a screen of the full size. */
export function aGif({ width = 40, height = 30, frames = 1, version = "89a", trailing }: GifOptions = {}): Uint8Array {
  const control = frames > 1 ? [0x21, 0xf9, 4, 0, 10, 0, 0, 0] : [];
  const frame = [...control, 0x2c, ...zeros(4), 1, 0, 1, 0, 0, 2, 2, 0x44, 0x01, 0];
  const loop = frames > 1 ? [0x21, 0xff, 11, ...ascii("NETSCAPE2.0"), 3, 1, 0, 0, 0] : [];
  return join(
    ascii(`GIF${version}`),
    [...u16le(width), ...u16le(height), 0x80, 0, 0, 0, 0, 0, 255, 255, 255],
    loop,
    new Array<number[]>(frames).fill(frame).flat(),
    [0x3b],
    trailing ?? [],
  );
}

export type WebpOptions = Dimensions &
  Trailing & { readonly variant?: "lossy" | "lossless" | "extended" | "animated"; readonly orientation?: number };

export function aWebp(options: WebpOptions = {}): Uint8Array {
  const { width = 40, height = 30, variant = "lossy", orientation, trailing } = options;
  const lossless = () => riffChunk("VP8L", vp8l(width, height));
  const exif = orientation ? riffChunk("EXIF", exifTiff(orientation)) : [];
  const canvas = (flags: number) =>
    riffChunk("VP8X", [flags | (orientation ? 8 : 0), 0, 0, 0, ...u24le(width - 1), ...u24le(height - 1)]);
  const chunks = {
    lossy: () => riffChunk("VP8 ", vp8(width, height)),
    lossless,
    extended: () => join(canvas(0), lossless(), exif),
    animated: () => join(canvas(2), riffChunk("ANIM", zeros(6)), animationFrame(), animationFrame(), exif),
  };
  const body = join(ascii("WEBP"), chunks[variant]());
  return join(ascii("RIFF"), u32le(body.length), body, trailing ?? []);
}

export type BmpOptions = Dimensions &
  Trailing & { readonly header?: "core" | "info" | "v5"; readonly topDown?: boolean; readonly fileSize?: number };

export function aBmp(options: BmpOptions = {}): Uint8Array {
  const { width = 40, height = 30, header = "info", topDown = false, trailing } = options;
  const pixels = new Uint8Array(Math.ceil(width / 32) * 4 * height);
  const fields = [1, 0, 1, 0, ...zeros(8), ...u32le(2835), ...u32le(2835), ...zeros(8)];
  const long = (bytes: number) => {
    const used = [...u32le(bytes), ...u32le(width), ...u32le(topDown ? -height : height), ...fields];
    return [...used, ...zeros(bytes - used.length)];
  };
  const headers = {
    core: () => [...u32le(12), ...u16le(width), ...u16le(height), 1, 0, 1, 0],
    info: () => long(40),
    v5: () => long(124),
  };
  const info = headers[header]();
  const palette = header === "core" ? [0, 0, 0, 255, 255, 255] : [0, 0, 0, 0, 255, 255, 255, 0];
  const start = 14 + info.length + palette.length;
  const fileSize = options.fileSize ?? start + pixels.length;
  return join(ascii("BM"), u32le(fileSize), zeros(4), u32le(start), info, palette, pixels, trailing ?? []);
}

/** A little-endian TIFF structure whose first directory says the orientation, with a thumbnail in the second when given. */
export function exifTiff(orientation: number, thumbnail: Uint8Array = new Uint8Array()): Uint8Array {
  const first = [1, 0, 0x12, 0x01, 3, 0, 1, 0, 0, 0, ...u16le(orientation), 0, 0];
  const second = [2, 0, 0x01, 0x02, 4, 0, 1, 0, 0, 0, ...u32le(56), 0x02, 0x02, 4, 0, 1, 0, 0, 0];
  const head = [...ascii("II"), 42, 0, 8, 0, 0, 0, ...first, ...u32le(26)];
  return join(head, second, u32le(thumbnail.length), zeros(4), thumbnail);
}

export function join(...parts: readonly ArrayLike<number>[]): Uint8Array {
  const joined = new Uint8Array(parts.reduce((length, part) => length + part.length, 0));
  let at = 0;
  for (const part of parts) {
    joined.set(part, at);
    at += part.length;
  }
  return joined;
}

/** A JPEG segment with its marker and length. */
export function segment(marker: number, data: ArrayLike<number>): Uint8Array {
  return join([0xff, marker], u16be(data.length + 2), data);
}

/** A box of the ISO base media file format. */
export function box(type: string, ...data: readonly ArrayLike<number>[]): Uint8Array {
  const body = join(...data);
  return join(u32be(body.length + 8), ascii(type), body);
}

export function ascii(text: string): number[] {
  return Array.from(text, (character) => character.charCodeAt(0));
}

export function zeros(count: number): number[] {
  return new Array<number>(count).fill(0);
}

export const u16be = (value: number): number[] => [(value >> 8) & 255, value & 255];
export const u16le = (value: number): number[] => [value & 255, (value >> 8) & 255];
export const u24le = (value: number): number[] => [...u16le(value), (value >> 16) & 255];
export const u32be = (value: number): number[] => [...u16be(value >>> 16), ...u16be(value)];
export const u32le = (value: number): number[] => [...u16le(value), ...u16le(value >>> 16)];

function exifSegment(orientation: number, thumbnail?: Uint8Array): Uint8Array {
  return segment(0xe1, join(ascii("Exif\0\0"), exifTiff(orientation, thumbnail)));
}

function paddingSegments(bytes: number): Uint8Array {
  const parts: Uint8Array[] = [];
  for (let left = bytes; left > 0; left -= 60_000) parts.push(segment(0xe2, new Uint8Array(Math.min(left, 60_000))));
  return join(...parts);
}

/** So many zero bits, filled up with ones as the standard wants. */
function scanData(bits: number): Uint8Array {
  const data = new Uint8Array(Math.ceil(bits / 8));
  if (bits % 8 > 0) data[data.length - 1] = (1 << (8 - (bits % 8))) - 1;
  return data;
}

function pngChunk(type: string, data: ArrayLike<number>): Uint8Array {
  const checked = join(ascii(type), data);
  return join(u32be(data.length), checked, u32be(crc32(checked)));
}

function riffChunk(type: string, data: ArrayLike<number>): Uint8Array {
  return join(ascii(type), u32le(data.length), data, zeros(data.length % 2));
}

/** A key frame whose bool-coded data are all zeros: black macroblocks without coefficients. */
function vp8(width: number, height: number): Uint8Array {
  const macroblocks = Math.ceil(width / 16) * Math.ceil(height / 16);
  const first = 256 + macroblocks * 4;
  const tag = u24le((first << 5) | 0x10);
  return join(tag, [0x9d, 0x01, 0x2a], u16le(width), u16le(height), zeros(first), zeros(64 + macroblocks * 8));
}

/** No transforms, no cache, and five codes of one symbol each: every pixel then takes no bits at all. */
function vp8l(width: number, height: number): Uint8Array {
  return join([0x2f], u32le((width - 1) | ((height - 1) << 14)), [0x88, 0x88, 0x08, 0, 0, 0]);
}

/** One pixel in the corner, 100 ms. */
function animationFrame(): Uint8Array {
  return riffChunk("ANMF", join(zeros(12), u24le(100), [0], riffChunk("VP8L", vp8l(1, 1))));
}
