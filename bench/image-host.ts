/**
 * The bench's image host, a process of its own: camera-sized JPEGs on loopback with Range support, the same bytes for `/0.jpg`, `/16.jpg` …
 * Sends `{address}` to its parent when it listens.
 */
import { createServer } from "node:http";
import { cameraPhoto, LARGE_PHOTO } from "./camera-photo.ts";

const DISTINCT = 16;

const photos = await Promise.all(Array.from({ length: DISTINCT }, (_, no) => cameraPhoto(no, LARGE_PHOTO)));

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
