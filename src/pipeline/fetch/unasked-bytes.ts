/**
 * Keeps apart what a host sends on a kept connection before it is asked, and the answer to the next request: a request is held back until
 * the loop has looked at the socket once more, and a connection on which something lies there then is given up before anything is sent.
 * undici looks as well, but not when a request is made in the very turn in which the answer before it was read. Must never change the bytes.
 */
import type { Socket } from "node:net";
import { ImageFault } from "../../domain/error-codes.ts";

/** The connection is not to be trusted; the request was not sent, so that it may go out on another. */
export class UnaskedBytes extends ImageFault {
  constructor(hostname: string) {
    super("connect_failed", `${hostname} sent something over a kept connection before it was asked`);
  }
}

export function refuseUnaskedBytes(socket: Socket, hostname: string): void {
  const read = socket.read.bind(socket);
  const { write } = socket;
  let isUsed = false;
  let isHolding = false;

  function release(): void {
    isHolding = false;
    socket.uncork();
  }

  socket.read = (size?: number) => {
    const chunk = read(size);
    if (chunk === null) return chunk;
    isUsed = true;
    if (!isHolding) return chunk;
    socket.destroy(new UnaskedBytes(hostname));
    return null;
  };
  socket.write = (...given: readonly unknown[]): boolean => {
    if (isUsed && !isHolding) {
      isUsed = false;
      isHolding = true;
      socket.cork();
      // The first may still run in this turn; before the second the loop has polled.
      setImmediate(() => setImmediate(release));
    }
    return Reflect.apply(write, socket, given);
  };
}
