/**
 * Ends connections that would hold up a server that closes: at once those on which no request has come, which Node takes for busy
 * and some clients open in advance; after a while those whose request or answer does not end.
 */
import type { Server } from "node:http";
import type { Socket } from "node:net";
import type { FastifyInstance } from "fastify";

/** An answer under way may end within it; a stop stays under 30 s with it. */
const CLOSE_GRACE_MS = 5_000;

export function endConnectionsAtClose(app: FastifyInstance, graceMs = CLOSE_GRACE_MS): void {
  const server: Server = app.server;
  const silent = new Set<Socket>();
  let closing = false;

  server.on("connection", (socket: Socket) => {
    if (closing) {
      socket.destroy();
      return;
    }
    silent.add(socket);
    socket.once("close", () => silent.delete(socket));
  });
  server.on("request", ({ socket }) => silent.delete(socket));
  app.addHook("preClose", async () => {
    closing = true;
    for (const socket of silent) socket.destroy();
    const grace = setTimeout(() => server.closeAllConnections(), graceMs);
    server.once("close", () => clearTimeout(grace));
  });
}
