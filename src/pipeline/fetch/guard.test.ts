/** The gate on real sockets: what it lets through to a loopback host, and what never gets as far as a socket. */
import assert from "node:assert/strict";
import { subscribe, unsubscribe } from "node:diagnostics_channel";
import { once } from "node:events";
import { createServer, type Server, Socket } from "node:net";
import { after, before, describe, it, type TestContext } from "node:test";
import { Worker } from "node:worker_threads";
import { Agent, type buildConnector, request } from "undici";
import { ImageFault } from "../../domain/error-codes.ts";
import { type Certificate, createCertificate } from "../../testing/certificate.ts";
import { type ImageHost, startImageHost } from "../../testing/image-host.ts";
import { createAllowList, notPublic } from "./allow-list.ts";
import { createGuard, type Guard } from "./guard.ts";
import { createGuardedConnector } from "./guarded-connector.ts";
import { type AddressRecords, createHostResolver } from "./resolve-host.ts";

const noRecords: AddressRecords = {
  resolve4: async () => [],
  resolve6: async () => [],
};

function recordsOf(...addresses: readonly string[]): AddressRecords {
  return {
    resolve4: async () => addresses.filter((address) => !address.includes(":")),
    resolve6: async () => addresses.filter((address) => address.includes(":")),
  };
}

function connect(connector: buildConnector.connector, url: URL): Promise<Socket> {
  const { hostname, host, protocol, port } = url;
  return new Promise((resolve, reject) => {
    connector({ hostname, host, protocol, port }, (error, socket) => {
      if (socket) resolve(socket);
      else reject(error ?? new Error("neither socket nor error"));
    });
  });
}

function portOf(server: Server): number {
  const address = server.address();
  assert.ok(address !== null && typeof address === "object");
  return address.port;
}

async function connectThrough(guard: Guard, url: string): Promise<void> {
  const socket = await connect(guard.connect, guard.parse(url));
  socket.destroy();
}

describe("the guard", () => {
  let host: ImageHost;
  before(async () => {
    host = await startImageHost();
  });
  after(async () => await host.close());

  it("foresees where nothing would be sent, without sending anything", async () => {
    const judged = async (url: string, records = recordsOf("93.184.215.14")) =>
      (await createGuard({ records, allowHosts: ["intern.example"] }).judge(url))?.code ?? null;
    assert.equal(await judged("https://hooks.example/"), null);
    assert.equal(await judged("https://hooks.example/", recordsOf("93.184.215.14", "10.0.0.1")), "blocked_address");
    assert.equal(await judged("https://hooks.example/", noRecords), "dns_failed");
    assert.equal(await judged("http://[::1]/"), "blocked_address");
    assert.equal(await judged("http://printer.local/"), "blocked_address");
    assert.equal(await judged("https://hooks.example:22/"), "invalid_url");
  });

  it("says the same whether something listens there or not", async () => {
    const messages: string[] = [];
    for (const port of [host.port, 1_025]) {
      await connectThrough(createGuard(), `http://127.0.0.1:${port}/`).catch((error: Error) =>
        messages.push(error.message),
      );
    }
    assert.deepEqual(messages, Array(2).fill(notPublic("127.0.0.1")));
  });

  for (const mixed of [
    ["93.184.216.34", "10.0.0.1"],
    ["10.0.0.1", "93.184.216.34"],
    ["93.184.216.34", "::1"],
    ["93.184.216.34", "::ffff:93.184.216.34"],
    ["2606:4700::1111", "169.254.169.254"],
    ["2606:4700::1111", "fe80::1%eth0"],
    ["93.184.216.34", "not an address"],
  ]) {
    it(`refuses a name whose records are ${mixed.join(" and ")}`, async () => {
      await assert.rejects(connectThrough(createGuard({ records: recordsOf(...mixed) }), "http://mixed.example/"), {
        code: "blocked_address",
        message: notPublic("mixed.example"),
      });
    });
  }

  it("names a host without any record", async () => {
    await assert.rejects(connectThrough(createGuard({ records: noRecords }), "http://gone.example/"), {
      code: "dns_failed",
      message: /gone\.example/,
    });
  });

  it("ends the wait for a name server that never answers", async () => {
    const { promise: never } = Promise.withResolvers<string[]>();
    const guard = createGuard({ records: { resolve4: () => never, resolve6: () => never }, connectMs: 20 });
    await assert.rejects(connectThrough(guard, "http://slow.example/"), {
      code: "timeout",
      message: /slow\.example within 20 ms/,
    });
  });

  it("lets an allowed host through, by address, with its port, and by name", async () => {
    const { port } = host;
    await connectThrough(createGuard({ allowHosts: [host.host] }), host.url("/"));
    await connectThrough(createGuard({ allowHosts: ["127.0.0.1"] }), host.url("/"));
    await connectThrough(createGuard({ allowHosts: ["localhost"] }), `http://localhost:${port}/`);
    await connectThrough(createGuard({ allowHosts: ["LocalHost."] }), `http://localhost.:${port}/`);
    await assert.rejects(connectThrough(createGuard({ allowHosts: ["127.0.0.1:1"] }), host.url("/")), {
      code: "blocked_address",
    });
    await assert.rejects(connectThrough(createGuard({ allowHosts: ["localhost"] }), host.url("/")), {
      code: "blocked_address",
    });
  });

  it("keeps undici from any address that is not public", async () => {
    const dispatcher = new Agent({ connect: createGuard().connect });
    await assert.rejects(request(host.url("/"), { dispatcher }), { code: "blocked_address" });
    await dispatcher.destroy();
  });

  it("names a port where nothing listens", async () => {
    const closed = await startImageHost();
    await closed.close();
    await assert.rejects(connectThrough(createGuard({ allowHosts: ["127.0.0.1"] }), closed.url("/")), {
      code: "connect_failed",
      message: /127\.0\.0\.1 \(ECONNREFUSED\)/,
    });
  });
});

describe("a name that changes its address", () => {
  it("is connected to the very address that was checked, and checked anew when it is looked up anew", async () => {
    const host = await startImageHost();
    let now = 0;
    let looked = 0;
    const records: AddressRecords = {
      resolve4: async () => {
        looked += 1;
        return [looked === 1 ? "127.0.0.1" : "10.0.0.1"];
      },
      resolve6: async () => [],
    };
    const connector = createGuardedConnector({
      allowed: createAllowList([]),
      resolver: createHostResolver({ records, now: () => now }),
      // Loopback plays the public internet here, so that nothing is sent beyond it.
      isPublic: (address) => address === "127.0.0.1",
      connectMs: 60_000,
      maxWireBytes: 1_000,
    });
    const url = new URL(host.url("/").replace("127.0.0.1", "rebinding.example"));
    for (let time = 0; time < 2; time += 1) {
      const socket = await connect(connector, url);
      assert.equal(socket.remoteAddress, "127.0.0.1");
      socket.destroy();
    }
    assert.equal(looked, 1);
    now += 60_000;
    await assert.rejects(connect(connector, url), { code: "blocked_address" });
    assert.equal(looked, 2);
    assert.equal(host.connections(), 2);
    await host.close();
  });

  it("is left when the socket turns out to be connected elsewhere", async () => {
    const host = await startImageHost();
    let asked = 0;
    const connector = createGuardedConnector({
      allowed: createAllowList([]),
      resolver: createHostResolver({ records: recordsOf("127.0.0.1") }),
      isPublic: () => {
        asked += 1;
        return asked === 1;
      },
      connectMs: 60_000,
      maxWireBytes: 1_000,
    });
    const url = new URL(host.url("/").replace("127.0.0.1", "elsewhere.example"));
    await assert.rejects(connect(connector, url), { code: "blocked_address" });
    assert.equal(asked, 2);
    await host.close();
  });

  it("is left before the first byte of a TLS handshake", async (t) => {
    let bytes = 0;
    const host = createServer((socket) => {
      socket.on("data", (data) => {
        bytes += data.length;
      });
    }).listen(0, "127.0.0.1");
    t.after(() => host.close());
    await once(host, "listening");
    let asked = 0;
    const connector = createGuardedConnector({
      allowed: createAllowList([]),
      resolver: createHostResolver(),
      isPublic: () => {
        asked += 1;
        return asked === 1;
      },
      connectMs: 60_000,
      maxWireBytes: 1_000,
    });
    const gone = once(host, "connection").then(([socket]) => once(socket, "close"));
    const url = new URL(`https://127.0.0.1:${portOf(host)}/`);
    await assert.rejects(connect(connector, url), { code: "blocked_address" });
    await gone;
    assert.equal(bytes, 0);
  });
});

describe("a host that breaks each connection at once", () => {
  it("has failed to connect, which is tried again, and is not blocked for good", async (t) => {
    const turns = new Int32Array(new SharedArrayBuffer(8));
    const host = new Worker(new URL("../../testing/resetting-thread.ts", import.meta.url), { workerData: turns });
    t.after(() => host.terminate());
    const [{ port }] = await once(host, "message");
    // Asked first of all who hear that the connection is there: it goes on when the host has reset it.
    const whenOpened = (message: unknown) => {
      assert.ok(typeof message === "object" && message !== null && "socket" in message);
      assert.ok(message.socket instanceof Socket);
      message.socket.once("connect", () => {
        Atomics.store(turns, 0, 1);
        Atomics.notify(turns, 0);
        Atomics.wait(turns, 1, 0, 10_000);
      });
    };
    subscribe("net.client.socket", whenOpened);
    t.after(() => unsubscribe("net.client.socket", whenOpened));
    const connector = createGuardedConnector({
      allowed: createAllowList([]),
      resolver: createHostResolver(),
      isPublic: () => true,
      connectMs: 60_000,
      maxWireBytes: 1_000,
    });
    await assert.rejects(connect(connector, new URL(`http://127.0.0.1:${port}/`)), {
      code: "connect_failed",
      message: "127.0.0.1 broke the connection at once",
    });
  });
});

describe("TLS", () => {
  let certificate: Certificate;
  let host: ImageHost;
  before(async () => {
    certificate = createCertificate(["localhost"], ["127.0.0.1"]);
    host = await startImageHost({}, { tls: certificate, name: "localhost" });
  });
  after(async () => await host.close());

  it("connects when certificate and name are right", async () => {
    const guard = createGuard({ allowHosts: ["localhost", "127.0.0.1"], ca: certificate.cert });
    await connectThrough(guard, host.url("/"));
    await connectThrough(guard, host.url("/").replace("localhost", "127.0.0.1"));
  });

  /** Connects to a host that shows this, and trusts `ca`; returns why not. */
  async function refusal(t: TestContext, tls: Certificate, ca?: string): Promise<string> {
    const wrong = await startImageHost({}, { tls, name: "localhost" });
    t.after(() => wrong.close());
    const guard = createGuard({ allowHosts: ["localhost"], ...(ca === undefined ? {} : { ca }) });
    const error = await connectThrough(guard, wrong.url("/")).then(
      () => assert.fail("it let us in"),
      (error: unknown) => error,
    );
    assert.ok(error instanceof ImageFault);
    assert.equal(error.code, "tls_failed");
    return error.message.replace(/^the TLS handshake with localhost failed /, "");
  }

  it("refuses a certificate that nobody vouches for, and says how to trust it", async (t) => {
    assert.equal(
      await refusal(t, certificate),
      "(DEPTH_ZERO_SELF_SIGNED_CERT): its certificate is signed by nobody but itself; " +
        "to trust it here, set NODE_EXTRA_CA_CERTS to a file with its certificate",
    );
  });

  it("refuses a certificate for another name, and says for which it is", async (t) => {
    const other = createCertificate(["other.example", "b.example", "c.example", "d.example"]);
    assert.equal(
      await refusal(t, other, other.cert),
      "(ERR_TLS_CERT_ALTNAME_INVALID): its certificate is for other.example, b.example, c.example and 1 more",
    );
  });

  it("refuses an old certificate, and says until when it was valid", async (t) => {
    const old = createCertificate(["localhost"], [], { hoursLater: -5 });
    assert.match(await refusal(t, old, old.cert), /^\(CERT_HAS_EXPIRED\): .+; its own was valid until \w{3} .+ GMT$/);
  });

  describe("with a chain", () => {
    const root = { ...createCertificate([], [], { name: "Test root" }), name: "Test root" };
    const between = { ...createCertificate([], [], { name: "Test between", issuer: root }), name: "Test between" };
    const leaf = createCertificate(["localhost"], [], { name: "localhost", issuer: between });
    const whole = { ...leaf, cert: leaf.cert + between.cert };

    it("connects where the whole of it is sent", async (t) => {
      const right = await startImageHost({}, { tls: whole, name: "localhost" });
      t.after(() => right.close());
      await connectThrough(createGuard({ allowHosts: ["localhost"], ca: root.cert }), right.url("/"));
    });

    it("names the certificate that is missing from it", async (t) => {
      assert.equal(
        await refusal(t, leaf, root.cert),
        '(UNABLE_TO_VERIFY_LEAF_SIGNATURE): it sends its own certificate and not that of "Test between", which signed it; ' +
          "whoever runs localhost must send the whole chain, or, until then, NODE_EXTRA_CA_CERTS name a file with the missing one",
      );
    });

    for (const [what, sent] of [
      ["that it ends at", whole.cert],
      ["that it ends at, and that is sent along", whole.cert + root.cert],
    ] as const) {
      it(`names the authority ${what}, when nobody here knows it`, async (t) => {
        assert.match(
          await refusal(t, { ...leaf, cert: sent }),
          /^\((?:UNABLE_TO_GET_ISSUER_CERT_LOCALLY|SELF_SIGNED_CERT_IN_CHAIN)\): its certificates end at "Test root", which this machine does not know; to trust it here, set NODE_EXTRA_CA_CERTS/,
        );
      });
    }
  });

  it("ends the wait for a handshake that never comes", async () => {
    const silent = createServer(() => {}).listen(0, "127.0.0.1");
    await once(silent, "listening");
    const guard = createGuard({ allowHosts: ["127.0.0.1"], connectMs: 30 });
    await assert.rejects(connectThrough(guard, `https://127.0.0.1:${portOf(silent)}/`), {
      code: "timeout",
      message: "no connection to 127.0.0.1 within 30 ms",
    });
    silent.close();
  });

  it("refuses a host that does not speak TLS", async () => {
    const plain = await startImageHost({}, { name: "localhost" });
    const guard = createGuard({ allowHosts: ["localhost"] });
    await assert.rejects(connectThrough(guard, plain.url("/").replace("http:", "https:")), { code: "tls_failed" });
    await plain.close();
  });
});
