/** Every way known here to write an address that must not be reached: none may get as far as a socket. */
import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import { type ImageHost, startImageHost } from "../../testing/image-host.ts";
import { createGuard } from "./guard.ts";

/** Ways to write an address of this machine, its network or a cloud's metadata. */
const PRIVATE_LITERALS = [
  "127.0.0.1",
  "127.1",
  "127.0.1",
  "127.0.0.1.",
  "2130706433",
  "017700000001",
  "0x7f000001",
  "0x7f.1",
  "0177.0.0.1",
  "0x7f.0x0.0x0.0x1",
  "127.0x1",
  "0",
  "0.0.0.0",
  "0x0",
  "00",
  "%31%32%37.0.0.1",
  "127%2e0%2e0%2e1",
  "①②⑦.⓪.⓪.①",
  "１２７.０.０.１",
  "127。0。0。1",
  "127．0．0．1",
  "127｡0｡0｡1",
  "10.1",
  "10.0.0.1",
  "0xa000001",
  "012.0.0.1",
  "167772161",
  "172.16.0.1",
  "172.31.255.255",
  "192.168.1",
  "0xc0a80101",
  "192.168.257",
  "3232235777",
  "169.254.169.254",
  "2852039166",
  "0xa9fea9fe",
  "0251.0376.0251.0376",
  "169.254.43518",
  "100.100.100.200",
  "168.63.129.16",
  "192.0.0.192",
  "255.255.255.255",
  "4294967295",
  "224.0.0.1",
  "[::]",
  "[::1]",
  "[0:0:0:0:0:0:0:1]",
  "[0000::0001]",
  "[::127.0.0.1]",
  "[::7f00:1]",
  "[::ffff:127.0.0.1]",
  "[::ffff:7f00:1]",
  "[::ffff:8.8.8.8]",
  "[0:0:0:0:0:FFFF:a00:1]",
  "[::ffff:0:127.0.0.1]",
  "[64:ff9b::127.0.0.1]",
  "[64:ff9b::a9fe:a9fe]",
  "[64:ff9b:1::10.0.0.1]",
  "[2002:7f00:1::]",
  "[2002:a9fe:a9fe::1]",
  "[2001:0:4136:e378:8000:63bf:3fff:fdd2]",
  "[2001:db8::1]",
  "[2600::5efe:10.0.0.1]",
  "[2600::200:5efe:127.0.0.1]",
  "[fe80::1]",
  "[fe80::1%25lo]",
  "[fe80::1%lo]",
  "[fd00:ec2::254]",
  "[fc00::1]",
  "[fec0::1]",
  "[ff02::1]",
  "[5f00::1]",
  "localhost",
  "localhost.",
  "LOCALHOST",
  "ʟocalhost.localhost",
  "a.localhost",
  "ⓛⓞⓒⓐⓛⓗⓞⓢⓣ",
  "printer.local",
  "metadata.google.internal",
  "metadata.google.internal.",
  "router.home.arpa",
];

/** Resolves with the code that the guard refuses a URL with, in words or at the connection; null when it connected. */
function refusalOf(url: string): Promise<string | null> {
  const guard = createGuard({ records: { resolve4: async () => [], resolve6: async () => [] } });
  const codeOf = (error: unknown) => (error instanceof Error && "code" in error ? String(error.code) : "no code");
  const { promise, resolve } = Promise.withResolvers<string | null>();
  try {
    const { hostname, host, protocol, port } = guard.parse(url);
    guard.connect({ hostname, host, protocol, port }, (error, socket) => {
      socket?.destroy();
      resolve(socket ? null : codeOf(error));
    });
  } catch (error) {
    resolve(codeOf(error));
  }
  return promise;
}

describe("a host written in an odd way", () => {
  let host: ImageHost;
  before(async () => {
    host = await startImageHost();
  });
  after(async () => await host.close());

  for (const literal of PRIVATE_LITERALS) {
    it(`is not connected to as ${literal}`, async () => {
      // The URL parser itself refuses zone ids.
      const expected = literal.includes("[fe80::1%") ? "invalid_url" : "blocked_address";
      assert.equal(await refusalOf(`http://${literal}:${host.port}/`), expected);
    });
  }

  it("has seen no connection from any of them", () => assert.equal(host.connections(), 0));
});
