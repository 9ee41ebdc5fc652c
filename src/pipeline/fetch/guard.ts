/**
 * The one gate to other people's hosts, for images, redirect hops and webhooks alike: `parse` judges the URL as text,
 * `open` and `connect` judge every address. Nothing may be sent on a way around it.
 */
import type { buildConnector } from "undici";
import { ImageFault } from "../../domain/error-codes.ts";
import { isPublicAddress } from "./address-rules.ts";
import { createAllowList, plainHost } from "./allow-list.ts";
import { createGuardedConnector, createSocketOpener, type OpenSocket } from "./guarded-connector.ts";
import { DEFAULT_PORTS, type PortRange, parseTarget, portOf } from "./parse-target.ts";
import { type AddressRecords, createHostResolver } from "./resolve-host.ts";
import { createTargetAddresses } from "./target-addresses.ts";

export type Guard = {
  /** Throws ImageFault `invalid_url`. */
  parse(url: string): URL;
  /** Why nothing would be sent there now, without sending anything; null where it would. For warnings: whoever sends judges again. */
  judge(url: string): Promise<ImageFault | null>;
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
  const parse = (url: string) => parseTarget(url, isPortAllowed);
  const addressesOf = createTargetAddresses(connector);
  return {
    parse,
    async judge(url) {
      try {
        const target = parse(url);
        const [hostname, port] = [plainHost(target.hostname), portOf(target)];
        await addressesOf({ hostname, port, exempt: allowed.hasHost(hostname, port) });
        return null;
      } catch (error) {
        if (error instanceof ImageFault) return error;
        throw error;
      }
    },
    open: createSocketOpener(connector),
    maxWireBytes,
    connect: createGuardedConnector({ ...connector, maxWireBytes }),
  };
}
