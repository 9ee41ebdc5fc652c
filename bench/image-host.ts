/**
 * The bench's image host, a process of its own: camera-sized JPEGs on loopback with Range support, the same bytes for `/0.jpg`, `/16.jpg` …
 * Sends `{address}` to its parent when it listens.
 */
import { createServer } from "node:http";
import sharp from "sharp";

const DISTINCT = 16;
const WIDTH = 3_520;
const HEIGHT = 2_640;
/** What a camera writes before the picture's size: EXIF with a preview. It puts the frame header at some 20 KB. */
const PREVIEW_WIDTH = 640;

/** Noise, blurred by enlarging, at a quality that makes about 1.4 MB. */
async function cameraPhoto(no: number): Promise<Buffer> {
  const width = WIDTH / 8;
  const height = HEIGHT / 8;
  const noise = Buffer.alloc(width * height * 3);
  let state = no + 1;
  for (let index = 0; index < noise.length; index++) {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    noise[index] = state >>> 24;
  }
  const raw = { raw: { width, height, channels: 3 as const } };
  const photo = await sharp(noise, raw).resize(WIDTH, HEIGHT).jpeg({ quality: 50 }).toBuffer();
  const preview = await sharp(noise, raw).resize(PREVIEW_WIDTH).jpeg({ quality: 70 }).toBuffer();
  return withPreview(photo, preview.subarray(0, 20_000));
}

/** Puts an APP13 segment with the preview behind the start marker, as cameras put theirs before the frame header. */
function withPreview(photo: Buffer, preview: Buffer): Buffer {
  const head = Buffer.from([0xff, 0xed, 0, 0]);
  head.writeUInt16BE(preview.length + 2, 2);
  return Buffer.concat([photo.subarray(0, 2), head, preview, photo.subarray(2)]);
}

const photos = await Promise.all(Array.from({ length: DISTINCT }, (_, no) => cameraPhoto(no)));

const server = createServer((request, response) => {
  const photo = photos[Number.parseInt(request.url?.slice(1) ?? "0", 10) % DISTINCT];
  if (!photo) {
    response.writeHead(404).end();
    return;
  }
  const [, from = "", to = ""] = /^bytes=(\d*)-(\d*)$/.exec(request.headers.range ?? "") ?? [];
  if (from === "" && to === "") {
    response.writeHead(200, { "content-type": "image/jpeg", "content-length": photo.length }).end(photo);
    return;
  }
  const first = from === "" ? photo.length - Number(to) : Number(from);
  const last = from === "" || to === "" ? photo.length - 1 : Math.min(Number(to), photo.length - 1);
  response.writeHead(206, {
    "content-type": "image/jpeg",
    "content-length": last - first + 1,
    "content-range": `bytes ${first}-${last}/${photo.length}`,
  });
  response.end(photo.subarray(first, last + 1));
});
server.keepAliveTimeout = 60_000;
server.listen(0, "127.0.0.1", () => {
  const bound = server.address();
  const port = bound === null || typeof bound === "string" ? 0 : bound.port;
  const bytes = Math.round(photos.reduce((sum, photo) => sum + photo.length, 0) / DISTINCT);
  process.send?.({ address: `http://127.0.0.1:${port}`, bytes });
});
process.on("disconnect", () => process.exit());
