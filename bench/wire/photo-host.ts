/**
 * The image host of `bench -- wire`, a process of its own: 16 camera photos with Range support over bare sockets, plain or TLS, so that the
 * host is not what is measured. Sends `{address, bytes}`, and counts what it was asked for. Loopback only, and it ends with its parent.
 */
import { createServer, type Server, type Socket } from "node:net";
import { createServer as createTlsServer } from "node:tls";
import type { Certificate } from "../../src/testing/certificate.ts";
import { cameraPhoto, type PhotoSize } from "../camera-photo.ts";

type Setup = { readonly size: PhotoSize; readonly tls: Certificate | null };

const DISTINCT = 16;
const END_OF_REQUEST = "\r\n\r\n";

let requests = 0;
let bytes = 0;

function answer(socket: Socket, photos: readonly Buffer[], request: string): void {
  const photo = photos[Number(/^GET \/(\d+)/.exec(request)?.[1] ?? 0) % DISTINCT] ?? Buffer.alloc(0);
  const [, from = "", to = ""] = /\r\nrange: bytes=(\d*)-(\d*)/i.exec(request) ?? [];
  const isWhole = from === "" && to === "";
  const first = isWhole ? 0 : from === "" ? Math.max(0, photo.length - Number(to)) : Number(from);
  const last = isWhole || from === "" || to === "" ? photo.length - 1 : Math.min(Number(to), photo.length - 1);
  const range = isWhole ? "" : `content-range: bytes ${first}-${last}/${photo.length}\r\n`;
  const lines = `HTTP/1.1 ${isWhole ? "200 OK" : "206 Partial Content"}\r\nserver: bench\r\ncontent-type: image/jpeg\r\n`;
  requests += 1;
  bytes += last - first + 1;
  socket.write(
    `${lines}etag: "v1"\r\naccept-ranges: bytes\r\n${range}content-length: ${last - first + 1}${END_OF_REQUEST}`,
  );
  socket.write(photo.subarray(first, last + 1));
}

function serve(photos: readonly Buffer[]): (socket: Socket) => void {
  return (socket) => {
    let unread = "";
    socket.setNoDelay(true);
    socket.on("error", () => socket.destroy());
    socket.on("data", (piece) => {
      const all = (unread + piece.toString("latin1")).split(END_OF_REQUEST);
      unread = all.pop() ?? "";
      socket.cork();
      for (const request of all) answer(socket, photos, request);
      socket.uncork();
    });
  };
}

async function start({ size, tls }: Setup): Promise<void> {
  const photos = await Promise.all(Array.from({ length: DISTINCT }, (_, no) => cameraPhoto(no, size)));
  const server: Server = tls ? createTlsServer(tls, serve(photos)) : createServer(serve(photos));
  server.listen(0, "127.0.0.1", () => {
    const bound = server.address();
    const port = bound === null || typeof bound === "string" ? 0 : bound.port;
    const mean = Math.round(photos.reduce((sum, photo) => sum + photo.length, 0) / DISTINCT);
    process.send?.({ address: `${tls ? "https" : "http"}://127.0.0.1:${port}`, bytes: mean });
  });
}

process.on("message", (message: Setup | "count") => {
  if (message === "count") process.send?.({ requests, bytes });
  else void start(message);
});
process.on("disconnect", () => process.exit());
