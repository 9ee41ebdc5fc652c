/**
 * The operator's list of hosts that may be fetched although their address is not public: `host` or `host:port`.
 * Names are compared as written in URLs, never by what they resolve to.
 */

export type AllowList = {
  /** Whether the address rules are lifted for this target. */
  hasHost(hostname: string, port: number): boolean;
  /** Whether the list names this very port, which lifts the rule on ports as well. */
  hasPort(hostname: string, port: number): boolean;
};

/** Why a host may not be fetched, and what whoever runs the service may do about it. */
export const notPublic = (hostname: string) =>
  `${hostname} is not a host on the public internet; an operator may allow it in STOREWALK_ALLOW_HOSTS`;

/** Throws an Error that names the first entry it cannot read. */
export function createAllowList(entries: readonly string[]): AllowList {
  const hosts = new Set<string>();
  const hostPorts = new Set<string>();
  for (const entry of entries) {
    const { hostname, port } = readEntry(entry);
    if (port === null) hosts.add(hostname);
    else hostPorts.add(`${hostname} ${port}`);
  }
  const hasPort = (hostname: string, port: number) => hostPorts.has(`${plainHost(hostname)} ${port}`);
  return {
    hasPort,
    hasHost: (hostname, port) => hosts.has(plainHost(hostname)) || hasPort(hostname, port),
  };
}

/** The name without brackets or the root's dot: one spelling for URLs, connectors and the list. */
export function plainHost(hostname: string): string {
  const bare = hostname.startsWith("[") ? hostname.slice(1, -1) : hostname;
  return bare.endsWith(".") ? bare.slice(0, -1) : bare;
}

function readEntry(entry: string): { readonly hostname: string; readonly port: number | null } {
  const [, bracketed, name, portText] = /^(?:\[([0-9a-f:.]+)\]|([^\s:/?#@\\[\]]+))(?::(\d{1,5}))?$/i.exec(entry) ?? [];
  const bareIpv6 = /^[0-9a-f:.]*:[0-9a-f:.]*:[0-9a-f:.]*$/i.test(entry) ? entry : undefined;
  const ipv6 = bracketed ?? bareIpv6;
  const host = ipv6 === undefined ? name : `[${ipv6}]`;
  const port = portText === undefined ? null : Number(portText);
  if (host === undefined || (port !== null && (port < 1 || port > 65_535)) || !URL.canParse(`http://${host}/`)) {
    throw new Error(`an allowed host must be a host or host:port such as "10.0.0.5:8080", got "${entry}"`);
  }
  return { hostname: plainHost(new URL(`http://${host}/`).hostname), port };
}
