/**
 * Counts what really arrives on a socket for each request and ends it past a limit. undici counts bodies only: endless 1xx
 * responses and chunk extensions have none. Must never change the bytes.
 */
import type { Socket } from "node:net";
import { ImageFault } from "../../domain/error-codes.ts";

/** A request is told from the one before by the bytes written in between, as nothing is pipelined. */
export function limitWireBytes(socket: Socket, maxBytes: number, hostname: string): void {
  const read = socket.read.bind(socket);
  let written = -1;
  let readBefore = 0;
  socket.read = (size?: number) => {
    const chunk = read(size);
    if (chunk === null) return chunk;
    const arrived = socket.bytesRead;
    if (socket.bytesWritten !== written) {
      written = socket.bytesWritten;
      readBefore = arrived - chunk.length;
    }
    if (arrived - readBefore > maxBytes) {
      const limit = `${maxBytes} bytes for one request, headers and framing included (STOREWALK_MAX_IMAGE_BYTES)`;
      socket.destroy(new ImageFault("body_too_large", `${hostname} sent more than ${limit}`));
    }
    return chunk;
  };
}
