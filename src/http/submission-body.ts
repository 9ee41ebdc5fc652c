/** The body of a submission as a stream of bytes: its format by the headers, its size by the limit. Never holds it, never reads it unasked. */
import type { IncomingMessage } from "node:http";
import type { FastifyReply, FastifyRequest } from "fastify";
import type { SubmissionFormat } from "../intake/submit-job.ts";
import { ApiError, RequestBrokenOff } from "./api-error.ts";
import { askForBody } from "./protocol-faults.ts";
import { quoted } from "./query.ts";

const FORMAT_OF_TYPE: Readonly<Record<string, SubmissionFormat>> = {
  "application/json": "json",
  "application/x-ndjson": "ndjson",
  "application/ndjson": "ndjson",
  "application/jsonl": "ndjson",
  "text/csv": "csv",
};
const TYPES = "application/json, application/x-ndjson or text/csv";

export type SubmissionBodies = {
  /** A hook: refuses, before the body is asked for, what could not be taken. */
  onRequest(request: FastifyRequest): Promise<void>;
  formatOf(request: FastifyRequest): SubmissionFormat;
  /** As `onRequest`, of a route that takes nothing but CSV. */
  onCsvRequest(request: FastifyRequest): Promise<void>;
  openCsv(request: FastifyRequest, reply: FastifyReply): AsyncIterable<Uint8Array>;
  /** Asks for the body. To be called once, by the route's handler. */
  open(
    request: FastifyRequest,
    reply: FastifyReply,
  ): { readonly format: SubmissionFormat; readonly bytes: AsyncIterable<Uint8Array> };
};

export function createSubmissionBodies(deps: {
  readonly maxBodyBytes: number;
  readonly isDraining: () => boolean;
}): SubmissionBodies {
  const formats = new WeakMap<FastifyRequest, SubmissionFormat>();
  const known = (request: FastifyRequest) => formats.get(request) ?? "json";

  function open(request: FastifyRequest, reply: FastifyReply): AsyncIterable<Uint8Array> {
    askForBody(request, reply);
    return limited(request.raw, deps.maxBodyBytes);
  }

  async function onRequest(request: FastifyRequest): Promise<void> {
    if (deps.isDraining()) {
      throw new ApiError("draining", "this process is about to end; send it again", {
        headers: { "retry-after": "1" },
      });
    }
    formats.set(request, formatOf(request));
    if (Number(request.headers["content-length"]) > deps.maxBodyBytes) throw tooLarge(deps.maxBodyBytes);
  }

  return {
    formatOf: known,
    onRequest,
    open: (request, reply) => ({ format: known(request), bytes: open(request, reply) }),
    async onCsvRequest(request) {
      const { "content-type": type } = request.headers;
      await onRequest(request);
      if (known(request) === "csv") return;
      throw new ApiError("unsupported_media_type", `the body must be text/csv, got ${quoted(type ?? "none")}`);
    },
    openCsv: open,
  };
}

function formatOf(request: FastifyRequest): SubmissionFormat {
  const { "content-type": contentType = "application/json", "content-encoding": encoding = "identity" } =
    request.headers;
  const [type = "", ...parameters] = contentType.split(";").map((part) => part.trim().toLowerCase());
  const format = Object.hasOwn(FORMAT_OF_TYPE, type) ? FORMAT_OF_TYPE[type] : undefined;
  if (!format) throw new ApiError("unsupported_media_type", `the body must be ${TYPES}, got ${quoted(type)}`);
  const charset = parameters.find((parameter) => parameter.startsWith("charset="))?.slice("charset=".length);
  if (charset !== undefined && !/^"?utf-?8"?$/.test(charset)) {
    throw new ApiError("unsupported_media_type", `the body must be UTF-8, got charset ${quoted(charset)}`);
  }
  if (encoding.toLowerCase() !== "identity") {
    throw new ApiError(
      "unsupported_media_type",
      `the body must come uncompressed, got Content-Encoding ${quoted(encoding)}`,
    );
  }
  return format;
}

function tooLarge(maxBytes: number): ApiError {
  return new ApiError("body_too_large", `the body must be at most ${maxBytes} bytes; split the job`, {
    headers: { connection: "close" },
  });
}

/** The body's bytes, ended by a 413 where it passes the limit. */
async function* limited(body: IncomingMessage, maxBytes: number): AsyncIterable<Uint8Array> {
  let bytes = 0;
  try {
    for await (const chunk of unbroken(body)) {
      bytes += chunk.length;
      if (bytes > maxBytes) throw tooLarge(maxBytes);
      yield chunk;
    }
  } finally {
    // What nobody wants any more still has to come in before most clients look for the answer.
    body.resume();
  }
}

/** The body's bytes. Throws RequestBrokenOff when the client is the reason that they end; leaving it early keeps the connection. */
async function* unbroken(body: IncomingMessage): AsyncIterable<Uint8Array> {
  try {
    yield* body.iterator({ destroyOnReturn: false });
  } catch (error) {
    throw new RequestBrokenOff("the request broke off", { cause: error });
  }
}
