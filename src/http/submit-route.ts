/** `POST /api/submit`: hands the body to the intake as a stream and answers 201 after the durable commit. Never holds the body. */
import type { IncomingMessage } from "node:http";
import type { FastifyInstance, FastifyRequest } from "fastify";
import { firstSentence } from "../intake/problems.ts";
import type { Intake, SubmissionFormat } from "../intake/submit-job.ts";
import type { WorkMetrics } from "../metrics/work-metrics.ts";
import { ApiError, RequestBrokenOff } from "./api-error.ts";
import { askForBody } from "./protocol-faults.ts";
import { type Query, quoted } from "./query.ts";
import { SubmitReply } from "./schemas.ts";

const FORMAT_OF_TYPE: Readonly<Record<string, SubmissionFormat>> = {
  "application/json": "json",
  "application/x-ndjson": "ndjson",
  "application/ndjson": "ndjson",
  "application/jsonl": "ndjson",
  "text/csv": "csv",
};
const TYPES = "application/json, application/x-ndjson or text/csv";

export function addSubmitRoute(
  app: FastifyInstance,
  deps: {
    readonly intake: Intake;
    readonly maxBodyBytes: number;
    readonly onRunnable: () => void;
    readonly isDraining: () => boolean;
    readonly metrics: Pick<WorkMetrics, "jobAccepted">;
  },
): void {
  const formats = new WeakMap<FastifyRequest, SubmissionFormat>();

  // Before the body is asked for.
  async function onRequest(request: FastifyRequest): Promise<void> {
    if (deps.isDraining()) {
      throw new ApiError(503, "this process is about to end; submit the job again", {
        headers: { "retry-after": "1" },
      });
    }
    formats.set(request, formatOf(request));
    if (Number(request.headers["content-length"]) > deps.maxBodyBytes) throw tooLarge(deps.maxBodyBytes);
  }

  app.post<{ Querystring: Query }>(
    "/api/submit",
    { onRequest, schema: { response: { 201: SubmitReply } } },
    async (request, reply) => {
      askForBody(request, reply);
      const submission = await deps.intake.submit({
        format: formats.get(request) ?? "json",
        bytes: limited(request.raw, deps.maxBodyBytes),
        options: request.query,
      });
      if (submission.kind === "refused") {
        const { problems, total, unknownStores } = submission;
        throw new ApiError(400, firstSentence(problems, total), { problems, unknownStores });
      }
      request.jobId = submission.jobId;
      deps.metrics.jobAccepted();
      deps.onRunnable();
      request.log.info(
        { jobId: submission.jobId, visits: submission.visits, images: submission.images },
        "job accepted",
      );
      return reply
        .code(201)
        .header("location", `/api/status?jobid=${submission.jobId}`)
        .send({ job_id: submission.jobId });
    },
  );
}

function formatOf(request: FastifyRequest): SubmissionFormat {
  const { "content-type": contentType = "application/json", "content-encoding": encoding = "identity" } =
    request.headers;
  const [type = "", ...parameters] = contentType.split(";").map((part) => part.trim().toLowerCase());
  const format = Object.hasOwn(FORMAT_OF_TYPE, type) ? FORMAT_OF_TYPE[type] : undefined;
  if (!format) throw new ApiError(415, `the body must be ${TYPES}, got ${quoted(type)}`);
  const charset = parameters.find((parameter) => parameter.startsWith("charset="))?.slice("charset=".length);
  if (charset !== undefined && !/^"?utf-?8"?$/.test(charset)) {
    throw new ApiError(415, `the body must be UTF-8, got charset ${quoted(charset)}`);
  }
  if (encoding.toLowerCase() !== "identity") {
    throw new ApiError(415, `the body must come uncompressed, got Content-Encoding ${quoted(encoding)}`);
  }
  return format;
}

function tooLarge(maxBytes: number): ApiError {
  return new ApiError(413, `the body must be at most ${maxBytes} bytes; split the job`, {
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
