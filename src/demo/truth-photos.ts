/**
 * Photos for the demo's truth sample: one shelf after the other, drawn sharp, and what people do to photos. Each is an example of one
 * flag, or of none. Drawn from a seed, so that every start serves the same ones.
 */
import sharp, { type Exif, type Sharp } from "sharp";
import { createRandom } from "../pipeline/gpu/random.ts";
import { TRUTH_STORES, type TruthPhoto } from "./truth-sample.ts";

const WIDTH = 960;
const HEIGHT = 720;
const SHELVES = 4;
const PACKS = 8;

export async function drawTruthPhoto(name: TruthPhoto): Promise<Uint8Array> {
  return await DRAWN[name]();
}

const [home] = TRUTH_STORES;
const RIGHT = {
  IFD0: { Make: "Demo", Model: "Phone" },
  IFD2: taken("2026:03:02 10:12:00"),
  IFD3: at(home.latitude, home.longitude),
};

const DRAWN: Readonly<Record<TruthPhoto, () => Promise<Uint8Array>>> = {
  "truth-right": () => jpeg(shelf(1), RIGHT),
  "truth-first": () => jpeg(shelf(2)),
  "truth-cropped": () => jpeg(shelf(2).extract({ left: 40, top: 20, width: 880, height: 660 }).resize(800, 600)),
  "truth-mirrored": () => jpeg(shelf(2).flop()),
  "truth-turned": () => jpeg(shelf(2).rotate(90)),
  "truth-blurred": () => jpeg(shelf(3).blur(9)),
  "truth-dark": () => jpeg(shelf(4).linear(0.2, 0)),
  "truth-bright": () => jpeg(shelf(5).linear(0.35, 165)),
  "truth-small": () => jpeg(shelf(6).resize(160, 120)),
  "truth-wrong-time": () => jpeg(shelf(7), { ...RIGHT, IFD2: taken("2026:02:09 10:12:00") }),
  "truth-wrong-place": () => jpeg(shelf(8), { ...RIGHT, IFD3: at(home.latitude + 0.4, home.longitude) }),
  "truth-edited": () =>
    jpeg(shelf(9), { ...RIGHT, IFD0: { Make: "Demo", Model: "Phone", Software: "Adobe Photoshop 25.4" } }),
};

function taken(time: string) {
  return { DateTimeOriginal: time, OffsetTimeOriginal: "+00:00" };
}

function at(latitude: number, longitude: number) {
  const degrees = (value: number) => `${Math.round(Math.abs(value) * 1e5)}/100000 0/1 0/1`;
  return {
    GPSLatitudeRef: latitude < 0 ? "S" : "N",
    GPSLatitude: degrees(latitude),
    GPSLongitudeRef: longitude < 0 ? "W" : "E",
    GPSLongitude: degrees(longitude),
  };
}

async function jpeg(picture: Sharp, exif: Exif = {}): Promise<Uint8Array> {
  return await picture.jpeg({ quality: 80 }).withExif(exif).toBuffer();
}

/** Rows of packs, each with a face of its own; the paint is flat and the edges are sharp, as print is. */
function shelf(seed: number): Sharp {
  const random = createRandom(seed * 97);
  const data = new Uint8Array(WIDTH * HEIGHT * 3).fill(52);
  const paint = (left: number, top: number, width: number, height: number, colour: readonly number[]) => {
    for (let y = Math.max(0, Math.round(top)); y < Math.min(HEIGHT, top + height); y++) {
      for (let x = Math.max(0, Math.round(left)); x < Math.min(WIDTH, left + width); x++)
        data.set(colour, (y * WIDTH + x) * 3);
    }
  };
  const colour = () => [0, 1, 2].map(() => Math.round(30 + random() * 220));
  const [down, across] = [HEIGHT / SHELVES, WIDTH / PACKS];
  for (let row = 0; row < SHELVES; row++) {
    paint(0, (row + 1) * down - 14, WIDTH, 14, [150, 120, 90]);
    for (let pack = 0; pack < PACKS; pack++) {
      const width = across * (0.7 + random() * 0.28);
      const height = down * (0.6 + random() * 0.25);
      const [left, top] = [pack * across + random() * 6, (row + 1) * down - 14 - height];
      paint(left, top, width, height, colour());
      for (let field = 0; field < 6; field++) {
        const [x, y] = [random() * 0.7, random() * 0.85];
        paint(
          left + x * width,
          top + y * height,
          width * (0.1 + random() * 0.25),
          height * (0.03 + random() * 0.1),
          colour(),
        );
      }
    }
  }
  return sharp(data, { raw: { width: WIDTH, height: HEIGHT, channels: 3 } });
}
