/**
 * A long line in user space, a process of its own: passes bytes on between the image host and whoever connects, after half a round trip in each
 * direction, all connections together no faster than the line. Knows no congestion: a real line starts slower. Sends `{address}`.
 */
import { connect, createServer, type Socket } from "node:net";

type Setup = { readonly port: number; readonly roundTripMs: number; readonly bytesPerMs: number };

function start({ port, roundTripMs, bytesPerMs }: Setup): void {
  const halfMs = roundTripMs / 2;
  let freeAt = 0;

  /** When the last of these bytes is over the line. */
  function overAt(bytes: number): number {
    const now = performance.now();
    freeAt = Math.max(now, freeAt) + bytes / bytesPerMs;
    return freeAt - now + halfMs;
  }

  /** In the order in which they came: two timers of different lengths would not keep it. */
  function pass(from: Socket, to: Socket, delayOf: (bytes: number) => number): void {
    const underWay: { readonly at: number; readonly deliver: () => void }[] = [];
    const send = (delayMs: number, deliver: () => void) => {
      underWay.push({ at: performance.now() + delayMs, deliver });
      if (underWay.length === 1) setTimeout(arrive, delayMs);
    };
    const arrive = () => {
      const now = performance.now();
      while (underWay[0] && underWay[0].at <= now) underWay.shift()?.deliver();
      if (underWay[0]) setTimeout(arrive, underWay[0].at - now);
    };
    from.on("data", (bytes) => send(delayOf(bytes.length), () => to.write(bytes)));
    from.on("close", () => send(halfMs, () => to.destroy()));
    from.on("error", () => from.destroy());
  }

  const server = createServer({ noDelay: true, pauseOnConnect: true }, (client) => {
    // The kernel has accepted already: a connection takes a round trip before the first byte can go.
    setTimeout(() => {
      const host = connect({ port, host: "127.0.0.1", noDelay: true });
      pass(client, host, () => halfMs);
      pass(host, client, overAt);
      client.resume();
    }, roundTripMs);
  });
  server.listen(0, "127.0.0.1", () => {
    const bound = server.address();
    process.send?.({ address: `http://127.0.0.1:${bound === null || typeof bound === "string" ? 0 : bound.port}` });
  });
}

process.on("message", start);
process.on("disconnect", () => process.exit());
