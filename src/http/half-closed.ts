/**
 * A client that closes its sending side after its request still gets its answer, as RFC 9112 (9.6) wants it: `nc`, scripts and some proxies do so.
 * A stream without end must look for such a close by itself, since nobody may be there any more. Must leave no connection open that has nothing
 * left to say.
 */
import type { IncomingMessage, Server, ServerResponse } from "node:http";
import type { Socket } from "node:net";
import type { FastifyInstance } from "fastify";

export function answerHalfClosed(app: FastifyInstance): void {
  const server: Server = app.server;
  // Node's own switch for it, which its documentation does not name; without it the answer is cut off with the request.
  Object.assign(server, { httpAllowHalfOpen: true });
  const unanswered = new WeakMap<Socket, number>();

  function endIfOver(socket: Socket): void {
    if (socket.readableEnded && (unanswered.get(socket) ?? 0) === 0) socket.destroySoon();
  }

  server.prependListener("request", ({ socket }: IncomingMessage, response: ServerResponse) => {
    unanswered.set(socket, (unanswered.get(socket) ?? 0) + 1);
    response.once("close", () => {
      unanswered.set(socket, (unanswered.get(socket) ?? 1) - 1);
      endIfOver(socket);
    });
  });
  server.on("connection", (socket: Socket) => {
    // After Node's own listener, which hands out what the last bytes held.
    socket.once("end", () => setImmediate(endIfOver, socket));
  });
}

/** Calls once when the client sends nothing more, which may be now. */
export function onHalfClosed({ socket }: IncomingMessage, leave: () => void): void {
  if (socket.readableEnded) leave();
  else socket.once("end", leave);
}
