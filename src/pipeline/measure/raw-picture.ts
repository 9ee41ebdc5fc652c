/** A picture as the WebAssembly decoders give it, and why there may be none. */

/** The message says it in words for people. */
export class NoPicture extends Error {}

export type RawPicture = { readonly width: number; readonly height: number; readonly rgba: Uint8Array };

export function assertFits({ width, height }: Omit<RawPicture, "rgba">, maxPixels: number): void {
  if (width * height <= maxPixels) return;
  throw new NoPicture(`it has ${width} x ${height} pixels, at most ${maxPixels} are looked at`);
}
