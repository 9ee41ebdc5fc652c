/**
 * What a photo says of itself in its first bytes: when, where, by what program, and its embedded thumbnail.
 * Parsing is synchronous and the bytes are a stranger's: call it where a time limit can kill, in the decode child.
 */
import { type Place, placeFrom } from "./place.ts";
import { exifTime, type WallTime } from "./wall-time.ts";

export type Exif = {
  readonly taken: WallTime | null;
  /** UTC, seconds since 1970. */
  readonly gpsSeconds: number | null;
  readonly place: Place | null;
  /** What names itself as the picture's program, all of it. */
  readonly software: string | null;
  readonly camera: string | null;
  /** How the photo lies in its file, as EXIF numbers it: 1 is upright. */
  readonly orientation: number;
  /** A JPEG as a rule; not looked at here. */
  readonly thumbnail: Uint8Array | null;
};

export const NO_EXIF: Exif = {
  taken: null,
  gpsSeconds: null,
  place: null,
  software: null,
  camera: null,
  orientation: 1,
  thumbnail: null,
};

/** Nothing found, and nothing readable, are the same: no EXIF is information, not a fault. */
export async function readExif(head: Uint8Array): Promise<Exif> {
  const { default: reader } = await import("exifreader");
  try {
    // A copy: a small Buffer is a part of a pool, and its neighbours' bytes are another photo's.
    return exifFrom(reader.load(new Uint8Array(head).buffer, { expanded: true }));
  } catch {
    return NO_EXIF;
  }
}

type Tag = { readonly value?: unknown; readonly description?: unknown };

/** exifreader's groups, of which none is certain to be there. */
type Groups = {
  readonly exif?: object;
  readonly gps?: { readonly Latitude?: number; readonly Longitude?: number };
  readonly xmp?: object;
  readonly Thumbnail?: object;
};

function exifFrom(groups: Groups): Exif {
  const exif = (name: string) => tagIn(groups.exif, name);
  const clock = (name: string, offset: string) => ({ time: textOf(exif(name)), offset: textOf(exif(offset)) });
  const original = clock("DateTimeOriginal", "OffsetTimeOriginal");
  const digitized = clock("DateTimeDigitized", "OffsetTimeDigitized");
  const changed = clock("DateTime", "OffsetTime");
  const time = original.time ?? digitized.time;
  // Who changed a photo later, elsewhere, says where that was and not where the photo was taken.
  const { offset } = [original, digitized, changed].find(
    (other) => other.offset !== null && (other.time ?? time) === time,
  ) ?? { offset: null };
  const software = [exif("Software"), exif("ProcessingSoftware"), tagIn(groups.xmp, "CreatorTool")]
    .map(textOf)
    .filter((text) => text !== null);
  const camera = [textOf(exif("Make")), textOf(exif("Model"))].filter((text) => text !== null);
  return {
    taken: time === null ? null : exifTime(time, offset),
    gpsSeconds: gpsSecondsFrom(exif("GPSDateStamp"), exif("GPSTimeStamp")),
    place: placeFrom(groups.gps?.Latitude ?? Number.NaN, groups.gps?.Longitude ?? Number.NaN),
    software: software.length === 0 ? null : software.join("; "),
    camera: camera.length === 0 ? null : camera.join(" "),
    orientation: orientationFrom(exif("Orientation")),
    thumbnail: thumbnailFrom(groups.Thumbnail),
  };
}

function tagIn(group: object | undefined, name: string): Tag | undefined {
  const tag: unknown = group === undefined ? undefined : Reflect.get(group, name);
  return typeof tag === "object" && tag !== null ? tag : undefined;
}

function orientationFrom(tag: Tag | undefined): number {
  const value = tag?.value;
  return typeof value === "number" && value >= 1 && value <= 8 ? value : NO_EXIF.orientation;
}

/** A text's control characters and blanks at its ends are a camera's padding. */
function textOf(tag: Tag | undefined): string | null {
  const value = Array.isArray(tag?.value) ? tag.value[0] : tag?.value;
  if (typeof value !== "string") return null;
  const text = value
    .replace(/\p{Cc}+/gu, " ")
    .trim()
    .slice(0, 200);
  return text === "" ? null : text;
}

/** The date is text, the time three fractions; where either is broken there is no time. */
function gpsSecondsFrom(date: Tag | undefined, time: Tag | undefined): number | null {
  const day = textOf(date);
  const parts = Array.isArray(time?.value) ? time.value.map(fractionOf) : [];
  if (day === null || parts.length !== 3 || parts.some((part) => !Number.isFinite(part))) return null;
  const clock = parts.map((part) => String(Math.floor(part)).padStart(2, "0")).join(":");
  return exifTime(`${day} ${clock}`, null)?.clockSeconds ?? null;
}

function fractionOf(value: unknown): number {
  if (typeof value === "number") return value;
  const [over, under]: unknown[] = Array.isArray(value) ? value : [];
  return typeof over === "number" && typeof under === "number" ? over / under : Number.NaN;
}

function thumbnailFrom(group: object | undefined): Uint8Array | null {
  const image: unknown = group === undefined ? undefined : Reflect.get(group, "image");
  if (image instanceof ArrayBuffer) return new Uint8Array(image);
  return image instanceof Uint8Array ? image : null;
}
