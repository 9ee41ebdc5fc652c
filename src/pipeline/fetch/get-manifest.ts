/** Fetches a list of visits behind the same guard as images: no private address, a bounded number of bytes, of redirects and of seconds without any. */
import { ImageFault } from "../../domain/error-codes.ts";
import { plainText } from "../../domain/plain-text.ts";
import type { Guard } from "./guard.ts";

const SILENT_MS = 30_000;
const MOST_REDIRECTS = 5;
const USER_AGENT = "Storewalk-Schedules";

export function createManifestFetch(guard: Guard, mostBytes: number) {
  let opened: ReturnType<typeof openClient> | null = null;

  async function follow(url: string, signal: AbortSignal): Promise<AsyncIterable<Uint8Array>> {
    opened ??= openClient(guard);
    const { request, agent } = await opened;
    let target = guard.parse(url);
    for (let hops = 0; hops <= MOST_REDIRECTS; hops++) {
      const answer = await request(target, {
        dispatcher: agent,
        headers: { "user-agent": USER_AGENT, accept: "*/*" },
        signal,
      });
      const location = answer.headers.location;
      if (answer.statusCode === 200) return bounded(answer.body, mostBytes);
      await answer.body.dump({ limit: 1_024, signal }).catch(() => {});
      if (answer.statusCode < 300 || answer.statusCode > 399 || typeof location !== "string") {
        throw new Error(`the host of the manifest answered ${answer.statusCode}`);
      }
      target = guard.parse(new URL(location, target).href);
    }
    throw new Error(`the manifest was redirected more than ${MOST_REDIRECTS} times`);
  }

  return {
    async fetchManifest(url: string, signal: AbortSignal): Promise<AsyncIterable<Uint8Array>> {
      try {
        return await follow(url, signal);
      } catch (error) {
        throw new Error(sentenceOf(error), { cause: error });
      }
    },
    async close() {
      await (await opened)?.agent.destroy();
    },
  };
}

async function openClient({ connect }: Guard) {
  const { Agent, request } = await import("undici");
  return { agent: new Agent({ connect, headersTimeout: SILENT_MS, bodyTimeout: SILENT_MS, pipelining: 0 }), request };
}

async function* bounded(body: AsyncIterable<Uint8Array>, most: number): AsyncIterable<Uint8Array> {
  let bytes = 0;
  for await (const piece of body) {
    bytes += piece.length;
    if (bytes > most) throw new Error(`the manifest has more than the ${most} bytes allowed`);
    yield piece;
  }
}

function sentenceOf(error: unknown): string {
  const fault = error instanceof Error && error.cause instanceof ImageFault ? error.cause : error;
  if (fault instanceof ImageFault) return `the manifest cannot be fetched, ${fault.code}: ${fault.message}`;
  if (fault instanceof Error && fault.name === "TimeoutError") return "the manifest did not come in time";
  return fault instanceof Error ? plainText(fault.message) : "the manifest cannot be fetched: the connection broke";
}
