/** Well-faced walls of equal packs, shot from nearly one spot: what is hardest to tell from one photo used twice. Tests only. */
import type { GreyPicture } from "../truth/grey-picture.ts";
import { randomFrom } from "./grey-pictures.ts";

/** `goods` draws the pack, `faced` how exactly each stands this time, `shot` where the camera was. */
export type Wall = {
  readonly goods: number;
  readonly faced: number;
  readonly shot: number;
  readonly rows?: number;
  readonly columns?: number;
  /** How far a pack may stand from its place, and differ in size, as a share of a pack's width. */
  readonly loose: number;
};

const WIDTH = 320;
const HEIGHT = 240;
const PACK = 48;
/** How far the camera moves between two shots, as a share of the picture's side. */
const CAMERA_MOVES = 0.02;
/** Samples a pixel, each way: edges between pixels are what small moves change. */
const SAMPLES = 3;

export function aWall({ goods, faced, shot, rows = 3, columns = 6, loose }: Wall): GreyPicture {
  const pack = drawPack(goods);
  const facing = randomFrom(faced * 7919 + 1);
  const camera = randomFrom(shot * 104729 + 5);
  const within = (random: () => number, reach: number) => (random() * 2 - 1) * reach;
  const stands = Array.from({ length: rows * columns }, () => ({
    x: within(facing, loose),
    y: within(facing, loose / 3),
    size: 1 + within(facing, loose),
  }));
  const [moveX, moveY] = [within(camera, CAMERA_MOVES), within(camera, CAMERA_MOVES)];
  const zoom = 1 + within(camera, CAMERA_MOVES);
  const light = 1 + within(camera, 0.07);
  const shadeAt = (x: number, y: number): number => {
    const u = ((x / WIDTH - 0.5) * zoom + 0.5 + moveX) * columns;
    const v = ((y / HEIGHT - 0.5) * zoom + 0.5 + moveY) * rows;
    const [column, row] = [Math.floor(u), Math.floor(v)];
    const stand = stands[((row + rows) % rows) * columns + ((column + columns) % columns)];
    if (!stand || v - row > 0.93) return 70;
    const [across, down] = [(u - column - 0.5 - stand.x) / stand.size / 0.94 + 0.5, (v - row - stand.y) / 0.93];
    if (across < 0 || across >= 1 || down < 0 || down >= 1) return 40;
    return pack[Math.floor(down * PACK) * PACK + Math.floor(across * PACK)] ?? 0;
  };
  const pixels = Uint8Array.from({ length: WIDTH * HEIGHT }, (_, i) => {
    let sum = 0;
    for (let s = 0; s < SAMPLES ** 2; s++) {
      sum += shadeAt(
        (i % WIDTH) + ((s % SAMPLES) + 0.5) / SAMPLES,
        Math.floor(i / WIDTH) + (Math.floor(s / SAMPLES) + 0.5) / SAMPLES,
      );
    }
    return Math.max(0, Math.min(255, (sum / SAMPLES ** 2) * light));
  });
  return { width: WIDTH, height: HEIGHT, pixels };
}

/** A face with a band, a few fields and a name. */
function drawPack(goods: number): Uint8Array {
  const random = randomFrom(goods * 31 + 11);
  const face = new Uint8Array(PACK * PACK).fill(60 + random() * 150);
  for (let field = 0; field < 9; field++) {
    const [left, top] = [random() * PACK * 0.8, random() * PACK * 0.9];
    const [right, bottom] = [left + random() * PACK * 0.7, top + random() * PACK * 0.3];
    const shade = 20 + random() * 230;
    for (let y = Math.floor(top); y < Math.min(PACK, bottom); y++) {
      for (let x = Math.floor(left); x < Math.min(PACK, right); x++) face[y * PACK + x] = shade;
    }
  }
  return face;
}
