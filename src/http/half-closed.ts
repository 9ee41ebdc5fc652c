/**
 * A client that closes its sending side after its request still gets its answer, as RFC 9112 (9.6) wants it: `nc`, scripts and some proxies do so. So
 * does one that sends behind its request what nobody can read. A stream without end must look for such a close by itself, since nobody may be there
 * any more. Must leave no connection open that has nothing left to say.
 */
import type { IncomingMessage, Server, ServerResponse } from "node:http";
import type { Socket } from "node:net";
import type { FastifyInstance } from "fastify";

const answers = new WeakMap<Socket, Set<ServerResponse>>();
/** Nothing more can be read from them. */
const unreadable = new WeakSet<Socket>();

export function answerHalfClosed(app: FastifyInstance): void {
  const server: Server = app.server;
  // Node's own switch for it, which its documentation does not name; without it the answer is cut off with the request.
  Object.assign(server, { httpAllowHalfOpen: true });

  function endIfOver(socket: Socket): void {
    const isLastRequest = unreadable.has(socket) || socket.readableEnded;
    if (isLastRequest && !owesAnswer(socket)) socket.destroySoon();
  }

  server.prependListener("request", ({ socket }: IncomingMessage, response: ServerResponse) => {
    const open = answers.get(socket) ?? new Set();
    answers.set(socket, open.add(response));
    response.once("close", () => {
      open.delete(response);
      endIfOver(socket);
    });
  });
  server.on("connection", (socket: Socket) => {
    // After Node's own listener, which hands out what the last bytes held.
    socket.once("end", () => setImmediate(endIfOver, socket));
  });
}

/** Whether answers are under way on a connection from which nothing more can be read: they go on to their end, and the connection ends with them. */
export function endsWithItsAnswers(socket: Socket): boolean {
  unreadable.add(socket);
  return owesAnswer(socket);
}

/** A request whose end can never be read is owed none, unless its answer has begun before. */
function owesAnswer(socket: Socket): boolean {
  return [...(answers.get(socket) ?? [])].some(({ headersSent, req }) => headersSent || req.complete);
}

/** Calls once when the client sends nothing more, which may be now. */
export function onHalfClosed({ socket }: IncomingMessage, leave: () => void): void {
  if (socket.readableEnded) leave();
  else socket.once("end", leave);
}
