/** Addresses on the public side of every edge of the rule, and those on which this test's own honest hosts live. All in the kernel's spelling. */

/** Redirects, photos and webhooks of the test. */
export const HONEST_V4 = "93.184.216.34";
export const HONEST_V6 = "2606:4700::1111";

const words = (text: string) => text.trim().split(/\s+/);

/** One step outside each refused range, or at the very end of what may be reached; the last five stand next to the interface ids of ISATAP. */
export const PUBLIC_EDGES: readonly string[] = words(`
  1.0.0.0 9.255.255.255 11.0.0.0 100.63.255.255 100.128.0.0 126.255.255.255 128.0.0.0 168.63.129.15
  168.63.129.17 169.253.255.255 169.255.0.0 172.15.255.255 172.32.0.0 191.255.255.255 192.0.1.0 192.0.1.255
  192.0.3.0 192.31.195.255 192.31.197.0 192.52.192.255 192.52.194.0 192.88.98.255 192.88.100.0
  192.167.255.255 192.169.0.0 192.175.47.255 192.175.49.0 198.17.255.255 198.20.0.0 198.51.99.255
  198.51.101.0 203.0.112.255 203.0.114.0 223.255.255.255 2000:: 2000::1
  2000:ffff:ffff:ffff:ffff:ffff:ffff:ffff 2001:200:: 2001:200::1 2001:db7:ffff::1 2001:db9:: 2001:ffff::1
  2003::1 2620:4f:7fff::1 2620:4f:8001::1 3ffd:ffff::1 3fff:1000::1 3fff:ffff:ffff:ffff:ffff:ffff:ffff:ffff
  2600::5eff:a00:1 2600::5efd:a00:1 2600::100:5efe:a00:1 2600::5efe:1 2600:0:5efe::1
`);

export const PUBLIC_ADDRESSES: readonly string[] = [HONEST_V4, HONEST_V6, ...PUBLIC_EDGES];

export function urlHost(address: string): string {
  return address.includes(":") ? `[${address}]` : address;
}
