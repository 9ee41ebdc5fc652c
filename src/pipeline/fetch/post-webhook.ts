/** Sends a webhook behind the same guard as images: no private address, no redirect, no more of the answer than its first bytes. */
import { ImageFault } from "../../domain/error-codes.ts";
import { plainText } from "../../domain/plain-text.ts";
import type { Guard } from "./guard.ts";

const TIME_LIMIT_MS = 15_000;
const KEPT_BYTES = 1_024;
const USER_AGENT = "Storewalk-Webhooks";

type Reply =
  | { readonly kind: "answered"; readonly status: number; readonly retryAfterMs: number | null; readonly body: string }
  | { readonly kind: "failed"; readonly error: string };

export function createWebhookPost(guard: Guard) {
  let opened: ReturnType<typeof openClient> | null = null;

  async function send(url: string, headers: Readonly<Record<string, string>>, body: string): Promise<Reply> {
    const target = guard.parse(url);
    opened ??= openClient(guard);
    const { request, agent } = await opened;
    const answer = await request(target, {
      dispatcher: agent,
      method: "POST",
      headers: { ...headers, "user-agent": USER_AGENT },
      body,
      signal: AbortSignal.timeout(TIME_LIMIT_MS),
    });
    return {
      kind: "answered",
      status: answer.statusCode,
      retryAfterMs: retryAfterMs(answer.headers["retry-after"]),
      body: await beginningOf(answer.body),
    };
  }

  return {
    async post(url: string, headers: Readonly<Record<string, string>>, body: string): Promise<Reply> {
      try {
        return await send(url, headers, body);
      } catch (error) {
        return { kind: "failed", error: sentenceOf(error) };
      }
    },
    async close() {
      await (await opened)?.agent.destroy();
    },
  };
}

/** Loads the library with the first webhook: it is a quarter of what an idle service would hold of its program, and most send none. */
async function openClient({ connect }: Guard) {
  const { Agent, request } = await import("undici");
  const agent = new Agent({
    connect,
    headersTimeout: TIME_LIMIT_MS,
    bodyTimeout: TIME_LIMIT_MS,
    // No connection is kept: what an endpoint sends unasked on one would be taken for the answer to the next webhook.
    pipelining: 0,
  });
  return { agent, request };
}

/** What is behind the first bytes is not read: the connection is closed. */
async function beginningOf(body: AsyncIterable<Buffer>): Promise<string> {
  const pieces: Buffer[] = [];
  let length = 0;
  for await (const piece of body) {
    pieces.push(piece);
    length += piece.length;
    if (length >= KEPT_BYTES) break;
  }
  const text = Buffer.concat(pieces).subarray(0, KEPT_BYTES).toString();
  // On one line, as it is shown: where it breaks says nothing.
  return plainText(text.replace(/\s+/g, " ").trim());
}

/** Seconds or an HTTP date. */
function retryAfterMs(header: string | string[] | undefined): number | null {
  if (typeof header !== "string") return null;
  if (/^\d{1,9}$/.test(header)) return Number(header) * 1_000;
  const at = Date.parse(header);
  return Number.isNaN(at) ? null : Math.max(0, at - Date.now());
}

function sentenceOf(error: unknown): string {
  const fault = error instanceof Error && error.cause instanceof ImageFault ? error.cause : error;
  if (fault instanceof ImageFault) return `${fault.code}: ${fault.message}`;
  if (fault instanceof Error && fault.name === "TimeoutError")
    return `timeout: no answer within ${TIME_LIMIT_MS / 1_000} s`;
  return `connect_failed: ${fault instanceof Error ? plainText(fault.message) : "the connection broke"}`;
}
