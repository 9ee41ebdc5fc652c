/** Every way known here to write an address that must not be reached: none may get as far as a socket. */
import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import { type ImageHost, startImageHost } from "../../testing/image-host.ts";
import { PRIVATE_HOSTS } from "../../testing/private-hosts.ts";
import { createGuard } from "./guard.ts";

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

  for (const name of PRIVATE_HOSTS) {
    it(`is not connected to as ${name}`, async () => {
      assert.equal(await refusalOf(`http://${name}:${host.port}/`), "blocked_address");
    });
  }

  for (const zone of ["[fe80::1%25lo]", "[fe80::1%lo]", "[::1%25lo]"]) {
    it(`is no URL with a zone, as ${zone}`, async () => {
      assert.equal(await refusalOf(`http://${zone}:${host.port}/`), "invalid_url");
    });
  }

  it("has seen no connection from any of them", () => assert.equal(host.connections(), 0));
});
