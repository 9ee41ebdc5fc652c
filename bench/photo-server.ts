/** Serves the bench's photos on loopback, with Range support. Sends `{address, bytes}` to its parent when it listens. */
import { createServer } from "node:http";

/** `pieces` of a photo, one after the other; undefined for what is not there. */
export function servePhotos(photoOf: (no: number) => readonly Uint8Array[] | undefined, bytes: number): void {
  const server = createServer((request, response) => {
    const pieces = photoOf(Number.parseInt(request.url?.slice(1) ?? "0", 10));
    if (!pieces) {
      response.writeHead(404).end();
      return;
    }
    const length = pieces.reduce((sum, piece) => sum + piece.length, 0);
    const [, from = "", to = ""] = /^bytes=(\d*)-(\d*)$/.exec(request.headers.range ?? "") ?? [];
    const isWhole = from === "" && to === "";
    const first = isWhole ? 0 : from === "" ? length - Number(to) : Number(from);
    const last = from === "" || to === "" ? length - 1 : Math.min(Number(to), length - 1);
    response.writeHead(isWhole ? 200 : 206, {
      "content-type": "image/jpeg",
      "content-length": last - first + 1,
      ...(isWhole ? {} : { "content-range": `bytes ${first}-${last}/${length}` }),
    });
    let at = 0;
    for (const piece of pieces) {
      const [begin, end] = [Math.max(0, first - at), Math.min(piece.length, last + 1 - at)];
      if (begin < end) response.write(piece.subarray(begin, end));
      at += piece.length;
    }
    response.end();
  });
  server.keepAliveTimeout = 60_000;
  server.listen(0, "127.0.0.1", () => {
    const bound = server.address();
    const port = bound === null || typeof bound === "string" ? 0 : bound.port;
    process.send?.({ address: `http://127.0.0.1:${port}`, bytes });
  });
  process.on("disconnect", () => process.exit());
}
