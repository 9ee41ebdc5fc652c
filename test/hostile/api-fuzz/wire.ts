/**
 * Puts requests on a socket byte for byte, in order or not, and takes what comes back. Must never hang: each exchange has a limit of time, and one
 * that reaches it is a finding.
 */
import { once } from "node:events";
import { connect, type Socket } from "node:net";
import { setImmediate as nextTurn } from "node:timers/promises";
import { type Answer, MalformedAnswer, readAnswer } from "./answers.ts";

/** Generous: the machine may be busy. A request that hangs hangs for ever. */
const LIMIT_MS = 120_000;
/** So long the rest of an unclear request is held back: some are answered before. */
const UNCLEAR_MS = 100;

export type Outgoing = {
  readonly method: string;
  /** Written one after the other, each in a turn of its own. */
  readonly pieces: readonly Uint8Array[];
  /**
   * `plain` gets one answer, and its connection is used again; `alone` gets an answer and the connection is given up after it; of an `unclear` one
   * nobody can tell where it ends, and whether it is answered.
   */
  readonly kind: "plain" | "alone" | "unclear";
};

export type Exchange = { readonly answers: readonly Answer[]; readonly fault: string | null };

export type Connection = {
  exchange(outgoing: Outgoing): Promise<Exchange>;
  close(): void;
};

export function createConnection(port: number): Connection {
  let kept: Socket | null = null;

  async function opened(): Promise<Socket> {
    const socket = connect({ port, host: "127.0.0.1", noDelay: true });
    socket.on("error", () => {});
    await once(socket, "connect");
    return socket;
  }

  async function framed(outgoing: Outgoing): Promise<Exchange> {
    const reused = kept;
    kept = null;
    const socket = reused?.writable ? reused : await opened();
    const hasAnswer = (bytes: Buffer, isOver: boolean) =>
      readAnswer(bytes, { method: outgoing.method, isOver }) !== null;
    const { received, isLate } = await talk(socket, outgoing, hasAnswer, LIMIT_MS);
    if (received.length === 0 && !isLate && socket === reused) return await framed(outgoing);
    const read = readAnswer(received, { method: outgoing.method, isOver: true });
    if (!read) {
      socket.destroy();
      return {
        answers: [],
        fault: isLate ? "no answer came in time" : `the connection ended after ${shown(received)}`,
      };
    }
    const stays = read.answer.headers.get("connection") !== "close" && !read.answer.isEndless;
    // Who gives up among the headers does not look for the method: that answer to HEAD has a body.
    const isBlind = outgoing.method === "HEAD" && read.answer.status === 431;
    if (read.length < received.length && !isBlind) {
      socket.destroy();
      return { answers: [read.answer], fault: `bytes follow the answer: ${shown(received.subarray(read.length))}` };
    }
    if (stays) kept = socket;
    else socket.destroy();
    return { answers: [read.answer], fault: null };
  }

  return {
    async exchange(outgoing) {
      try {
        return outgoing.kind === "plain" ? await framed(outgoing) : await alone(await opened(), outgoing);
      } catch (error) {
        if (error instanceof MalformedAnswer) return { answers: [], fault: error.message };
        throw error;
      }
    },
    close: () => kept?.destroy(),
  };
}

/** All answers until the server ends the connection, which it must: it is told that nothing more comes. */
async function alone(socket: Socket, outgoing: Outgoing): Promise<Exchange> {
  const { method, kind } = outgoing;
  const hasAnswer = (bytes: Buffer, isOver: boolean) => readAnswer(bytes, { method, isOver }) !== null;
  const first = await talk(socket, outgoing, hasAnswer, kind === "unclear" ? UNCLEAR_MS : LIMIT_MS);
  if (first.isLate && kind === "alone") {
    socket.destroy();
    return { answers: [], fault: "no answer came in time" };
  }
  const isStream = first.received.includes("text/event-stream");
  if (!isStream && socket.writable) socket.end();
  const last = isStream || socket.readableEnded ? null : await talk(socket, { pieces: [] }, () => false, LIMIT_MS);
  socket.destroy();
  const { answers, rest } = readAll(last ? Buffer.concat([first.received, last.received]) : first.received, method);
  if (rest.length > 0) return { answers, fault: `the connection ended after ${shown(rest)}` };
  return { answers, fault: last?.isLate ? "the connection stayed open though the client had ended it" : null };
}

function readAll(bytes: Buffer, method: string): { readonly answers: readonly Answer[]; readonly rest: Buffer } {
  const answers: Answer[] = [];
  let rest = bytes;
  while (rest.length > 0) {
    const read = readAnswer(rest, { method: answers.length === 0 ? method : "GET", isOver: true });
    if (!read) break;
    const after = rest.subarray(read.length);
    // Who cannot read a request cannot know that it asked for no body: such an answer to HEAD has one.
    if (
      method === "HEAD" &&
      answers.length === 0 &&
      after.length > 0 &&
      !after.toString("latin1", 0, 9).startsWith("HTTP/1.1 ")
    ) {
      return readAll(bytes, "GET");
    }
    answers.push(read.answer);
    rest = after;
  }
  return { answers, rest };
}

/** Sends, and collects until `isEnough`, the end of the connection, or the limit of time. */
async function talk(
  socket: Socket,
  { pieces }: Pick<Outgoing, "pieces">,
  isEnough: (bytes: Buffer, isOver: boolean) => boolean,
  limitMs: number,
): Promise<{ readonly received: Buffer; readonly isLate: boolean }> {
  const { promise, resolve, reject } = Promise.withResolvers<"enough" | "over" | "late">();
  let received: Buffer = Buffer.alloc(0);
  const limit = setTimeout(() => resolve("late"), limitMs);
  const take = (chunk: Buffer) => {
    received = received.length === 0 ? chunk : Buffer.concat([received, chunk]);
    try {
      if (isEnough(received, false)) resolve("enough");
    } catch (error) {
      reject(error);
    }
  };
  const over = () => resolve("over");
  socket.on("data", take).once("close", over).once("end", over);
  if (socket.closed || socket.readableEnded) over();
  try {
    for (const piece of pieces) {
      if (!socket.writable) break;
      socket.write(piece);
      if (pieces.length > 1) await nextTurn();
    }
    return { isLate: (await promise) === "late", received };
  } catch (error) {
    socket.destroy();
    throw error;
  } finally {
    clearTimeout(limit);
    socket.off("data", take).off("close", over).off("end", over);
  }
}

function shown(bytes: Buffer): string {
  return JSON.stringify(bytes.toString("latin1", 0, 200));
}
