/** The demo's photos: a few hundred JPEGs of invented shelves, drawn from a seed so that every start serves the same ones. */
import sharp from "sharp";
import { createRandom } from "../pipeline/gpu/random.ts";

const WIDTHS = [480, 640, 800, 960, 1_080] as const;
const BOTTLES_A_SHELF = 9;

/** In a size that a phone might send after shrinking. */
export async function drawPhoto(no: number): Promise<Uint8Array> {
  const random = createRandom(no + 1);
  const width = WIDTHS[Math.floor(random() * WIDTHS.length)] ?? WIDTHS[0];
  const upright = random() < 0.5;
  const height = Math.round(width * (upright ? 4 / 3 : 3 / 4));
  const { data, info } = drawShelves(width / 8, Math.round(height / 8), random);
  return await sharp(data, { raw: { width: info.width, height: info.height, channels: 3 } })
    .resize(width, height, { kernel: "cubic" })
    .jpeg({ quality: 70 })
    .toBuffer();
}

/** Rows of coloured bottles on boards, small: sharp blows it up. */
function drawShelves(width: number, height: number, random: () => number) {
  const data = new Uint8Array(width * height * 3);
  const colours = Array.from({ length: BOTTLES_A_SHELF * 4 }, () => [random(), random(), random()] as const);
  for (let y = 0; y < height; y++) {
    const shelf = Math.floor((y * 4) / height);
    const board = (y * 4) % height < height / 12;
    for (let x = 0; x < width; x++) {
      const bottle = Math.floor((x * BOTTLES_A_SHELF) / width);
      const gap = (x * BOTTLES_A_SHELF) % width < width / 6;
      const colour = colours[shelf * BOTTLES_A_SHELF + bottle] ?? [0, 0, 0];
      for (let channel = 0; channel < 3; channel++) {
        const shade = board ? 0.55 - channel * 0.12 : gap ? 0.9 : (colour[channel] ?? 0);
        data[(y * width + x) * 3 + channel] = Math.round(255 * shade);
      }
    }
  }
  return { data, info: { width, height } };
}
