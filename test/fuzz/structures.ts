/**
 * Files built from the grammar of each common format with wrong words in it: good magic bytes, so that parsers begin; then parts in
 * any order with lengths and numbers that are mostly right.
 */
import { crc32 } from "node:zlib";
import {
  ascii,
  exifTiff,
  join,
  segment,
  u16be,
  u16le,
  u24le,
  u32be,
  u32le,
  zeros,
} from "../../src/testing/image-bytes.ts";
import type { Choices } from "./choices.ts";

/** Right but for a few of a hundred. */
const WRONG_LENGTH = 6;

export function jpegMarkers(choices: Choices): Uint8Array {
  const { below, odd, percent, pick, several } = choices;
  const lengthed = (marker: number, data: ArrayLike<number>) =>
    percent(WRONG_LENGTH) ? join([0xff, marker], u16be(odd(2)), data) : segment(marker, data);
  const frame = () => {
    const components = pick(1, 1, 3, 4, odd(1) % 20);
    const marker = pick(0xc0, 0xc2, 0xc1, 0xc9, 0xde, 0xf7, 0xc0 + below(16));
    const precision = percent(90) ? 8 : odd(1);
    return lengthed(marker, [precision, ...u16be(odd(2)), ...u16be(odd(2)), components, ...zeros(3 * components)]);
  };
  const scanBytes = () => several(30, () => pick<number[]>([below(255)], [0xff, 0], [0xff, 0xd0 + below(8)])).flat();
  const part = pick(
    () => lengthed(0xe0 + below(16), choices.bytes(below(30))),
    () => lengthed(0xe1, join(ascii("Exif\0\0"), exifTiff(odd(2)))),
    () => lengthed(0xe1, join(ascii("Exif\0\0"), tiffDirectory(choices))),
    () => lengthed(0xfe, choices.bytes(below(10))),
    () => lengthed(pick(0xdb, 0xc4, 0xdd, 0xcc), choices.bytes(below(20))),
    frame,
  );
  const parts = [part(), ...several(4, () => choices.pick(frame, () => lengthed(0xdb, zeros(65)), part)())];
  const end = pick<readonly ArrayLike<number>[]>(
    [frame(), segment(0xda, [1, 1, 0, 0, 63, 0]), scanBytes(), [0xff, 0xd9]],
    [
      frame(),
      segment(0xda, [1, 1, 0, 0, 63, 0]),
      scanBytes(),
      lengthed(0xdc, u16be(odd(2))),
      scanBytes(),
      [0xff, 0xd9],
    ],
    [frame(), segment(0xda, [1, 1, 0, 0, 63, 0]), scanBytes()],
    [[0xff, pick(0xd9, 0xd8, 0xda, below(256))]],
    [choices.bytes(below(20))],
  );
  const filled = parts.flatMap((each) => (percent(10) ? [new Uint8Array(below(6)).fill(0xff), each] : [each]));
  return join([0xff, 0xd8], percent(95) ? [] : choices.bytes(2), ...filled, ...end);
}

export function pngChunks(choices: Choices): Uint8Array {
  const { below, odd, percent, pick, several } = choices;
  const chunk = (type: string, data: ArrayLike<number>) => {
    const checked = join(ascii(type), data);
    const length = percent(WRONG_LENGTH) ? odd(4) : data.length;
    return join(u32be(length), checked, u32be(percent(WRONG_LENGTH) ? odd(4) : crc32(checked)));
  };
  const header = () => {
    const [depth, colour] = pick([1, 0], [8, 2], [8, 3], [16, 6], [odd(1), below(8)]);
    const size = [...u32be(odd(4)), ...u32be(odd(4))];
    return chunk("IHDR", [...size, depth ?? 1, colour ?? 0, 0, 0, below(2), ...(percent(95) ? [] : zeros(below(9)))]);
  };
  const other = () => chunk(pick("IDAT", "tEXt", "PLTE", "IEND", "IHDR", "CgBI"), choices.bytes(below(24)));
  const start = pick([header()], [header()], [header()], [chunk("CgBI", zeros(4)), header()], [other(), header()]);
  const end = percent(70) ? [chunk("IEND", [])] : [];
  return join([0x89, ...ascii("PNG\r\n\x1a\n")], ...start, ...several(5, other), ...end);
}

export function gifBlocks(choices: Choices): Uint8Array {
  const { below, odd, percent, pick, several } = choices;
  const subBlocks = () => {
    const blocks = several(4, () => {
      const data = choices.bytes(below(40));
      return [percent(WRONG_LENGTH) ? odd(1) : data.length, ...data];
    });
    return [...blocks.flat(), ...(percent(90) ? [0] : [])];
  };
  const flags = () => (percent(80) ? below(128) : 0x80 | below(8));
  const table = (byte: number) => zeros(byte & 0x80 ? 3 * 2 ** ((byte & 7) + 1) : 0);
  const image = () => {
    const local = flags();
    return [0x2c, ...choices.bytes(8), local, ...table(local), 2, ...subBlocks()];
  };
  const extension = () => [0x21, pick(0xf9, 0xff, 0xfe, odd(1)), ...subBlocks()];
  const global = flags();
  const screen = [...u16le(odd(2)), ...u16le(odd(2)), global, 0, 0, ...table(global)];
  const blocks = several(5, () =>
    pick(
      image,
      image,
      extension,
      () => [0],
      () => [below(256)],
    )(),
  );
  return join(
    ascii(pick("GIF89a", "GIF87a")),
    screen,
    blocks.flat(),
    percent(80) ? [0x3b] : [],
    percent(90) ? [] : zeros(9),
  );
}

export function riffChunks(choices: Choices): Uint8Array {
  const { below, odd, percent, pick, several } = choices;
  const chunk = (type: string, data: ArrayLike<number>) =>
    join(ascii(type), u32le(percent(WRONG_LENGTH) ? odd(4) : data.length), data, zeros(data.length % 2));
  const first = pick(
    () =>
      chunk("VP8 ", [
        ...u24le(odd(3) & ~pick(1, 0)),
        0x9d,
        0x01,
        0x2a,
        ...u16le(odd(2)),
        ...u16le(odd(2)),
        ...zeros(below(20)),
      ]),
    () =>
      chunk("VP8L", [
        percent(95) ? 0x2f : odd(1),
        ...u32le(odd(4) & (percent(90) ? 0x1fff_ffff : -1)),
        ...zeros(below(9)),
      ]),
    () => chunk("VP8X", [odd(1), 0, 0, 0, ...u24le(odd(3)), ...u24le(odd(3))]),
    () => chunk(pick("ALPH", "EXIF", "VP8Z"), choices.bytes(below(20))),
  );
  const others = several(4, () => chunk(pick("ANIM", "ANMF", "EXIF", "VP8L", "XMP "), choices.bytes(below(30))));
  const body = join(ascii(percent(97) ? "WEBP" : "WAVE"), first(), ...others);
  return join(ascii("RIFF"), u32le(percent(80) ? body.length : odd(4)), body, percent(90) ? [] : zeros(below(9)));
}

export function bmpHeader(choices: Choices): Uint8Array {
  const { below, odd, percent, pick } = choices;
  const header = pick(12, 16, 40, 40, 52, 56, 64, 108, 124, odd(4));
  const size = header === 12 ? [...u16le(odd(2)), ...u16le(odd(2))] : [...u32le(odd(4)), ...u32le(odd(4))];
  const planes = [...u16le(percent(90) ? 1 : odd(2)), ...u16le(pick(1, 4, 8, 16, 24, 32, odd(2)))];
  const compression = u32le(pick(0, 0, 1, 3, odd(4)));
  const rest = [...compression, ...u32le(odd(4)), ...zeros(Math.max(0, Math.min(header, 124) - 24))];
  const start = percent(70) ? 14 + header : odd(4);
  return join(ascii("BM"), u32le(odd(4)), zeros(4), u32le(start), u32le(header), size, planes, rest, zeros(below(300)));
}

/** A TIFF whose one directory holds entries of any tag, type and count, in either byte order, classic or big. */
export function tiffDirectory(choices: Choices): Uint8Array {
  const { below, odd, percent, pick, several } = choices;
  const isLittle = percent(50);
  const isBig = percent(25);
  const u16 = isLittle ? u16le : u16be;
  const u32 = isLittle ? u32le : u32be;
  const word = (value: number) => {
    if (!isBig) return u32(value);
    return isLittle ? [...u32(value), ...zeros(4)] : [...zeros(4), ...u32(value)];
  };
  const inline = (type: number, value: number) => {
    const digits = type === 3 ? u16(value) : type === 16 ? word(value) : u32(value);
    return [...digits, ...zeros((isBig ? 8 : 4) - Math.min(digits.length, isBig ? 8 : 4))];
  };
  const entry = (tag: number, type: number, count: number, value: number) =>
    [...u16(tag), ...u16(type), ...word(count), ...inline(type, value)].slice(0, isBig ? 20 : 12);
  const side = (tag: number) => entry(tag, pick(3, 4, 4, odd(1)), percent(90) ? 1 : odd(2), odd(2));
  const strips = () =>
    entry(
      pick(273, 279, 324, 325),
      pick(3, 4, 16),
      pick(1, 2, below(40), below(60_000), odd(4)),
      pick(8, below(200), odd(4)),
    );
  const any = () => entry(pick(254, 274, odd(2)), pick(3, 4, odd(2)), pick(1, odd(4)), odd(4));
  const one = percent(2) ? new Array<number[]>(20_000).fill(strips()) : [];
  const entries = [side(256), side(257), ...one, ...several(5, () => pick(strips, strips, any)())];
  const count = percent(90) ? entries.length : odd(2);
  const first = percent(90) ? (isBig ? 16 : 8) : odd(4);
  const magic = isBig ? [...u16(43), ...u16(percent(95) ? 8 : odd(2)), 0, 0] : u16(42);
  const counted = isBig ? word(count) : u16(count);
  const data = zeros(one.length > 0 ? 60_000 : below(200));
  return join(ascii(isLittle ? "II" : "MM"), magic, word(first), counted, entries.flat(), word(0), data);
}
