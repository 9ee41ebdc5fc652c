/**
 * A client that closes its sending side after its request still gets its answer, as RFC 9112 (9.6) wants it: `nc`, scripts and some proxies do so.
 * A stream without end must look for such a close by itself, since nobody may be there any more.
 */
import type { IncomingMessage } from "node:http";
import type { FastifyInstance } from "fastify";

export function answerHalfClosed(app: FastifyInstance): void {
  // Node's own switch for it, which its documentation does not name; without it the answer is cut off with the request.
  Object.assign(app.server, { httpAllowHalfOpen: true });
}

/** Calls once when the client sends nothing more, which may be now. */
export function onHalfClosed({ socket }: IncomingMessage, leave: () => void): void {
  if (socket.readableEnded) leave();
  else socket.once("end", leave);
}
