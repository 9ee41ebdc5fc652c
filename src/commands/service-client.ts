/** Speaks to a running service over its API. Every failure is a CommandError that says what to do. */
import { type Static, Type } from "typebox";
import { Value } from "typebox/value";
import type { ApiProblem } from "../http/api-error.ts";
import { Problem } from "../http/problem.ts";
import { ErrorReply, StatusReply, SubmitReply } from "../http/schemas.ts";
import type { ReportFormat } from "../reports/report.ts";
import { CommandError, EXIT } from "./exit-codes.ts";

const ANSWER_MS = 30_000;

export type ServiceClient = {
  readonly url: string;
  submit(body: { readonly contentType: string; readonly bytes: AsyncIterable<Uint8Array> }): Promise<number>;
  status(jobId: number): Promise<StatusReply>;
  /** A job's results as a file, in pieces. */
  results(
    jobId: number,
    report: { readonly failed: boolean; readonly format: ReportFormat },
  ): Promise<AsyncIterable<Uint8Array>>;
};

export function createServiceClient(url: string): ServiceClient {
  async function send(path: string, init: RequestInit & { duplex?: "half" } = {}): Promise<Response> {
    const response = await fetch(new URL(path, url), init).catch((cause: unknown) => {
      throw new CommandError(
        EXIT.serviceAway,
        `no Storewalk answers at ${url}; start it with "storewalk serve", or name it with --url`,
        { cause },
      );
    });
    if (response.ok) return response;
    const reply = await read(Type.Union([ErrorReply, Problem]), response, url);
    const exitCode = response.status >= 500 ? EXIT.serviceAway : EXIT.badData;
    if ("error" in reply) throw new CommandError(exitCode, reply.error + listOf(reply.errors));
    throw new CommandError(exitCode, reply.detail + listOf(reply.problems));
  }

  return {
    url,
    async submit({ contentType, bytes }) {
      const response = await send("/api/submit", {
        method: "POST",
        headers: { "content-type": contentType },
        body: ReadableStream.from(bytes),
        duplex: "half",
      });
      return (await read(SubmitReply, response, url)).job_id;
    },
    async status(jobId) {
      const response = await send(`/api/status?jobid=${jobId}`, { signal: AbortSignal.timeout(ANSWER_MS) });
      return await read(StatusReply, response, url);
    },
    async results(jobId, { failed, format }) {
      const response = await send(`/api/v1/jobs/${jobId}/results?format=${format}${failed ? "&outcome=failed" : ""}`);
      if (!response.body) throw new CommandError(EXIT.serviceAway, `${url} sent no results`);
      return unbroken(response.body, url);
    },
  };
}

/** A line for each fault. One of the whole submission has no pointer; where it is the only one, the sentence has said it already. */
function listOf(errors: readonly ApiProblem[] = []): string {
  if (errors.length === 1 && errors[0]?.pointer === "") return "";
  return errors.map(({ pointer, detail }) => `\n  ${pointer === "" ? "" : `${pointer}: `}${detail}`).join("");
}

/** The same bytes; ends with a CommandError when the connection does not last to the end of them. */
async function* unbroken(bytes: AsyncIterable<Uint8Array>, url: string): AsyncIterable<Uint8Array> {
  try {
    yield* bytes;
  } catch (cause) {
    throw new CommandError(
      EXIT.serviceAway,
      `the service at ${url} broke off in the middle of the results; what was printed is not all of them, ask again`,
      { cause },
    );
  }
}

async function read<T extends Type.TSchema>(schema: T, response: Response, url: string): Promise<Static<T>> {
  const body: unknown = await response.json().catch(() => null);
  if (Value.Check(schema, body)) return body;
  throw new CommandError(EXIT.serviceAway, `what answers at ${url} is not Storewalk`);
}
