/**
 * The addresses that a host may be reached at: the literal host is checked, or every record of its name. Must never give one that may not be
 * reached, and tells nothing about what listens there.
 */
import type { LookupAddress } from "node:dns";
import { isIP } from "node:net";
import { ImageFault } from "../../domain/error-codes.ts";
import { notPublic } from "./allow-list.ts";
import type { HostResolver } from "./resolve-host.ts";

/** A host without brackets; `exempt` when the operator's list names it. */
export type Target = { readonly hostname: string; readonly port: number; readonly exempt: boolean };

/** Fails with an ImageFault: `blocked_address` or `dns_failed`. */
export function createTargetAddresses(deps: {
  readonly resolver: HostResolver;
  /** The rule for addresses; must refuse whatever is no plain IP address. */
  readonly isPublic: (address: string) => boolean;
}): (target: Target) => Promise<readonly LookupAddress[]> {
  return async ({ hostname, exempt }) => {
    const family = isIP(hostname);
    if (family !== 0) {
      if (!exempt && !deps.isPublic(hostname)) throw blocked(hostname);
      return [{ address: hostname, family }];
    }
    if (exempt) return await deps.resolver.fromSystem(hostname);
    if (isLocalName(hostname)) throw blocked(hostname);
    const addresses = await deps.resolver.fromDns(hostname);
    // One private record among public ones is how a rebinding name looks: the whole name is refused.
    if (!addresses.every(({ address }) => deps.isPublic(address))) throw blocked(hostname);
    return addresses;
  };
}

/** RFC 6761 and 6762: names that mean this machine or its own network, whatever a DNS server answers. */
function isLocalName(hostname: string): boolean {
  return /(?:^|\.)(?:localhost|local|localdomain|internal|home\.arpa)$/.test(hostname);
}

export function blocked(hostname: string): ImageFault {
  return new ImageFault("blocked_address", notPublic(hostname));
}
