/** Turns a picture as EXIF says. Its pixels move; none changes. */
import type { GreyPicture } from "./grey-picture.ts";

/** Of EXIF's 1 to 8, which axes an upright picture is read along; 1 is none of them. */
const TURNS: Readonly<Record<number, { readonly swaps: boolean; readonly flipsX: boolean; readonly flipsY: boolean }>> =
  {
    2: { swaps: false, flipsX: true, flipsY: false },
    3: { swaps: false, flipsX: true, flipsY: true },
    4: { swaps: false, flipsX: false, flipsY: true },
    5: { swaps: true, flipsX: false, flipsY: false },
    6: { swaps: true, flipsX: false, flipsY: true },
    7: { swaps: true, flipsX: true, flipsY: true },
    8: { swaps: true, flipsX: true, flipsY: false },
  };

/** `orientation` is EXIF's; any other number leaves the picture as it is. */
export function upright(picture: GreyPicture, orientation: number): GreyPicture {
  const turn = TURNS[orientation];
  if (!turn) return picture;
  const { width: across, height: down } = picture;
  const [width, height] = turn.swaps ? [down, across] : [across, down];
  const pixels = new Uint8Array(width * height);
  for (let y = 0, to = 0; y < height; y++) {
    for (let x = 0; x < width; x++, to++) {
      const column = turn.swaps ? y : x;
      const row = turn.swaps ? x : y;
      const from = (turn.flipsY ? down - 1 - row : row) * across + (turn.flipsX ? across - 1 - column : column);
      pixels[to] = picture.pixels[from] ?? 0;
    }
  }
  return { width, height, pixels };
}
