/** Ends connections on which no request has come when the server closes. Node takes them for busy and would wait for them; some clients open one in advance. */
import type { Server } from "node:http";
import type { Socket } from "node:net";
import type { FastifyInstance } from "fastify";

export function endSilentConnections(app: FastifyInstance): void {
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
  });
}
