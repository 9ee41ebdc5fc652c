import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { clientOf } from "./client-address.ts";

describe("an address that is counted", () => {
  for (const [name, address, client] of [
    ["is itself for IPv4", "192.0.2.7", "192.0.2.7"],
    ["is the IPv4 one that is mapped into IPv6", "::ffff:192.0.2.7", "192.0.2.7"],
    ["is its /64 for IPv6", "2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"],
    ["is the same /64 for every host in it", "2001:DB8:0001:2:ffff::1", "2001:db8:1:2::/64"],
    ["has its zeros where :: leaves them out", "2001:db8::1", "2001:db8:0:0::/64"],
    ["may be this machine", "::1", "0:0:0:0::/64"],
    ["has no zone", "fe80::1%eth0", "fe80:0:0:0::/64"],
    ["is nobody's when the connection is gone", undefined, "gone"],
  ] as const) {
    it(name, () => assert.equal(clientOf(address), client));
  }
});
