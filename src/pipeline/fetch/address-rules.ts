/**
 * Tells a public internet address from every other. Fails closed: what is not plainly an address is not public.
 * Must never look anything up or connect.
 */
import { BlockList, isIPv4, isIPv6 } from "node:net";

/** IANA IPv4 special-purpose registry, multicast and class E, and Azure's platform address, which is public by range only. */
const IPV4_DENIED: readonly (readonly [string, number])[] = [
  ["0.0.0.0", 8],
  ["10.0.0.0", 8],
  ["100.64.0.0", 10],
  ["127.0.0.0", 8],
  ["168.63.129.16", 32],
  ["169.254.0.0", 16],
  ["172.16.0.0", 12],
  ["192.0.0.0", 24],
  ["192.0.2.0", 24],
  ["192.31.196.0", 24],
  ["192.52.193.0", 24],
  ["192.88.99.0", 24],
  ["192.168.0.0", 16],
  ["192.175.48.0", 24],
  ["198.18.0.0", 15],
  ["198.51.100.0", 24],
  ["203.0.113.0", 24],
  ["224.0.0.0", 4],
  ["240.0.0.0", 4],
];

/**
 * Parts of 2000::/3 that are not ordinary hosts: IETF protocol assignments (Teredo, ORCHID, benchmarking, AMT), documentation,
 * 6to4, the old 6bone, AS112. Loopback, mapped, NAT64, unique-local and link-local addresses lie outside 2000::/3 altogether.
 */
const IPV6_DENIED: readonly (readonly [string, number])[] = [
  ["2001::", 23],
  ["2001:db8::", 32],
  ["2002::", 16],
  ["2620:4f:8000::", 48],
  ["3ffe::", 16],
  ["3fff::", 20],
];

const denied = new BlockList();
for (const [network, prefix] of IPV4_DENIED) denied.addSubnet(network, prefix, "ipv4");
for (const [network, prefix] of IPV6_DENIED) denied.addSubnet(network, prefix, "ipv6");

const globalUnicast = new BlockList();
globalUnicast.addSubnet("2000::", 3, "ipv6");

/** Whether an IP address as text belongs to an ordinary host on the public internet. */
export function isPublicAddress(address: string): boolean {
  // BlockList answers "not listed" to a zone id or a string that is no address, so both are refused before it is asked.
  if (isIPv4(address)) return !denied.check(address, "ipv4");
  if (!isIPv6(address) || address.includes("%")) return false;
  return globalUnicast.check(address, "ipv6") && !denied.check(address, "ipv6") && !isIsatap(address);
}

/** RFC 5214: an interface id of 0000:5efe or 0200:5efe tunnels to the IPv4 address in the last 32 bits, whatever the prefix. */
function isIsatap(address: string): boolean {
  const groups = groupsOf(address);
  return groups[5] === 0x5efe && ((groups[4] ?? 0) & 0xfdff) === 0;
}

function groupsOf(address: string): readonly number[] {
  // The URL parser writes every IPv6 address in one form: lower case, no dotted part, at most one "::".
  const canonical = new URL(`http://[${address}]`).hostname.slice(1, -1);
  const [left = "", right] = canonical.split("::");
  const head = left === "" ? [] : left.split(":");
  const tail = right === undefined || right === "" ? [] : right.split(":");
  const zeros = Array.from({ length: 8 - head.length - tail.length }, () => "0");
  return [...head, ...zeros, ...tail].map((group) => Number.parseInt(group, 16));
}
