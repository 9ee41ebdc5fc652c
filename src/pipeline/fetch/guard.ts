/**
 * The one gate to other people's hosts, for images, redirect hops and webhooks alike: `parse` judges the URL as text,
 * `open` and `connect` judge every address. Nothing may be sent on a way around it.
 */
import type { buildConnector } from "undici";
import { isPublicAddress } from "./address-rules.ts";
import { createAllowList } from "./allow-list.ts";
import { createGuardedConnector, createSocketOpener, type OpenSocket } from "./guarded-connector.ts";
import { DEFAULT_PORTS, type PortRange, parseTarget } from "./parse-target.ts";
import { type AddressRecords, createHostResolver } from "./resolve-host.ts";

export type Guard = {
  /** Throws ImageFault `invalid_url`. */
  parse(url: string): URL;
  /** For images. Fails with an ImageFault: `blocked_address`, `dns_failed`, `connect_failed`, `tls_failed` or `timeout`. */
  readonly open: OpenSocket;
  /** Bytes that may arrive for one request, whatever they are. */
  readonly maxWireBytes: number;
  /** For undici's Agent; fails like `open`. */
  readonly connect: buildConnector.connector;
};

const DEFAULT_CONNECT_MS = 5_000;
/** The largest image by default, and room for headers and framing. */
const DEFAULT_WIRE_BYTES = 65 * 2 ** 20;

export function createGuard(
  deps: {
    /** `host` or `host:port` entries that may be reached although they are not public. Throws when one cannot be read. */
    readonly allowHosts?: readonly string[];
    readonly ports?: readonly PortRange[];
    readonly connectMs?: number;
    readonly maxWireBytes?: number;
    readonly records?: AddressRecords;
    readonly ca?: string;
  } = {},
): Guard {
  const allowed = createAllowList(deps.allowHosts ?? []);
  const ports = deps.ports ?? DEFAULT_PORTS;
  const isPortAllowed = (hostname: string, port: number) =>
    ports.some(([first, last]) => port >= first && port <= last) || allowed.hasPort(hostname, port);
  const maxWireBytes = deps.maxWireBytes ?? DEFAULT_WIRE_BYTES;
  const connector = {
    allowed,
    isPublic: isPublicAddress,
    resolver: createHostResolver({ records: deps.records }),
    connectMs: deps.connectMs ?? DEFAULT_CONNECT_MS,
    ca: deps.ca,
  };
  return {
    parse: (url) => parseTarget(url, isPortAllowed),
    open: createSocketOpener(connector),
    maxWireBytes,
    connect: createGuardedConnector({ ...connector, maxWireBytes }),
  };
}
