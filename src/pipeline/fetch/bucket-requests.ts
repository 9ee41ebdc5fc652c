/** Requests to buckets' services that are no photo's: lists, and files that are put, read, looked at and removed. Behind the same guard; follows nothing. */
import { createReadStream } from "node:fs";
import type { SendToBucket } from "../../buckets/bucket.ts";
import { ImageFault } from "../../domain/error-codes.ts";
import type { Guard } from "./guard.ts";

const ANSWER_MS = 60_000;
const CONNECTIONS = 16;
/** A page of a thousand keys of 1,024 bytes, each byte in percent form. */
const MOST_ANSWER_BYTES = 8 * 2 ** 20;

export type BucketRequests = { readonly send: SendToBucket; close(): Promise<void> };

/**
 * Connections are kept only to a service that the operator has chosen: what another one sends unasked on a kept connection would be taken for the answer to
 * the next request.
 */
export function createBucketRequests(
  guard: Pick<Guard, "parse" | "connect">,
  { keptConnections }: { readonly keptConnections: boolean },
): BucketRequests {
  let opened: ReturnType<typeof openClient> | null = null;

  return {
    async send({ method, origin, target, headers, file, asBytes = false }, signal) {
      guard.parse(origin);
      opened ??= openClient(guard, keptConnections);
      const agent = await opened;
      try {
        const answer = await agent.request({
          origin,
          // Not a URL, which would resolve `..` in a key.
          path: target,
          method,
          headers,
          body: file === null ? null : createReadStream(file.path),
          signal,
        });
        const { hostname } = new URL(origin);
        const header = (name: string) => String(answer.headers[name] ?? "");
        const status = answer.statusCode;
        if (asBytes && status === 200) return { status, header, body: "", bytes: told(answer.body, hostname, signal) };
        return { status, header, body: await textOf(answer.body, hostname) };
      } catch (error) {
        signal.throwIfAborted();
        throw faultOf(error, new URL(origin).hostname);
      }
    },
    async close() {
      await (await opened)?.destroy();
    },
  };
}

/** Loads the library with the first request. */
async function openClient({ connect }: Pick<Guard, "connect">, keptConnections: boolean) {
  const { Agent } = await import("undici");
  return new Agent({
    connect,
    headersTimeout: ANSWER_MS,
    bodyTimeout: ANSWER_MS,
    connections: CONNECTIONS,
    pipelining: keptConnections ? 1 : 0,
  });
}

async function* told(body: AsyncIterable<Buffer>, hostname: string, signal: AbortSignal): AsyncIterable<Buffer> {
  try {
    yield* body;
  } catch (error) {
    signal.throwIfAborted();
    throw faultOf(error, hostname);
  }
}

async function textOf(body: AsyncIterable<Buffer>, hostname: string): Promise<string> {
  const pieces: Buffer[] = [];
  let length = 0;
  for await (const piece of body) {
    length += piece.length;
    if (length > MOST_ANSWER_BYTES) throw new ImageFault("http_error", `${hostname} sent more than an answer can have`);
    pieces.push(piece);
  }
  return Buffer.concat(pieces).toString();
}

function faultOf(error: unknown, hostname: string): unknown {
  const fault = error instanceof Error && error.cause instanceof ImageFault ? error.cause : error;
  if (fault instanceof ImageFault || !(fault instanceof Error)) return fault;
  const isLate = /timeout/i.test(fault.name);
  const what = isLate ? "did not answer in time" : `the connection broke (${fault.message})`;
  return new ImageFault(isLate ? "timeout" : "connect_failed", `${hostname}: ${what}`, { cause: error });
}
