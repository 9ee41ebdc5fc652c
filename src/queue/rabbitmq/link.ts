/**
 * One connection to the broker. The client library reconnects it by itself, spread over 0.1 s to 5 s; this names its parts, keeps
 * its errors from crashing the process, and lets closing it end even when the broker is silent.
 */
import { type Channel, Connection } from "rabbitmq-client";
import type { AmqpAddress } from "./address.ts";
import { LEAST_BACKOFF_MS, MOST_BACKOFF_MS } from "./backoff.ts";
import { within } from "./within.ts";

/** The library gives a silent broker up at the fourth half-beat without a byte: 6 to 7.5 s. It tells its beat to the broker. */
const HEARTBEAT_S = 3;
const CONNECT_MS = 5_000;
/** How long each polite step of an ending may take; a silent broker answers none of them. */
export const CLOSE_MS = 2_000;
/** The longest timer there is: waiting for the broker has no end but `close`. */
const FOREVER_MS = 2 ** 31 - 1;

export type Link = {
  /** A new channel, as soon as the connection stands. Rejects when the connection is lost on the way, or closed. */
  openChannel(): Promise<Channel>;
  /** Why the broker takes no messages now, if it does not. */
  blocked(): string | null;
  /** The latest reason for which there is no connection, null while there is one. */
  fault(): unknown;
  /** Ends the connection: politely, or after two seconds at once. Channels are to be closed before. */
  close(): Promise<void>;
  /** Ends the connection at once. */
  destroy(): void;
};

export function openLink(deps: {
  readonly address: AmqpAddress;
  readonly name: string;
  /** The connection is gone, or could not be made; told once until it stands again. */
  readonly onLost: (error: unknown) => void;
  readonly onBlocked: (reason: string | null) => void;
}): Link {
  const { hostname, port, username, password, vhost, tls } = deps.address;
  const connection = new Connection({
    ...{ hostname, port, username, password, vhost, tls },
    connectionName: deps.name,
    heartbeat: HEARTBEAT_S,
    connectionTimeout: CONNECT_MS,
    acquireTimeout: FOREVER_MS,
    retryLow: LEAST_BACKOFF_MS,
    retryHigh: MOST_BACKOFF_MS,
    noDelay: true,
  });
  let blocked: string | null = null;
  let fault: unknown = new Error("not connected yet");

  function blockedFor(reason: string | null): void {
    if (reason === blocked) return;
    blocked = reason;
    deps.onBlocked(reason);
  }
  connection.on("connection", () => {
    fault = null;
  });
  connection.on("error", (error) => {
    fault = error;
    blockedFor(null);
    deps.onLost(error);
  });
  connection.on("connection.blocked", blockedFor);
  connection.on("connection.unblocked", () => blockedFor(null));

  return {
    openChannel: () => connection.acquire({ emitErrorsFromChannel: true }),
    blocked: () => blocked,
    fault: () => fault,
    async close() {
      const closed = await within(CLOSE_MS, connection.close());
      if (!closed) connection.unsafeDestroy();
    },
    destroy: () => connection.unsafeDestroy(),
  };
}
