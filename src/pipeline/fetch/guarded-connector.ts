/**
 * Opens sockets, and only to addresses that may be reached: those of the target are checked, then the address the socket is really
 * connected to. The checks and the connection use the same answer, so a name that changes in between gains nothing.
 * A refusal tells nothing about what listens there.
 */
import type { LookupAddress } from "node:dns";
import { connect as connectTcp, isIP, type Socket, type TcpNetConnectOpts } from "node:net";
import { connect as connectTls, type TLSSocket } from "node:tls";
import type { buildConnector } from "undici";
import { ImageFault } from "../../domain/error-codes.ts";
import { type AllowList, plainHost } from "./allow-list.ts";
import type { HostResolver } from "./resolve-host.ts";
import { blocked, createTargetAddresses, type Target } from "./target-addresses.ts";
import type { Shown } from "./tls-fault.ts";
import { connectFault } from "./transport-fault.ts";
import { limitWireBytes } from "./wire-limit.ts";

export type ConnectorDeps = {
  readonly allowed: AllowList;
  readonly resolver: HostResolver;
  /** The rule for addresses; must refuse whatever is no plain IP address. */
  readonly isPublic: (address: string) => boolean;
  /** For look-up, connection and TLS handshake together. */
  readonly connectMs: number;
  /** Certificate authorities in place of Node's own. */
  readonly ca?: string | undefined;
};

/** As a URL has them: the port empty where it is the scheme's own. */
export type Origin = { readonly hostname: string; readonly protocol: string; readonly port: string };

/**
 * Calls back once, with a socket or with the ImageFault; not at all after the returned function was called, which gives up. What arrives is
 * handed to `onBytes`, in memory that is used again for the next bytes of any socket; without it the socket is left as a stream.
 */
export type OpenSocket = (
  origin: Origin,
  onBytes: ((bytes: Buffer) => void) | null,
  callback: (...outcome: [error: Error, socket: null] | [error: null, socket: Socket]) => void,
) => () => void;

/** Pause before the next address of a host is tried beside the first (RFC 8305 recommends 250 ms). */
const NEXT_ADDRESS_MS = 250;
const CACHED_SESSIONS = 100;
/** More than a kernel hands out at once as a rule, and no more than stays in the processor's cache. */
const READ_BYTES = 64 * 1_024;

/** For undici, which counts bodies only: what comes over its sockets without end is refused here. */
export function createGuardedConnector(
  deps: ConnectorDeps & { readonly maxWireBytes: number },
): buildConnector.connector {
  const open = createSocketOpener(deps);
  return (origin, callback) => {
    open(origin, null, (error, socket) => {
      if (!socket) return callback(error, null);
      limitWireBytes(socket, deps.maxWireBytes, plainHost(origin.hostname));
      callback(null, socket);
    });
  };
}

export function createSocketOpener(deps: ConnectorDeps): OpenSocket {
  const addressesOf = createTargetAddresses(deps);
  const sessions = new Map<string, Buffer>();
  // One for all sockets: what was read is looked at before the next is.
  const readBuffer = Buffer.allocUnsafeSlow(READ_BYTES);

  function openSocket(
    { hostname, port }: Target,
    addresses: readonly LookupAddress[],
    onBytes: ((bytes: Buffer) => void) | null,
  ): Socket {
    const options: TcpNetConnectOpts = {
      host: hostname,
      port,
      noDelay: true,
      keepAlive: true,
      keepAliveInitialDelay: 60_000,
      autoSelectFamily: true,
      autoSelectFamilyAttemptTimeout: NEXT_ADDRESS_MS,
      // The answer that was checked is the answer that is used; nothing is looked up again.
      lookup: (_name, { all }, done) => {
        const [first] = addresses;
        if (all) done(null, [...addresses]);
        else if (first) done(null, first.address, first.family);
      },
      ...(onBytes === null ? {} : { onread: readingInto(readBuffer, onBytes) }),
    };
    return connectTcp(options);
  }

  function startTls({ hostname, port }: Target, socket: Socket): TLSSocket {
    const key = `${hostname}:${port}`;
    const session = sessions.get(key);
    const secured = connectTls({
      socket,
      // The certificate must be for it, also where it is an address, which no server is told by name.
      host: hostname,
      ...(isIP(hostname) === 0 ? { servername: hostname } : {}),
      ...(deps.ca === undefined ? {} : { ca: deps.ca }),
      ...(session === undefined ? {} : { session }),
      ALPNProtocols: ["http/1.1"],
    });
    secured.on("session", (ticket: Buffer) => {
      if (sessions.size >= CACHED_SESSIONS) sessions.clear();
      sessions.set(key, ticket);
    });
    return secured;
  }

  /** Why nothing may be sent on a connected socket; null when it is where it should be. */
  function faultOfPlace(socket: Socket, { hostname, exempt }: Target): ImageFault | null {
    if (exempt) return null;
    const { remoteAddress } = socket;
    // The kernel names no peer any more when it has reset the connection already, as a host under load does.
    if (remoteAddress === undefined)
      return new ImageFault("connect_failed", `${hostname} broke the connection at once`);
    return deps.isPublic(remoteAddress) ? null : blocked(hostname);
  }

  return ({ hostname, protocol, port }, onBytes, callback) => {
    const secure = protocol === "https:";
    const portNumber = port === "" ? (secure ? 443 : 80) : Number(port);
    const plain = plainHost(hostname);
    const exempt = deps.allowed.hasHost(plain, portNumber);
    const target: Target = { hostname: plain, port: portNumber, exempt };
    let socket: Socket | undefined;
    let shown: Shown = null;
    let over = false;

    function fail(error: Error): void {
      if (over) return;
      over = true;
      clearTimeout(timer);
      socket?.destroy();
      callback(error, null);
    }

    function handOver(ready: Socket): void {
      if (over) return;
      over = true;
      clearTimeout(timer);
      // Node reads TLS as a stream of fresh buffers only.
      if (secure && onBytes) ready.on("data", onBytes);
      callback(null, ready);
    }

    function giveUp(): void {
      if (over) return;
      over = true;
      clearTimeout(timer);
      socket?.destroy();
    }

    /** The listener stays for the socket's whole life: an error after the time-out must find one. */
    function watched(opened: Socket): Socket {
      socket = opened;
      return opened.on("error", (error) => fail(connectFault(error, plain, shown)));
    }

    const timer = setTimeout(() => {
      fail(new ImageFault("timeout", `no connection to ${plain} within ${deps.connectMs} ms`));
    }, deps.connectMs);

    addressesOf(target)
      .then((addresses) => {
        if (over) return;
        const tcp = watched(openSocket(target, addresses, secure ? null : onBytes));
        tcp.once("connect", () => {
          const fault = faultOfPlace(tcp, target);
          if (fault) return fail(fault);
          if (!secure) return handOver(tcp);
          // Only now: a blocked address must not even see a ClientHello.
          const secured = startTls(target, tcp);
          // Before Node's own listener, which checks the certificates and destroys a socket that fails: afterwards nobody can ask for them.
          secured.prependOnceListener("secure", () => {
            shown = secured.getPeerCertificate(true);
          });
          watched(secured);
          secured.once("secureConnect", () => handOver(secured));
        });
      })
      .catch(fail);
    return giveUp;
  };
}

function readingInto(buffer: Buffer, onBytes: (bytes: Buffer) => void): NonNullable<TcpNetConnectOpts["onread"]> {
  return {
    buffer,
    callback: (length) => {
      onBytes(buffer.subarray(0, length));
      return true;
    },
  };
}
