/**
 * A server on loopback below HTTP: a test writes every byte of its answers by hand, over TCP or TLS. What never ends there ends with the
 * connection. Tests only.
 */
import { once } from "node:events";
import { createServer, type Server, type Socket } from "node:net";
import { createServer as createTlsServer, type TlsOptions } from "node:tls";

export type RawRequest = {
  /** Such as `/3.png`. */
  readonly path: string;
  /** Counted from 1 on this connection. */
  readonly no: number;
  /** The request as it came, without its empty line. */
  readonly head: string;
  /** Whether another request came with it in one piece. */
  readonly hasNext: boolean;
};

/** `answer` hears each whole request; `connect` each connection before a byte was read, whatever comes over it then. */
export type RawHost =
  | {
      readonly kind: "answer";
      readonly tls?: TlsOptions;
      readonly answer: (socket: Socket, request: RawRequest) => void;
    }
  | { readonly kind: "connect"; readonly connect: (socket: Socket) => void };

export type RunningRawHost = {
  readonly port: number;
  /** Connections ever made, and those that are still there. */
  readonly connections: () => { readonly made: number; readonly open: number };
  close(): Promise<void>;
};

export async function startRawHost(host: RawHost): Promise<RunningRawHost> {
  const open = new Set<Socket>();
  let made = 0;
  const serve = (socket: Socket) => {
    socket.on("error", () => {});
    if (host.kind === "connect") host.connect(socket);
    else readRequests(socket, (request) => host.answer(socket, request));
  };
  const isSecure = host.kind === "answer" && host.tls !== undefined;
  const server: Server = isSecure ? createTlsServer(host.tls, serve) : createServer({ allowHalfOpen: true }, serve);
  server.on("connection", (socket: Socket) => {
    made += 1;
    open.add(socket);
    socket.on("error", () => {}).on("close", () => open.delete(socket));
  });
  server.on("tlsClientError", () => {});
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("the raw host does not listen on a port");
  return {
    port: address.port,
    connections: () => ({ made, open: open.size }),
    async close() {
      const closed = once(server, "close");
      server.close();
      for (const socket of open) socket.destroy();
      await closed;
    },
  };
}

function readRequests(socket: Socket, onRequest: (request: RawRequest) => void): void {
  let text = "";
  let no = 0;
  socket.on("data", (bytes) => {
    text += bytes.toString("latin1");
    for (let end = text.indexOf("\r\n\r\n"); end >= 0; end = text.indexOf("\r\n\r\n")) {
      no += 1;
      const head = text.slice(0, end);
      const [, path = "/"] = head.split(" ", 2);
      text = text.slice(end + 4);
      onRequest({ path, no, head, hasNext: text.includes("\r\n\r\n") });
    }
  });
  socket.on("end", () => socket.end());
}

/** Writes the piece again and again, no faster than it is read, until the connection is gone. */
export function pour(socket: Socket, piece: string | Uint8Array): void {
  const bytes = Buffer.from(piece);
  const more = () => {
    while (!socket.destroyed && socket.write(bytes));
  };
  socket.on("drain", more);
  more();
}

/** Writes one character at a time, from the first to the last and round again, until the connection is gone. */
export function drip(socket: Socket, text: string, everyMs: number): void {
  let at = 0;
  const timer = setInterval(() => {
    if (socket.destroyed) return clearInterval(timer);
    socket.write(text.charAt(at), "latin1");
    at = (at + 1) % text.length;
  }, everyMs);
  socket.on("close", () => clearInterval(timer));
}
