/** Draws the photos of the page's sample job anew: node scripts/draw-sample-photos.ts. They are the demo's, so nobody's but ours, and small since the page brings them. */
import { writeFile } from "node:fs/promises";
import sharp from "sharp";
import { drawPhoto } from "../src/demo/photos.ts";

for (const no of [1, 2, 3]) {
  const photo = await sharp(await drawPhoto(no))
    .resize(480)
    .webp({ quality: 45 })
    .toBuffer();
  await writeFile(new URL(`../web/src/sample/shelf-${no}.webp`, import.meta.url), photo);
}
