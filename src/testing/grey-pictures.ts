/** Pictures for tests of re-use: shelves drawn from a seed, and what people do to photos. */
import { type GreyPicture, shrinkByArea } from "../truth/grey-picture.ts";

/** Packs of many sizes and shades on a wall, each with stripes of its own; the same seed draws the same shelf. */
export function aShelf(seed: number, width = 320, height = 240): GreyPicture {
  const random = randomFrom(seed);
  const pixels = new Uint8Array(width * height);
  for (let i = 0; i < pixels.length; i++) pixels[i] = 90 + (60 * (i % width)) / width;
  for (let pack = 0; pack < 90; pack++) {
    const left = Math.floor(random() * width);
    const top = Math.floor(random() * height);
    const right = Math.min(width, left + 15 + Math.floor(random() * 60));
    const bottom = Math.min(height, top + 15 + Math.floor(random() * 60));
    const shade = 30 + random() * 200;
    const stripe = 4 + Math.floor(random() * 12);
    for (let y = top; y < bottom; y++) {
      for (let x = left; x < right; x++)
        pixels[y * width + x] = Math.floor((x - left) / stripe) % 3 === 0 ? shade * 0.6 : shade;
    }
  }
  return { width, height, pixels };
}

export function randomFrom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 32;
  };
}

/** The share of each side that is kept, from the left and the top by what was cut. */
export function cropped(picture: GreyPicture, kept: number, from = 0.5): GreyPicture {
  const width = Math.round(picture.width * kept);
  const height = Math.round(picture.height * kept);
  const left = Math.floor((picture.width - width) * from);
  const top = Math.floor((picture.height - height) * from);
  return repainted({ width, height }, (x, y) => valueAt(picture, x + left, y + top));
}

export function mirrored(picture: GreyPicture): GreyPicture {
  return repainted(picture, (x, y) => valueAt(picture, picture.width - 1 - x, y));
}

export function turned(picture: GreyPicture): GreyPicture {
  return repainted({ width: picture.height, height: picture.width }, (x, y) =>
    valueAt(picture, y, picture.height - 1 - x),
  );
}

export function lit(picture: GreyPicture, gain: number, lift: number): GreyPicture {
  return repainted(picture, (x, y) => Math.max(0, Math.min(255, valueAt(picture, x, y) * gain + lift)));
}

/** A dark band with light letters over the lowest share of the height. */
export function stamped(picture: GreyPicture, share: number): GreyPicture {
  const from = picture.height * (1 - share);
  return repainted(picture, (x, y) => {
    if (y < from) return valueAt(picture, x, y);
    return x < picture.width * 0.7 && x % 6 < 3 && Math.floor(y - from) % 12 > 4 ? 250 : valueAt(picture, x, y) * 0.35;
  });
}

export function framed(picture: GreyPicture, border: number, shade: number): GreyPicture {
  const size = { width: picture.width + 2 * border, height: picture.height + 4 * border };
  return repainted(size, (x, y) => {
    const isInside = x >= border && y >= 2 * border && x < border + picture.width && y < 2 * border + picture.height;
    return isInside ? valueAt(picture, x - border, y - 2 * border) : shade;
  });
}

/** The mean of `length` steps along a direction of any angle, as a hand that moved would leave it. */
export function smeared(picture: GreyPicture, length: number, across: number, down: number): GreyPicture {
  const reach = Math.floor(length / 2);
  return repainted(picture, (x, y) => {
    let sum = 0;
    for (let i = -reach; i <= reach; i++) sum += valueBetween(picture, x + i * across, y + i * down);
    return sum / (2 * reach + 1);
  });
}

export function shrunk(picture: GreyPicture, width: number, height: number): GreyPicture {
  const box = { left: 0, top: 0, right: picture.width, bottom: picture.height };
  return { width, height, pixels: Uint8Array.from(shrinkByArea(picture, box, width, height)) };
}

type Size = { readonly width: number; readonly height: number };

function repainted({ width, height }: Size, paint: (x: number, y: number) => number): GreyPicture {
  return {
    width,
    height,
    pixels: Uint8Array.from({ length: width * height }, (_, i) => paint(i % width, Math.floor(i / width))),
  };
}

function valueBetween(picture: GreyPicture, x: number, y: number): number {
  const left = Math.floor(x);
  const top = Math.floor(y);
  const row = (at: number) => valueAt(picture, left, at) * (1 - x + left) + valueAt(picture, left + 1, at) * (x - left);
  return row(top) * (1 - y + top) + row(top + 1) * (y - top);
}

function valueAt({ width, height, pixels }: GreyPicture, x: number, y: number): number {
  return pixels[Math.max(0, Math.min(height - 1, y)) * width + Math.max(0, Math.min(width - 1, x))] ?? 0;
}
