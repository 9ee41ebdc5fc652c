/**
 * HTTP/1.1 for a thread's images: requests out, answers in, over connections that are kept by origin. How many there are at a time is the
 * business of whoever asks (the places); which address they lead to is the guard's. Never follows, retries or understands an answer.
 */
import type { OpenSocket, Origin } from "../guarded-connector.ts";
import { type Connection, createConnection, type Receiver, type WireLimits } from "./connection.ts";
import { createDeadlines } from "./deadlines.ts";
import { createHoldBack } from "./hold-back.ts";
import { WireFault } from "./wire-fault.ts";

export type WireRequest = {
  readonly url: URL;
  /** Path and query, as they are sent. */
  readonly target: string;
  /** Of one request or of two, their header lines, each with its line end; nothing from outside may be in them that could hold one. */
  readonly fields: readonly string[];
  /** Not over a kept connection: the one before had been closed by the host. */
  readonly fresh: boolean;
};

export type Wire = {
  /**
   * Sends a GET at once, or several for the same file together; each receiver hears of one answer. Returns the connection that they went
   * out on, to cut or to hurry it.
   */
  get(request: WireRequest, receivers: readonly Receiver[]): Connection;
  /** Ends every request under way and closes every connection. */
  close(): void;
};

type Pool = { readonly origin: Origin; readonly lineEnd: string; readonly idle: Connection[]; open: number };

export function createWire(deps: { readonly open: OpenSocket; readonly limits: WireLimits }): Wire {
  const pools = new Map<string, Pool>();
  const connections = new Set<Connection>();
  const deadlines = createDeadlines();
  const holdBack = createHoldBack();

  function poolOf(url: URL): Pool {
    const known = pools.get(url.origin);
    if (known) return known;
    const { hostname, protocol, port, host } = url;
    const lineEnd = ` HTTP/1.1\r\nhost: ${host}\r\nconnection: keep-alive\r\n`;
    const pool = { origin: { hostname, protocol, port }, lineEnd, idle: [], open: 0 };
    pools.set(url.origin, pool);
    return pool;
  }

  function connectionTo(key: string, pool: Pool): Connection {
    const connection = createConnection({
      origin: pool.origin,
      open: deps.open,
      limits: deps.limits,
      deadlines,
      holdBack,
      onIdle: (idle) => pool.idle.push(idle),
      onClosed(closed) {
        connections.delete(closed);
        const at = pool.idle.lastIndexOf(closed);
        if (at >= 0) pool.idle.splice(at, 1);
        pool.open -= 1;
        if (pool.open === 0) pools.delete(key);
      },
    });
    connections.add(connection);
    pool.open += 1;
    return connection;
  }

  return {
    get({ url, target, fields, fresh }, receivers) {
      const pool = poolOf(url);
      const kept = fresh ? undefined : pool.idle.pop();
      const connection = kept ?? connectionTo(url.origin, pool);
      const start = `GET ${target}${pool.lineEnd}`;
      connection.send(fields.map((lines) => `${start}${lines}\r\n`).join(""), receivers);
      return connection;
    },
    close() {
      for (const connection of connections) connection.cut(new WireFault("shut-down"));
    },
  };
}
