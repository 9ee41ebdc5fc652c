/** Ways in which a host can go wrong, each on a real socket. What has no end ends with the connection. Tests only. */
import type { ServerResponse } from "node:http";
import type { Socket } from "node:net";

export type Misbehaviour =
  /** Promises the whole file, sends the first `sent` bytes, closes. */
  | { readonly kind: "short-body"; readonly bytes: Uint8Array; readonly sent: number }
  /** Resets the connection instead of answering. */
  | { readonly kind: "reset" }
  /** Closes the connection instead of answering. */
  | { readonly kind: "close" }
  /** Takes the request and never answers. */
  | { readonly kind: "hang" }
  /** Sends headers and the first `sent` bytes, then nothing more. */
  | { readonly kind: "hang-in-body"; readonly bytes: Uint8Array; readonly sent: number }
  /** Hands the test a function that sends the next bytes of the body, however slowly it likes. */
  | {
      readonly kind: "drip";
      readonly length: number;
      readonly onAsked: (send: (bytes: Uint8Array) => void) => void;
    }
  /** Never comes to an end with what is named, as fast as it is read. */
  | { readonly kind: "endless"; readonly what: "early-hints" | "body" | "chunk-extension" }
  /** So many bytes of headers. */
  | { readonly kind: "header-bomb"; readonly bytes: number }
  /** These very characters, a byte each, then the connection closes. */
  | { readonly kind: "raw"; readonly text: string };

const ENDLESS_PIECES = {
  "early-hints": "HTTP/1.1 103 Early Hints\r\nlink: </a.css>; rel=preload\r\n\r\n",
  body: `1000\r\n${"x".repeat(0x1000)}\r\n`,
  "chunk-extension": `;name=${"x".repeat(4_096)}`,
} as const;
const ENDLESS_STARTS = {
  "early-hints": "",
  body: "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n",
  "chunk-extension": "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n1",
} as const;

export function misbehave(route: Misbehaviour, response: ServerResponse): void {
  const { socket } = response;
  if (!socket) return;
  switch (route.kind) {
    case "short-body":
      sendHead(socket, route.bytes, route.sent, () => socket.destroySoon());
      break;
    case "reset":
      socket.resetAndDestroy();
      break;
    case "close":
      socket.destroy();
      break;
    case "hang":
      break;
    case "hang-in-body":
      sendHead(socket, route.bytes, route.sent, () => {});
      break;
    case "drip":
      socket.write(`HTTP/1.1 200 OK\r\ncontent-length: ${route.length}\r\n\r\n`);
      route.onAsked((bytes) => void socket.write(bytes));
      break;
    case "endless":
      socket.write(ENDLESS_STARTS[route.what]);
      pour(socket, ENDLESS_PIECES[route.what].repeat(16));
      break;
    case "header-bomb":
      socket.end(`HTTP/1.1 200 OK\r\nx-bomb: ${"x".repeat(route.bytes)}\r\ncontent-length: 0\r\n\r\n`);
      break;
    case "raw":
      socket.end(route.text, "latin1");
      break;
  }
}

function sendHead(socket: Socket, bytes: Uint8Array, sent: number, then: () => void): void {
  socket.write(`HTTP/1.1 200 OK\r\ncontent-length: ${bytes.length}\r\n\r\n`);
  socket.write(bytes.subarray(0, sent), then);
}

/** Writes the piece again and again, no faster than it is read, until the connection is gone. */
function pour(socket: Socket, piece: string): void {
  const bytes = Buffer.from(piece);
  const more = () => {
    while (!socket.destroyed && socket.write(bytes));
  };
  socket.on("drain", more);
  more();
}
