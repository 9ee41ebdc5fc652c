/** Refuses what never becomes a request of a route, in the API's one shape: Fastify and Node would answer in shapes of their own, or with nothing. */
import { type IncomingMessage, type Server, STATUS_CODES } from "node:http";
import type { Socket } from "node:net";
import type { FastifyError, FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import { endsWithItsAnswers } from "../half-closed.ts";
import { quoted } from "../query.ts";
import { REQUEST_ID_HEADER, type RequestLog } from "../request-log.ts";
import { ApiError } from "./api-error.ts";
import { type ErrorAnswer, errorAnswer } from "./problem.ts";
import { PROBLEM_CODES, type ProblemCode } from "./problem-codes.ts";

const MOST_PARAMETER_CHARACTERS = 100;

type Refusal = { readonly code: ProblemCode; readonly error: string };

/** Node's codes for bytes that its parser gave up on. */
const REFUSALS: Readonly<Record<string, Refusal>> = {
  HPE_HEADER_OVERFLOW: { code: "headers_too_large", error: "the request's headers are too long" },
  HPE_CHUNK_EXTENSIONS_OVERFLOW: { code: "body_too_large", error: "the extensions of the body's chunks are too long" },
  ERR_HTTP_REQUEST_TIMEOUT: { code: "request_timeout", error: "the request did not arrive in time" },
};
const NOT_HTTP: Refusal = {
  code: "bad_request",
  error: "the request is not HTTP/1.1 as it should be; nothing of it was kept",
};

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
  if (endsWithItsAnswers(socket)) return;
  const { code, error: sentence } = REFUSALS[error.code ?? ""] ?? NOT_HTTP;
  const { status } = PROBLEM_CODES[code];
  // Nobody knows for which path it was.
  const refused = errorAnswer(new ApiError(code, sentence), { path: "", requestId: requestLog.refused(null, status) });
  const headers = Object.entries(closingHeaders(refused));
  const head = [`HTTP/1.1 ${status} ${STATUS_CODES[status]}`, ...headers.map(([name, value]) => `${name}: ${value}`)];
  socket.end(`${head.join("\r\n")}\r\n\r\n${refused.body}`, () => socket.destroy());
}

function closingHeaders({ type, body, requestId }: ErrorAnswer) {
  return {
    "content-type": type,
    "content-length": Buffer.byteLength(body),
    connection: "close",
    [REQUEST_ID_HEADER]: requestId,
  };
}

function refuseUrl(error: FastifyError, request: FastifyRequest, reply: FastifyReply): void {
  const path = request.raw.url?.split("?", 1)[0] ?? "";
  const refusal =
    error.code === "FST_ERR_MAX_PARAM_LENGTH"
      ? new ApiError("path_too_long", `a part of the path has more than ${MOST_PARAMETER_CHARACTERS} characters`)
      : new ApiError("bad_request", `the path cannot be decoded, got ${quoted(path)}`);
  const { type, body } = errorAnswer(refusal, { path, requestId: request.id });
  reply.code(refusal.status).type(type).send(body);
}

/** Refuses HTTP/1.1 without Host and every Expect but `100-continue`, which is left to the route that reads the body. */
export function addProtocolFaults(app: FastifyInstance, requestLog: RequestLog): void {
  app.addHook("onRequest", async ({ headers, raw }) => {
    if (headers.host === undefined && raw.httpVersion === "1.1") {
      throw new ApiError("bad_request", "the request must have a Host header; it is missing");
    }
  });
  const server: Server = app.server;
  server.on("checkExpectation", (request: IncomingMessage, response) => {
    const sentence = `Expect must be 100-continue or absent, got ${quoted(request.headers.expect ?? "")}`;
    const error = new ApiError("expectation_failed", sentence);
    const requestId = requestLog.refused(request, error.status);
    const refused = errorAnswer(error, { path: request.url ?? "", requestId });
    response.writeHead(error.status, closingHeaders(refused));
    response.end(refused.body);
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
