/**
 * Small files of the rare formats, made byte by byte: enough of each for its size and its end, no pixels. For tests only.
 */
import { ascii, box, join, u16be, u16le, u32be, u32le, zeros } from "./image-bytes.ts";

/** A box body that begins with version 0 and no flags. */
export const full = (...data: readonly ArrayLike<number>[]): Uint8Array => join(zeros(4), ...data);

export const ftyp = (brand: string): Uint8Array => box("ftyp", ascii(brand), zeros(4), ascii("mif1"));
export const ispe = (width: number, height: number): Uint8Array => box("ispe", full(u32be(width), u32be(height)));
/** Width, height and the two offsets, each a numerator and a denominator. */
export const clap = (...numbers: readonly number[]): Uint8Array => box("clap", numbers.flatMap(u32be));

/** A meta box whose item 1 is primary; each item has the properties of the given numbers. */
export function meta(properties: readonly Uint8Array[], items: readonly (readonly number[])[] = [[1]]): Uint8Array {
  const associations = items.flatMap((numbers, i) => [...u16be(i + 1), numbers.length, ...numbers]);
  const ipma = box("ipma", full(u32be(items.length), associations));
  return box("meta", full(box("pitm", full(u16be(1))), box("iprp", box("ipco", ...properties), ipma)));
}

/** The same with the place of item 1: three bytes at the offset. */
export function locatedMeta(dataAt: number): Uint8Array {
  const iloc = box("iloc", full([0x44, 0, 0, 1, 0, 1, 0, 0, 0, 1], u32be(dataAt), u32be(3)));
  return box("meta", meta([ispe(40, 30)]).subarray(8), iloc);
}

export type TiffOptions = {
  readonly width?: number;
  readonly height?: number;
  /** Where the first directory stands. */
  readonly first?: number;
  readonly isPreview?: boolean;
  /** Bytes of the one strip. */
  readonly data?: number;
};

export function aTiff(options: TiffOptions = {}): Uint8Array {
  const { width = 40, height = 30, first = 8, isPreview = false, data = 0 } = options;
  const entry = (tag: number, value: number) => [...u16le(tag), 4, 0, 1, 0, 0, 0, ...u32le(value)];
  const entries = [
    entry(254, isPreview ? 1 : 0),
    entry(256, width),
    entry(257, height),
    entry(273, 8),
    entry(279, data),
  ];
  const head = join(ascii("II"), [42, 0], u32le(first), zeros(first - 8));
  return join(head, u16le(entries.length), entries.flat(), zeros(4), zeros(Math.max(0, data - 66)));
}

type TiffEntry = { readonly tag: number; readonly type: number; readonly value: number; readonly count?: number };

/** One directory in either order of bytes, with short or long offsets. */
export function aTiffOf(
  entries: readonly TiffEntry[],
  { isLittle, isBig }: { readonly isLittle: boolean; readonly isBig: boolean },
): Uint8Array {
  const number = (value: number, length: number) => {
    const bytes = Array.from({ length }, (_, no) => Math.floor(value / 256 ** no) % 256);
    return isLittle ? bytes : bytes.reverse();
  };
  const word = isBig ? 8 : 4;
  const head = [...ascii(isLittle ? "II" : "MM"), ...number(isBig ? 43 : 42, 2), ...(isBig ? number(8, 2) : [])];
  const start = isBig ? [...head, 0, 0, ...number(16, 8)] : [...head, ...number(8, 4)];
  const written = entries.map(({ tag, type, value, count = 1 }) => {
    const own = number(value, type === 3 ? 2 : type === 16 ? 8 : 4);
    return [...number(tag, 2), ...number(type, 2), ...number(count, word), ...own, ...zeros(word - own.length)];
  });
  return join(start, number(entries.length, isBig ? 8 : 2), written.flat(), zeros(word));
}

/** Two images, the second and larger one of 256 x 64. */
export function anIco(): Uint8Array {
  return join(
    [0, 0, 1, 0, 2, 0],
    [16, 16, 0, 0, ...zeros(4), ...u32le(4), ...u32le(38)],
    [0, 64, 0, 0, ...zeros(4)],
    [...u32le(4), ...u32le(42), ...zeros(8)],
  );
}

/** 40 x 30, three empty sections, two bytes of pixels. */
export function aPsd(): Uint8Array {
  const sizes = [...u16be(3), ...u32be(30), ...u32be(40), ...u16be(8), ...u16be(3)];
  return join(ascii("8BPS"), [0, 1], zeros(6), sizes, zeros(12), [0, 0]);
}

/** A bare codestream of 256 x 256. */
export function aJxlCodestream(): Uint8Array {
  return Uint8Array.of(0xff, 0x0a, 0x7f, 0x30, 0x90, 0x14, 0x37, 2, 0, 0x13, 0x88, 2);
}

/** The same in a container. */
export function aJxl(): Uint8Array {
  const signature = box("JXL ", [0x0d, 0x0a, 0x87, 0x0a]);
  return join(signature, box("ftyp", ascii("jxl "), zeros(4)), box("jxlc", aJxlCodestream()));
}

export function anAvif(): Uint8Array {
  return join(ftyp("avif"), meta([ispe(40, 30)]), box("mdat", [1, 2, 3]));
}

/** A HEIC with an EXIF block, and three bytes in place of its coded picture. */
export function aHeic(exifTiff: Uint8Array): Uint8Array {
  const coded = [1, 2, 3];
  const exif = join(u32be(6), ascii("Exif\0\0"), exifTiff);
  const type = (id: number, name: string) => box("infe", [2, 0, 0, 0], u16be(id), u16be(0), ascii(name), [0]);
  const place = (id: number, at: number, length: number) => [...u16be(id), 0, 0, 0, 1, ...u32be(at), ...u32be(length)];
  const boxes = (dataAt: number) =>
    box(
      "meta",
      full(
        box("hdlr", full(zeros(4), ascii("pict"), zeros(13))),
        box("iinf", full(u16be(2), type(1, "hvc1"), type(2, "Exif"))),
        box("iloc", full([0x44, 0], u16be(2), place(1, dataAt, 3), place(2, dataAt + 3, exif.length))),
        meta([ispe(400, 300)]).subarray(12),
      ),
    );
  const start = ftyp("heic");
  return join(start, boxes(start.length + boxes(0).length + 8), box("mdat", coded, exif));
}
