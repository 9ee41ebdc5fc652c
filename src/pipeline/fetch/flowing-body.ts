/**
 * A whole file on its way, read as far as somebody asks for. Holds its connection and its places only while more is being asked for.
 */
import { emptyFile, tooLarge } from "./file-faults.ts";
import type { KnownFile } from "./known-file.ts";
import type { Received } from "./requests.ts";
import { asFault } from "./transport-fault.ts";

export type FlowingBody = {
  /** Throws ImageFault `empty_body`. */
  begin(received: Received): void;
  /** Reads on until the file's beginning is so long, or whole. Throws ImageFault, or the signal's reason. */
  read(atLeast: number, signal: AbortSignal): Promise<void>;
  /** Nothing more was asked for by now. */
  park(): void;
  isOpen(): boolean;
};

export function createFlowingBody(deps: {
  readonly file: KnownFile;
  readonly maxBytes: number;
  /** Whether somebody is asking for bytes of the file just now. */
  readonly isWanted: () => boolean;
}): FlowingBody {
  const { file, maxBytes } = deps;
  let flowing: Received | undefined;

  function stop(): void {
    flowing?.body.discard();
    flowing = undefined;
  }

  async function readFrom({ body, url: { hostname } }: Received, atLeast: number): Promise<void> {
    const isAll = atLeast === Number.POSITIVE_INFINITY;
    if (isAll && (body.expected ?? 0) > maxBytes) throw tooLarge(`has ${body.expected} bytes`, maxBytes);
    await body.read(isAll ? maxBytes + 1 : atLeast);
    const bytes = body.bytes();
    // Reading stops there: how much would follow is not known.
    if (isAll && bytes.length > maxBytes) throw tooLarge(`does not end after ${maxBytes} bytes`, maxBytes);
    if (bytes.length === 0) throw emptyFile(hostname);
    file.setHead(bytes, body.ended, hostname);
  }

  return {
    begin(received) {
      const { headers, body } = received;
      const { hostname } = received.url;
      if (body.expected === 0) {
        body.discard();
        throw emptyFile(hostname);
      }
      flowing = received;
      file.expectWhole(headers, body.expected, hostname);
    },
    async read(atLeast, signal) {
      const read = flowing;
      if (!read) return;
      // The signal of the call that sent the request may be another one.
      const cancel = () => read.body.cancel(signal.reason);
      signal.addEventListener("abort", cancel);
      try {
        await readFrom(read, atLeast);
      } catch (error) {
        stop();
        throw asFault(error, read.url.hostname);
      } finally {
        signal.removeEventListener("abort", cancel);
      }
      if (file.complete) flowing = undefined;
    },
    park() {
      const parked = flowing;
      if (!parked) return;
      // One who measures asks for more at once or not at all: by the loop's next turn the rest is not wanted.
      setImmediate(() => {
        if (flowing === parked && !deps.isWanted()) stop();
      });
    },
    isOpen: () => flowing !== undefined,
  };
}
