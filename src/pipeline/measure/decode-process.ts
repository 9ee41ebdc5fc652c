/**
 * One decoding child process as its parent sees it: one image at a time, and a kill for an image that goes too far.
 * Whatever becomes of the process, every promise given here ends.
 */
import { type ChildProcess, fork } from "node:child_process";
import { readFileSync } from "node:fs";
import { Writable } from "node:stream";
import { type ChildAnswer, isChildAnswer, type Want } from "./decode-messages.ts";
import { type Decoded, type DecodeLimits, DecoderUnavailable, type Inspected, type Thumbnail } from "./decoder.ts";
import { BYTES_PIPE } from "./handed-bytes.ts";

const CHILD = new URL("./decode-child.ts", import.meta.url);
const START_LIMIT_MS = 30_000;
const MEMORY_CHECK_MS = 50;
const KILOBYTE = 1024;
const MEGABYTE = 1024 ** 2;

export type ChildResult = Decoded | Thumbnail | Inspected;

export type DecodeChild = {
  /** Rejects with DecoderUnavailable when the process cannot start. */
  readonly ready: Promise<void>;
  readonly ended: Promise<void>;
  isAlive(): boolean;
  /** The answer is what was wanted, or broken. */
  decode(bytes: Uint8Array, limits: DecodeLimits, signal: AbortSignal, want?: Want): Promise<ChildResult>;
  /** Resolves when the process is gone. */
  kill(): Promise<void>;
};

export function startDecodeChild(entry: URL = CHILD): DecodeChild {
  const child = fork(entry, [], {
    serialization: "advanced",
    execArgv: ["--disable-warning=ExperimentalWarning"],
    // Nothing of the parent's environment; and without this, freed memory stays with glibc's arenas and looks used.
    env: { MALLOC_ARENA_MAX: "2" },
    stdio: ["ignore", "ignore", "ignore", "ipc", "pipe"],
  });
  const pipe = bytesPipeOf(child);
  let isAlive = true;
  let listener: ((news: ChildAnswer | { readonly kind: "ended" }) => void) | null = null;
  const ended = new Promise<void>((resolve) => {
    const end = () => {
      isAlive = false;
      listener?.({ kind: "ended" });
      resolve();
    };
    child.once("exit", end);
    child.once("error", end);
  });
  child.on("message", (message: unknown) => {
    if (isChildAnswer(message)) listener?.(message);
  });

  function kill(): Promise<void> {
    isAlive = false;
    child.kill("SIGKILL");
    return ended;
  }

  const ready = new Promise<void>((resolve, reject) => {
    const refuse = () => {
      void kill();
      reject(new DecoderUnavailable("the decoding process could not start; is sharp installed for this platform?"));
    };
    const limit = setTimeout(refuse, START_LIMIT_MS);
    listener = (news) => {
      clearTimeout(limit);
      listener = null;
      if (news.kind === "ready") resolve();
      else refuse();
    };
  });

  function decode(
    bytes: Uint8Array,
    limits: DecodeLimits,
    signal: AbortSignal,
    want: Want = { kind: "verdict" },
  ): Promise<ChildResult> {
    return new Promise((resolve, reject) => {
      const stopWith = (detail: string) => {
        void kill();
        settle({ kind: "broken", detail });
      };
      const outOfMemory = () =>
        stopWith(`decoding took more than ${Math.round(limits.maxMemoryBytes / MEGABYTE)} MB of memory`);
      const limit = setTimeout(() => stopWith(`decoding took more than ${limits.timeLimitMs} ms`), limits.timeLimitMs);
      // The child looks for itself, and cannot while it is busy with something else than decoding.
      const watch = setInterval(() => {
        if (residentBytes(child.pid) > limits.maxMemoryBytes) outOfMemory();
      }, MEMORY_CHECK_MS);
      const abandon = () => {
        void kill();
        settle(null);
      };
      const settle = (decoded: ChildResult | null) => {
        clearTimeout(limit);
        clearInterval(watch);
        signal.removeEventListener("abort", abandon);
        listener = null;
        if (decoded) resolve(decoded);
        else reject(signal.reason);
      };
      listener = (news) => {
        if (news.kind === "ended") stopWith("the decoder broke down over it");
        else if (news.kind === "out-of-memory") outOfMemory();
        else if (news.kind !== "ready") settle(news);
      };
      if (signal.aborted) return abandon();
      signal.addEventListener("abort", abandon, { once: true });
      const { maxPixels, maxMemoryBytes } = limits;
      child.send({ kind: "decode", length: bytes.length, want, maxPixels, maxMemoryBytes }, (error) => {
        if (error && isAlive) stopWith("the decoder could not be reached");
      });
      pipe.write(bytes);
    });
  }

  return { ready, ended, isAlive: () => isAlive, decode, kill };
}

function bytesPipeOf({ stdio }: ChildProcess): Writable {
  const pipe = stdio[BYTES_PIPE];
  if (!(pipe instanceof Writable)) throw new Error("a decoding process must have a pipe for bytes");
  // Of a process that has gone: its exit is heard of as well.
  pipe.on("error", () => {});
  return pipe;
}

/** 0 where the system does not tell (it is not Linux, or the process is gone). */
function residentBytes(pid: number | undefined): number {
  try {
    const [, kilobytes = "0"] = /^VmRSS:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, "utf8")) ?? [];
    return Number(kilobytes) * KILOBYTE;
  } catch {
    return 0;
  }
}
