/**
 * One connection (RFC 9112 §9): opened behind the guard, kept for one request after the other, and closed as soon as anything is odd
 * about it. What comes over it is never taken for the answer to what was not asked yet. Must never send again: whoever asked decides.
 */
import type { Socket } from "node:net";
import type { OpenSocket, Origin } from "../guarded-connector.ts";
import { type AnswerLimits, type AnswerSink, createAnswerReader } from "./answer-reader.ts";
import { type Deadline, type Deadlines, NO_DEADLINE } from "./deadlines.ts";
import type { HoldBack } from "./hold-back.ts";
import { WireFault } from "./wire-fault.ts";

/** Hears of one answer: its head, pieces of its body, and then one of the two ends. Is not called back after its connection was cut. */
export type Receiver = AnswerSink & {
  /** The answer is whole, and the connection free for another or closed. */
  onEnd(): void;
  /** A WireFault, or an ImageFault of the guard. The connection is closed. */
  onFault(fault: Error): void;
};

export type WireLimits = AnswerLimits & {
  /** From the request until the headers are whole. */
  readonly headersMs: number;
  /** Between two pieces of a body. */
  readonly bodyIdleMs: number;
  /** From the end of an answer until the headers of the next, when both were asked for at once. */
  readonly nextHeadersMs: number;
  /** Until an idle connection is closed. */
  readonly idleMs: number;
};

export type Connection = {
  /**
   * Sends so many requests at once, each to be answered in its turn (§9.3.2): only on a new connection, or on one that was said to be idle.
   */
  send(requests: string, receivers: readonly Receiver[]): void;
  /** Closes it; whoever waits for an answer hears the reason. */
  cut(reason: Error): void;
  /** What is left of the answer under way must have come within so many milliseconds, however steadily it comes. */
  hurry(ms: number): void;
  /** Whether it has served before. */
  readonly served: boolean;
};

/** A host that closes idle connections after a time of its own is beaten to it by so much. */
const AHEAD_OF_HOST_MS = 1_000;

export function createConnection(deps: {
  readonly origin: Origin;
  readonly open: OpenSocket;
  readonly limits: WireLimits;
  readonly deadlines: Deadlines;
  readonly holdBack: HoldBack;
  /** It is free for another request. */
  readonly onIdle: (connection: Connection) => void;
  readonly onClosed: (connection: Connection) => void;
}): Connection {
  const { limits, deadlines } = deps;
  const reader = createAnswerReader(limits);
  const deadline: Deadline = { at: NO_DEADLINE, onPassed };
  let state: "connecting" | "idle" | "held" | "asked" | "closed" = "connecting";
  let socket: Socket | undefined;
  let requests = "";
  /** Those whose answers are not whole yet, in the order of their requests. */
  let waiting: Receiver[] = [];
  let served = false;
  let hurried = false;
  let cancelOpening: (() => void) | undefined;

  function onPassed(): void {
    if (state === "idle") close();
    else if (reader.phase === "body") cut(new WireFault("late-body", { limit: limits.bodyIdleMs }));
    else cut(new WireFault("late-headers", { limit: limits.headersMs }));
  }

  function onOpened(...[error, opened]: Parameters<Parameters<OpenSocket>[2]>): void {
    if (!opened) {
      cut(error);
      return;
    }
    socket = opened;
    opened.on("error", (cause) => cut(new WireFault("socket", { cause, stale: isStale() })));
    opened.on("end", onEnded);
    opened.on("close", onEnded);
    write();
  }

  function write(): void {
    state = "asked";
    expectAnswer(limits.headersMs);
    socket?.write(requests, "latin1");
  }

  function expectAnswer(ms: number): void {
    hurried = false;
    deadline.at = deadlines.after(ms);
    reader.begin();
  }

  function isStale(): boolean {
    return served && (state === "held" || reader.phase === "nothing");
  }

  function onBytes(bytes: Buffer): void {
    if (state === "closed") return;
    if (state !== "asked") {
      cut(new WireFault("unasked", { stale: true }));
      return;
    }
    try {
      readAnswers(bytes);
    } catch (fault) {
      cut(fault instanceof Error ? fault : new Error("the reader threw what is no error", { cause: fault }));
    }
  }

  function readAnswers(bytes: Buffer): void {
    let at = 0;
    for (let [receiver] = waiting; receiver && at < bytes.length; [receiver] = waiting) {
      at = reader.read(bytes, at, receiver);
      if (reader.phase === "whole") endAnswer(receiver, at === bytes.length);
    }
    if (reader.phase === "body" && !hurried) deadline.at = deadlines.after(limits.bodyIdleMs);
  }

  function endAnswer(receiver: Receiver, isLastByte: boolean): void {
    served = true;
    waiting.shift();
    if (waiting.length > 0) {
      receiver.onEnd();
      if (reader.kept) expectAnswer(limits.nextHeadersMs);
      else cut(new WireFault("closed", { stale: true }));
      return;
    }
    const hostMs = reader.keptForMs ?? Number.POSITIVE_INFINITY;
    const idleMs = Math.min(limits.idleMs, hostMs - AHEAD_OF_HOST_MS);
    // Behind the last answer nothing may lie: the next request has not been sent.
    if (isLastByte && reader.kept && idleMs > 0) rest(idleMs);
    else close();
    receiver.onEnd();
  }

  function rest(idleMs: number): void {
    state = "idle";
    deadline.at = deadlines.after(idleMs);
    deps.onIdle(connection);
  }

  /** The host has closed its side. That may be how it ends a body. */
  function onEnded(): void {
    if (state === "closed") return;
    const [receiver] = waiting;
    if (receiver && reader.endsHere) endAnswer(receiver, false);
    else cut(new WireFault(reader.phase === "body" ? "broken-off" : "closed", { stale: isStale() }));
  }

  function close(): void {
    state = "closed";
    deadlines.forget(deadline);
    if (socket) socket.destroy();
    else cancelOpening?.();
    deps.onClosed(connection);
  }

  function cut(reason: Error): void {
    if (state === "closed") return;
    close();
    for (const receiver of waiting.splice(0)) receiver.onFault(reason);
  }

  const connection: Connection = {
    send(text, receivers) {
      requests = text;
      waiting = [...receivers];
      if (state === "connecting") {
        deadlines.watch(deadline);
        cancelOpening = deps.open(deps.origin, onBytes, onOpened);
        return;
      }
      state = "held";
      deadline.at = NO_DEADLINE;
      deps.holdBack(() => {
        if (state === "held") write();
      });
    },
    cut,
    hurry(ms) {
      hurried = true;
      deadline.at = deadlines.after(ms);
    },
    get served() {
      return served;
    },
  };
  return connection;
}
