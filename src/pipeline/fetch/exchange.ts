/**
 * Requests and their answers over the wire: pieces of the body land in one buffer as they arrive, until it is ended, discarded or
 * cancelled: one of them must follow at once. Knows nothing of statuses, ranges or retries.
 */
import type { Buffers } from "./buffer-pool.ts";
import { type Headers, textOf } from "./headers.ts";
import type { Connection, Receiver } from "./wire/connection.ts";
import type { Wire, WireRequest } from "./wire/wire.ts";

export type Body = {
  /** Resolves when so many bytes are there or the body has ended. Rejects with the transport's error. */
  read(atLeast: number): Promise<void>;
  /** What has come so far. Bytes given out never change. */
  bytes(): Uint8Array;
  readonly ended: boolean;
  /** The length that the headers promise. */
  readonly expected: number | null;
  /** Ends the body with an error of the caller's. */
  cancel(reason: Error): void;
  /** Nothing more is wanted: the rest is read away when it is short, else the connection is closed. */
  discard(): void;
};

export type Answer = {
  readonly status: number;
  readonly headers: Headers;
  readonly body: Body;
  /** Whether it came over a connection that had served before. */
  readonly onKept: boolean;
};

export type ExchangeEnd = {
  /** The wire's error, undefined when all went well. */
  readonly error: Error | undefined;
  /** The answer's status, 0 when its headers never came. */
  readonly status: number;
  /** The answer's Retry-After, empty when it has none. */
  readonly retryAfter: string;
  /** What was answered to the request beside, as far as its headers came; null for nothing. */
  readonly beside: { readonly status: number; readonly retryAfter: string } | null;
};

export type Use = {
  readonly signal: AbortSignal;
  /** Where a body begins to land. */
  readonly buffers: Buffers;
  /** Called once with the first answer's end, when the connection is free for another or closed; the promises may be seen to resolve later. */
  readonly onOver: (end: ExchangeEnd) => void;
};

/** A shorter rest is cheaper to read away than a new connection is to open. */
const DRAIN_BYTES = 128 * 1_024;
const DRAIN_MS = 2_000;
const PRESIZED_BYTES = 1_024 * 1_024;

/** What was asked for, and what was asked for in the same breath. Each resolves with its headers. */
export type Answers = { readonly first: Promise<Answer>; readonly second: Promise<Answer> | null };

export function exchange(wire: Wire, request: WireRequest, use: Use): Answers {
  const { signal } = use;
  const isPair = request.fields.length > 1;
  let open = request.fields.length;
  let firstEnd: IntakeEnd | undefined;
  let secondEnd: IntakeEnd | undefined;

  function onOver(): void {
    open -= 1;
    if (open > 0 || !firstEnd) return;
    signal.removeEventListener("abort", cancel);
    const { error, status, retryAfter } = firstEnd;
    use.onOver({ error, status, retryAfter, beside: secondEnd && secondEnd.status > 0 ? secondEnd : null });
  }

  function cancel(): void {
    first.body.fail(signal.reason);
    second?.body.fail(signal.reason);
  }

  const first = createIntake(use.buffers, (end) => {
    firstEnd = end;
    onOver();
  });
  const second = isPair
    ? createIntake(use.buffers, (end) => {
        secondEnd = end;
        onOver();
      })
    : null;
  // Nobody may be there yet to hear of its end, which comes with the first answer's if that one fails.
  second?.answer.catch(() => {});
  if (signal.aborted) {
    cancel();
  } else {
    signal.addEventListener("abort", cancel);
    const connection = wire.get(request, second ? [first.receiver, second.receiver] : [first.receiver]);
    first.body.start(connection);
    second?.body.start(connection);
  }
  return { first: first.answer, second: second?.answer ?? null };
}

type IntakeEnd = Omit<ExchangeEnd, "beside">;

function createIntake(buffers: Buffers, onOver: (end: IntakeEnd) => void) {
  const { promise, resolve, reject } = Promise.withResolvers<Answer>();
  let status = 0;
  let retryAfter = "";
  const body = createBody(buffers, (error) => {
    if (error) reject(error);
    onOver({ error, status, retryAfter });
  });
  const receiver: Receiver = {
    onHead(code, headers) {
      status = code;
      retryAfter = textOf(headers["retry-after"]);
      body.expect(textOf(headers["content-length"]));
      resolve({ status, headers, body, onKept: body.onKept });
    },
    onBytes: body.add,
    onEnd: body.end,
    onFault: body.fail,
  };
  return { body, receiver, answer: promise };
}

type Intake = Body & {
  start(connection: Connection): void;
  readonly onKept: boolean;
  expect(contentLength: string): void;
  add(bytes: Uint8Array, from: number, to: number): void;
  end(): void;
  fail(error: Error): void;
};

/**
 * Its facts are fields and not getters: V8 keeps a getter with the shape of its object, so that each body would have a shape of its own, and
 * the collector would take all of it for living until its next full round (measured: half of the processor time of an exchange).
 */
function createBody(buffers: Buffers, onOver: (error: Error | undefined) => void): Intake {
  let connection: Connection | undefined;
  let buffer: Uint8Array | undefined;
  let received = 0;
  let wanted = 0;
  let state: "open" | "draining" | "ended" | "failed" = "open";
  let failure: Error | undefined;
  let reader: { readonly resolve: () => void; readonly reject: (error: Error) => void } | undefined;

  function room(extra: number): Uint8Array {
    const needed = received + extra;
    if (buffer && buffer.length >= needed) return buffer;
    const first = body.expected === null ? buffers.bytes : Math.min(body.expected, PRESIZED_BYTES);
    const size = Math.max(needed, buffer ? buffer.length * 2 : first);
    const grown = buffers.take(size) ?? Buffer.allocUnsafeSlow(size);
    if (buffer) grown.set(buffer.subarray(0, received));
    buffer = grown;
    return grown;
  }

  function fail(error: Error): void {
    if (state === "ended" || state === "failed") return;
    // An end that nobody waits for any more is a good one.
    const unwanted = state === "draining";
    state = "failed";
    failure = error;
    connection?.cut(error);
    reader?.reject(error);
    reader = undefined;
    onOver(unwanted ? undefined : error);
  }

  const body: { -readonly [Name in keyof Intake]: Intake[Name] } = {
    expected: null,
    ended: false,
    onKept: false,
    start(on) {
      connection = on;
      body.onKept = on.served;
    },
    expect(contentLength) {
      if (/^\d{1,15}$/.test(contentLength)) body.expected = Number(contentLength);
    },
    add(bytes, from, to) {
      if (state !== "open") return;
      room(to - from).set(bytes.subarray(from, to), received);
      received += to - from;
      if (received >= wanted && reader) {
        reader.resolve();
        reader = undefined;
      }
    },
    end() {
      if (state === "ended" || state === "failed") return;
      state = "ended";
      body.ended = true;
      reader?.resolve();
      reader = undefined;
      onOver(undefined);
    },
    fail,
    read(atLeast) {
      if (state === "failed") return Promise.reject(failure ?? new Error("the body was given up"));
      if (received >= atLeast || state === "ended") return Promise.resolve();
      wanted = atLeast;
      const { promise, resolve, reject } = Promise.withResolvers<void>();
      reader = { resolve, reject };
      return promise;
    },
    bytes: () => (buffer ? buffer.subarray(0, received) : new Uint8Array(0)),
    cancel: fail,
    discard() {
      if (state !== "open") return;
      state = "draining";
      const rest = body.expected === null ? Number.POSITIVE_INFINITY : body.expected - received;
      if (rest > DRAIN_BYTES) fail(new Error("the rest of the body is not wanted"));
      else connection?.hurry(DRAIN_MS);
    },
  };
  return body;
}
