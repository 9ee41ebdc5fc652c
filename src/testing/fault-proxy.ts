/**
 * A TCP proxy on loopback that does to a connection what networks do: delay, cut, swallow, hold, half-close, refuse. Knows no protocol;
 * stands before RabbitMQ and PostgreSQL alike. Tests only; never listens beyond 127.0.0.1.
 */
import { once } from "node:events";
import { type AddressInfo, connect, createServer, type Socket } from "node:net";

export type Direction = "to-server" | "to-client";
type Side = "client" | "server";
type Connection = { readonly client: Socket; readonly server: Socket; torn: boolean };
/** Looks at bytes about to be forwarded; says how many of them still go on before the connection is cut, null for no cut. */
type Trap = {
  readonly direction: Direction;
  readonly spring: (bytes: Buffer) => number | null;
  readonly sprung: () => void;
};

export type FaultProxy = {
  readonly port: number;
  /** Connections ever accepted. */
  readonly accepted: () => number;
  /** Connections open now. */
  readonly open: () => number;
  /** Resolves when so many connections were ever accepted. */
  readonly acceptedTimes: (times: number) => Promise<void>;
  /** From now on bytes arrive this much later, each way. */
  readonly delay: (ms: number) => void;
  /** Resets (RST) every open connection, both ways. */
  readonly cut: () => void;
  /** Cuts the connection that next forwards bytes for which this is true; `before`: they do not arrive, `after`: they do. Resolves then. */
  readonly cutAt: (
    direction: Direction,
    matches: (bytes: Buffer) => boolean,
    when: "before" | "after",
  ) => Promise<void>;
  /** Cuts whichever connection forwards the last of so many bytes, counted from now; exactly these arrive. Resolves then. */
  readonly cutAfterBytes: (direction: Direction, bytes: number) => Promise<void>;
  /** Accepts and reads, forwards nothing in these directions: the other side looks alive and silent. Resolves with the first bytes lost. */
  readonly blackHole: (...directions: readonly Direction[]) => Promise<void>;
  /** Ends the black hole. Connections that lost bytes in it are cut: what they would say now makes no sense. */
  readonly heal: () => void;
  /** Reads nothing until `resume`; nothing is lost. */
  readonly pause: () => void;
  readonly resume: () => void;
  /** Ends (FIN) one direction of every open connection; the other goes on. */
  readonly halfClose: (direction: Direction) => void;
  /** Nobody listens any more, and what is open is cut: the server is away. */
  readonly refuse: () => Promise<void>;
  /** Listens again on the same port. */
  readonly accept: () => Promise<void>;
  readonly close: () => Promise<void>;
};

export async function startFaultProxy(target: { readonly host?: string; readonly port: number }): Promise<FaultProxy> {
  const connections = new Set<Connection>();
  const swallowed = new Set<Direction>();
  const traps = new Set<Trap>();
  const counted = new Set<() => void>();
  let vanished = Promise.withResolvers<void>();
  let accepted = 0;
  let delayMs = 0;
  let paused = false;

  function cut(connection: Connection): void {
    connections.delete(connection);
    connection.client.resetAndDestroy();
    connection.server.resetAndDestroy();
  }

  /** What was forwarded before the cut must arrive, and a reset could overtake it: the receiving side is ended, the other reset. */
  function cutBehind(connection: Connection, from: Side): void {
    connections.delete(connection);
    const to = from === "client" ? "server" : "client";
    connection[to].end(() => connection[to].destroy());
    connection[from].resetAndDestroy();
  }

  function forward(connection: Connection, from: Side, bytes: Buffer): void {
    const direction: Direction = from === "client" ? "to-server" : "to-client";
    const source = connection[from];
    const sink = from === "client" ? connection.server : connection.client;
    if (swallowed.has(direction)) {
      connection.torn = true;
      vanished.resolve();
      return;
    }
    for (const trap of traps) {
      const passing = trap.direction === direction ? trap.spring(bytes) : null;
      if (passing === null) continue;
      traps.delete(trap);
      if (passing > 0) sink.write(bytes.subarray(0, passing));
      cutBehind(connection, from);
      trap.sprung();
      return;
    }
    if (sink.write(bytes)) return;
    source.pause();
    sink.once("drain", () => paused || source.resume());
  }

  function pump(connection: Connection, from: Side): void {
    const source = connection[from];
    const sink = from === "client" ? connection.server : connection.client;
    // A delay that shrank must not let bytes overtake, so each waits for those before.
    let before = Promise.resolve();
    function later(act: () => void): void {
      if (delayMs === 0) {
        before = before.then(act);
        return;
      }
      const waited = new Promise((resolve) => setTimeout(resolve, delayMs));
      before = before.then(() => waited).then(act);
    }
    source.on("data", (bytes: Buffer) => later(() => forward(connection, from, bytes)));
    source.on("end", () => later(() => sink.end()));
    source.on("error", () => {});
    source.on("close", () => {
      // Ended by both sides it closes without fault; a fault on one side is passed on to the other.
      if (connections.delete(connection) && source.errored) sink.resetAndDestroy();
    });
  }

  const server = createServer({ allowHalfOpen: true, noDelay: true }, (client) => {
    const server = connect({ host: target.host ?? "127.0.0.1", port: target.port, allowHalfOpen: true, noDelay: true });
    const connection = { client, server, torn: false };
    connections.add(connection);
    pump(connection, "client");
    pump(connection, "server");
    if (paused) for (const socket of [client, server]) socket.pause();
    accepted += 1;
    for (const check of counted) check();
  });

  async function listen(port: number): Promise<void> {
    server.listen(port, "127.0.0.1");
    await once(server, "listening");
  }

  async function refuse(): Promise<void> {
    const closed = once(server, "close");
    server.close();
    for (const connection of connections) cut(connection);
    await closed;
  }

  function set(direction: Direction, spring: Trap["spring"]): Promise<void> {
    const cutDone = Promise.withResolvers<void>();
    traps.add({ direction, spring, sprung: cutDone.resolve });
    return cutDone.promise;
  }

  await listen(0);
  const { port } = server.address() as AddressInfo;
  const each = (act: (socket: Socket) => void) => {
    for (const { client, server } of connections) for (const socket of [client, server]) act(socket);
  };

  return {
    port,
    accepted: () => accepted,
    open: () => connections.size,
    acceptedTimes: (times) =>
      new Promise((resolve) => {
        function check(): void {
          if (accepted < times) return;
          counted.delete(check);
          resolve();
        }
        counted.add(check);
        check();
      }),
    delay(ms) {
      delayMs = ms;
    },
    cut() {
      for (const connection of connections) cut(connection);
    },
    cutAt: (direction, matches, when) =>
      set(direction, (bytes) => {
        if (!matches(bytes)) return null;
        return when === "after" ? bytes.length : 0;
      }),
    cutAfterBytes(direction, count) {
      let left = count;
      return set(direction, (bytes) => {
        if (bytes.length >= left) return left;
        left -= bytes.length;
        return null;
      });
    },
    blackHole(...directions) {
      vanished = Promise.withResolvers();
      for (const direction of directions) swallowed.add(direction);
      return vanished.promise;
    },
    heal() {
      swallowed.clear();
      for (const connection of connections) if (connection.torn) cut(connection);
    },
    pause() {
      paused = true;
      each((socket) => socket.pause());
    },
    resume() {
      paused = false;
      each((socket) => socket.resume());
    },
    halfClose(direction) {
      for (const { client, server } of connections) (direction === "to-server" ? server : client).end();
    },
    refuse,
    accept: () => listen(port),
    async close() {
      if (server.listening) await refuse();
      for (const connection of connections) cut(connection);
    },
  };
}
