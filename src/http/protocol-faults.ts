/** Refuses what never becomes a request of a route, in the API's one shape: Fastify and Node would answer in shapes of their own, or with nothing. */
import { type IncomingMessage, type Server, STATUS_CODES } from "node:http";
import type { Socket } from "node:net";
import type { FastifyError, FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import { ApiError } from "./api-error.ts";
import { quoted } from "./query.ts";
import { REQUEST_ID_HEADER, type RequestLog } from "./request-log.ts";

const MOST_PARAMETER_CHARACTERS = 100;

type Refusal = { readonly status: number; readonly error: string };

/** Node's codes for bytes that its parser gave up on. */
const REFUSALS: Readonly<Record<string, Refusal>> = {
  HPE_HEADER_OVERFLOW: { status: 431, error: "the request's headers are too long" },
  HPE_CHUNK_EXTENSIONS_OVERFLOW: { status: 413, error: "the extensions of the body's chunks are too long" },
  ERR_HTTP_REQUEST_TIMEOUT: { status: 408, error: "the request did not arrive in time" },
};
const NOT_HTTP: Refusal = { status: 400, error: "the request is not HTTP/1.1 as it should be; nothing of it was kept" };

/** Options for Fastify. Node's own answer to a missing Host has no body, so `addProtocolFaults` gives ours. */
export function protocolFaultOptions(requestLog: RequestLog) {
  return {
    clientErrorHandler: (error: NodeJS.ErrnoException, socket: Socket) => refuseBytes(requestLog, error, socket),
    // Fastify runs no hooks for these.
    frameworkErrors: (error: FastifyError, request: FastifyRequest, reply: FastifyReply) => {
      requestLog.follow(request, reply);
      refuseUrl(error, request, reply);
    },
    maxParamLength: MOST_PARAMETER_CHARACTERS,
    requireHostHeader: false,
  } as const;
}

function refuseBytes(requestLog: RequestLog, error: NodeJS.ErrnoException, socket: Socket): void {
  if (error.code === "ECONNRESET" || !socket.writable) {
    socket.destroy();
    return;
  }
  const { status, error: sentence } = REFUSALS[error.code ?? ""] ?? NOT_HTTP;
  const body = JSON.stringify({ error: sentence });
  const headers = Object.entries(refusalHeaders(body, requestLog.refused(null, status)));
  const head = [`HTTP/1.1 ${status} ${STATUS_CODES[status]}`, ...headers.map(([name, value]) => `${name}: ${value}`)];
  socket.end(`${head.join("\r\n")}\r\n\r\n${body}`, () => socket.destroy());
}

function refusalHeaders(body: string, requestId: string) {
  return {
    "content-type": "application/json; charset=utf-8",
    "content-length": Buffer.byteLength(body),
    connection: "close",
    [REQUEST_ID_HEADER]: requestId,
  };
}

function refuseUrl(error: FastifyError, request: FastifyRequest, reply: FastifyReply): void {
  const path = request.raw.url?.split("?", 1)[0] ?? "";
  const refusal: Refusal =
    error.code === "FST_ERR_MAX_PARAM_LENGTH"
      ? { status: 414, error: `a part of the path has more than ${MOST_PARAMETER_CHARACTERS} characters` }
      : { status: 400, error: `the path cannot be decoded, got ${quoted(path)}` };
  reply.code(refusal.status).send({ error: refusal.error });
}

/** Refuses HTTP/1.1 without Host and every Expect but `100-continue`, which is left to the route that reads the body. */
export function addProtocolFaults(app: FastifyInstance, requestLog: RequestLog): void {
  app.addHook("onRequest", async ({ headers, raw }) => {
    if (headers.host === undefined && raw.httpVersion === "1.1") {
      throw new ApiError(400, "the request must have a Host header; it is missing");
    }
  });
  const server: Server = app.server;
  server.on("checkExpectation", (request: IncomingMessage, response) => {
    const error = `Expect must be 100-continue or absent, got ${quoted(request.headers.expect ?? "")}`;
    const body = JSON.stringify({ error });
    response.writeHead(417, refusalHeaders(body, requestLog.refused(request, 417)));
    response.end(body);
  });
  // Until the body is asked for, an answer ends the connection: the client may or may not send the body after it.
  server.on("checkContinue", (request, response) => {
    response.setHeader("connection", "close");
    server.emit("request", request, response);
  });
}

/** Asks for the body when the client waits to be asked. */
export function askForBody(request: FastifyRequest, reply: FastifyReply): void {
  if (!/^100-continue$/i.test(request.headers.expect ?? "")) return;
  reply.raw.removeHeader("connection");
  reply.raw.writeContinue();
}
