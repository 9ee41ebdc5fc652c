/** Under which name an address is counted. Whoever has one IPv6 address has its whole /64, so that is one client. */
import { isIPv6 } from "node:net";

const GROUPS = 8;
const MAPPED = /^::ffff:(?=\d+\.\d+\.\d+\.\d+$)/i;

/** Without an address the connection is gone: nobody will read the answer. */
export function clientOf(address: string | undefined): string {
  if (address === undefined) return "gone";
  const plain = address.replace(MAPPED, "").replace(/%.*$/, "");
  if (!isIPv6(plain)) return plain;
  // The one spelling of the address: lower case, no leading zeros, no dots.
  const spelt = new URL(`http://[${plain}]/`).hostname.slice(1, -1);
  const [head = "", tail] = spelt.split("::");
  const before = head === "" ? [] : head.split(":");
  const after = tail === undefined || tail === "" ? [] : tail.split(":");
  const zeros = Array.from({ length: GROUPS - before.length - after.length }, () => "0");
  return `${[...before, ...zeros, ...after].slice(0, 4).join(":")}::/64`;
}
