/** The rule for addresses: the registries' ranges edge by edge, and whatever a program may hand over by mistake. */
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import fc from "fast-check";
import { isPublicAddress } from "./address-rules.ts";

const PUBLIC = [
  "1.1.1.1",
  "8.8.8.8",
  "9.255.255.255",
  "11.0.0.0",
  "100.63.255.255",
  "100.128.0.0",
  "126.255.255.255",
  "128.0.0.0",
  "169.253.255.255",
  "172.15.255.255",
  "172.32.0.0",
  "192.0.1.0",
  "192.167.255.255",
  "198.17.255.255",
  "198.20.0.0",
  "223.255.255.255",
  "2606:4700::1111",
  "2A00:1450:4001:81b::200e",
  "2001:200::1",
  "2001:4860:4860::8888",
  "2600::5efe:1",
  "2600::1:5efe:1:2",
];

const NOT_PUBLIC = [
  "0.0.0.0",
  "10.0.0.0",
  "10.255.255.255",
  "100.64.0.0",
  "100.100.100.200",
  "127.0.0.1",
  "127.255.255.255",
  "168.63.129.16",
  "169.254.169.254",
  "172.16.0.0",
  "172.31.255.255",
  "192.0.0.192",
  "192.0.2.1",
  "192.88.99.1",
  "192.168.0.1",
  "198.18.0.1",
  "198.19.255.255",
  "198.51.100.7",
  "203.0.113.7",
  "224.0.0.1",
  "239.255.255.255",
  "240.0.0.1",
  "255.255.255.255",
  "::",
  "::1",
  "::127.0.0.1",
  "::ffff:127.0.0.1",
  "::ffff:8.8.8.8",
  "::ffff:0:8.8.8.8",
  "64:ff9b::8.8.8.8",
  "64:ff9b:1::1",
  "100::1",
  "1fff::1",
  "2001::1",
  "2001:0:4136:e378:8000:63bf:3fff:fdd2",
  "2001:2::1",
  "2001:10::1",
  "2001:20::1",
  "2001:1ff:ffff::1",
  "2001:db8::1",
  "2002:7f00:1::",
  "2002:808:808::1",
  "2620:4f:8000::1",
  "3ffe::1",
  "3fff::1",
  "3fff:fff:ffff::1",
  "4000::1",
  "5f00::1",
  "fc00::1",
  "fd00:ec2::254",
  "fe80::1",
  "fec0::1",
  "ff02::1",
  "2600::5efe:10.0.0.1",
  "2600::200:5efe:10.0.0.1",
  "2600:1:2:3:0:5efe:7f00:1",
];

const NO_ADDRESS = [
  "",
  " ",
  "localhost",
  "1.1.1",
  "1.1.1.1 ",
  " 1.1.1.1",
  "1.1.1.1\n",
  "01.1.1.1",
  "0x1.1.1.1",
  "16843009",
  "1.1.1.256",
  "1.1.1.1:80",
  "[2606:4700::1111]",
  "2606:4700::1111%eth0",
  "2606:4700::1111%1",
  "fe80::1%2606",
  "2606:4700::1111/64",
  "2606:4700:::1111",
  "١.١.١.١",
];

describe("the rule for addresses", () => {
  for (const address of PUBLIC) it(`takes ${address} for public`, () => assert.equal(isPublicAddress(address), true));
  for (const address of NOT_PUBLIC) it(`refuses ${address}`, () => assert.equal(isPublicAddress(address), false));
  for (const text of NO_ADDRESS) {
    it(`refuses ${JSON.stringify(text)}, which is no address`, () => assert.equal(isPublicAddress(text), false));
  }

  it("refuses every address mapped, translated or tunnelled to IPv4", () => {
    fc.assert(
      fc.property(
        fc.ipV4(),
        fc.constantFrom("::", "::ffff:", "64:ff9b::", "2600::5efe:", "2001:4860::200:5efe:"),
        (v4, prefix) => {
          assert.equal(isPublicAddress(prefix + v4), false);
        },
      ),
    );
  });

  it("refuses everything outside 2000::/3", () => {
    fc.assert(
      fc.property(fc.ipV6(), (address) => {
        const group = /^[0-9a-f]{4}:/i.test(address) ? Number.parseInt(address.slice(0, 4), 16) : 0;
        if (group >> 13 !== 1) assert.equal(isPublicAddress(address), false);
      }),
    );
  });

  it("answers any text without throwing, and no text but an address with yes", () => {
    fc.assert(
      fc.property(fc.string(), (text) => {
        if (!/^[0-9a-f.:]+$/i.test(text)) assert.equal(isPublicAddress(text), false);
      }),
    );
  });
});
