/**
 * Requests to the service. Those that may be sent twice without harm are sent again after a failure that may pass, a few times and with growing,
 * random pauses. Knows nothing of jobs.
 */
import { errorOf, StorewalkError } from "./errors.ts";

export type TransportOptions = {
  /** Where the service is, such as `http://127.0.0.1:8080`. */
  readonly baseUrl: string;
  /** Sent as `Authorization: Bearer …`. */
  readonly apiKey?: string;
  /** In place of the runtime's own. */
  readonly fetch?: typeof fetch;
  /** Attempts after the first one; 4 if not given. */
  readonly maxRetries?: number;
  /** For the answer's headers, ms; 30 s if not given. A body that streams takes as long as it takes. */
  readonly timeoutMs?: number;
};

export type Query = Readonly<Record<string, string | number | boolean | null | undefined>>;

export type CallOptions = {
  readonly method?: string;
  readonly query?: Query;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string | Blob | FormData | ReadableStream<Uint8Array>;
  readonly signal?: AbortSignal | undefined;
  /** In place of the usual one, for a body that takes long to send. */
  readonly timeoutMs?: number | undefined;
  /** Whether it does no harm to send it twice. A GET never does. */
  readonly repeatable?: boolean;
};

export type Transport = {
  /** Resolves with a good answer; rejects with a StorewalkError, or with the signal's reason. */
  send(path: string, options?: CallOptions): Promise<Response>;
  json<T>(path: string, options?: CallOptions): Promise<T>;
};

const FIRST_PAUSE_MS = 250;
const LONGEST_PAUSE_MS = 8_000;
const LONGEST_ASKED_PAUSE_MS = 60_000;
const PASSING = [408, 429, 502, 503, 504];

export function createTransport(options: TransportOptions): Transport {
  const { maxRetries = 4, timeoutMs = 30_000, apiKey } = options;
  const doFetch = options.fetch ?? fetch;

  async function once(path: string, call: CallOptions): Promise<Response> {
    const url = new URL(path, options.baseUrl);
    for (const [name, value] of Object.entries(call.query ?? {})) {
      if (value !== null && value !== undefined) url.searchParams.set(name, String(value));
    }
    const late = new AbortController();
    const mostMs = call.timeoutMs ?? timeoutMs;
    const timer = setTimeout(() => late.abort(), mostMs);
    const signals = call.signal ? [call.signal, late.signal] : [late.signal];
    const streams = call.body instanceof ReadableStream ? { duplex: "half" as const } : {};
    try {
      const response = await doFetch(url, {
        method: call.method ?? "GET",
        headers: { ...(apiKey === undefined ? {} : { authorization: `Bearer ${apiKey}` }), ...call.headers },
        ...(call.body === undefined ? {} : { body: call.body }),
        signal: AbortSignal.any(signals),
        ...streams,
      });
      if (response.ok) return response;
      throw await errorOf(response, options.baseUrl);
    } catch (cause) {
      call.signal?.throwIfAborted();
      if (cause instanceof StorewalkError) throw cause;
      const what = late.signal.aborted ? `did not answer within ${mostMs} ms` : "cannot be reached";
      throw new StorewalkError(`the service at ${options.baseUrl} ${what}`, { code: "unreachable", status: 0, cause });
    } finally {
      clearTimeout(timer);
    }
  }

  async function send(path: string, call: CallOptions = {}): Promise<Response> {
    const isRepeatable =
      (call.repeatable ?? (call.method ?? "GET") === "GET") && !(call.body instanceof ReadableStream);
    for (let attempt = 0; ; attempt += 1) {
      try {
        return await once(path, call);
      } catch (error) {
        if (!isRepeatable || attempt >= maxRetries || !mayPass(error)) throw error;
        await pause(pauseMs(error, attempt), call.signal);
      }
    }
  }

  return {
    send,
    // The answer's shape is the one that the service's OpenAPI document promises.
    async json(path, call) {
      const text = await (await send(path, call)).text();
      try {
        return JSON.parse(text);
      } catch (cause) {
        const sentence = `what answers at ${options.baseUrl} is not Storewalk`;
        throw new StorewalkError(sentence, { code: "not_storewalk", status: 200, cause });
      }
    },
  };
}

function mayPass(error: unknown): error is StorewalkError {
  if (!(error instanceof StorewalkError)) return false;
  // The same request is being read at this moment: soon its job is known.
  return error.code === "unreachable" || error.code === "idempotency_running" || PASSING.includes(error.status);
}

function pauseMs({ retryAfterMs }: StorewalkError, attempt: number): number {
  const grown = Math.min(LONGEST_PAUSE_MS, FIRST_PAUSE_MS * 2 ** attempt) * (0.5 + Math.random() / 2);
  return Math.max(grown, Math.min(retryAfterMs ?? 0, LONGEST_ASKED_PAUSE_MS));
}

/** Rejects with the signal's reason when it is aborted. */
export function pause(ms: number, signal?: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    if (signal?.aborted) return reject(signal.reason);
    const stop = () => {
      clearTimeout(timer);
      reject(signal?.reason);
    };
    const timer = setTimeout(() => {
      signal?.removeEventListener("abort", stop);
      resolve();
    }, ms);
    signal?.addEventListener("abort", stop, { once: true });
  });
}

/** A call with a JSON body. */
export function withJson(method: string, body: object, repeatable: boolean): CallOptions {
  return { method, headers: { "content-type": "application/json" }, body: JSON.stringify(body), repeatable };
}
