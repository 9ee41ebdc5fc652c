import assert from "node:assert/strict";
import { once } from "node:events";
import { type AddressInfo, connect, createServer, type Socket } from "node:net";
import { describe, it, type TestContext } from "node:test";
import { startFaultProxy } from "./fault-proxy.ts";

/** Everything that came, and a wait for it: a network cuts where it likes. */
function listenTo(socket: Socket) {
  let text = "";
  const checks = new Set<() => void>();
  socket.setEncoding("utf8").on("data", (piece) => {
    text += piece;
    for (const check of checks) check();
  });
  socket.on("error", () => {});
  return {
    text: () => text,
    hears: (wanted: string) =>
      new Promise<void>((resolve) => {
        const check = () => {
          if (text === wanted) resolve();
        };
        checks.add(check);
        check();
      }),
  };
}

/** Without `once` of node:events, which takes the reset that belongs to the test for a failure of its own. */
const closing = (socket: Socket) => new Promise((resolve) => socket.once("close", resolve));
const ending = (socket: Socket) => new Promise((resolve) => socket.once("end", resolve));

/** A client and the server's end of its connection, with the proxy between them. */
async function setup(t: TestContext) {
  const server = createServer({ allowHalfOpen: true });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const proxy = await startFaultProxy({ port: (server.address() as AddressInfo).port });
  const sockets: Socket[] = [];

  async function dial() {
    const client = connect({ port: proxy.port, host: "127.0.0.1", allowHalfOpen: true });
    const [far] = (await once(server, "connection")) as [Socket];
    sockets.push(client, far);
    return { client, far, atClient: listenTo(client), atFar: listenTo(far) };
  }
  t.after(async () => {
    for (const socket of sockets) socket.destroy();
    await proxy.close();
    server.close();
  });
  return { proxy, dial, ...(await dial()) };
}

describe("the fault proxy", () => {
  it("hands on both ways and counts connections", async (t) => {
    const { proxy, client, far, atClient, atFar, dial } = await setup(t);
    client.write("ping");
    await atFar.hears("ping");
    far.write("pong");
    await atClient.hears("pong");
    const second = proxy.acceptedTimes(2);
    await dial();
    await second;
    assert.equal(proxy.accepted(), 2);
    assert.equal(proxy.open(), 2);
  });

  it("delays bytes and keeps their order when the delay shrinks", async (t) => {
    const { proxy, client, atFar } = await setup(t);
    client.write("a");
    await atFar.hears("a");
    proxy.delay(50);
    const begunAt = performance.now();
    client.write("b");
    await atFar.hears("ab");
    assert.ok(performance.now() - begunAt >= 45);
    proxy.delay(0);
    client.write("c");
    await atFar.hears("abc");
  });

  it("resets open connections and takes new ones", async (t) => {
    const { proxy, client, far, dial } = await setup(t);
    const [[error]] = await Promise.all([once(client, "error"), closing(far), proxy.cut()]);
    assert.equal(error.code, "ECONNRESET");
    const again = await dial();
    again.client.write("still there?");
    await again.atFar.hears("still there?");
  });

  it("cuts before the bytes a test waits for", async (t) => {
    const { proxy, client, far, atFar } = await setup(t);
    client.write("one ");
    await atFar.hears("one ");
    const cut = proxy.cutAt("to-server", (bytes) => bytes.includes("commit"), "before");
    client.write("commit");
    await Promise.all([cut, closing(client), ending(far)]);
    assert.equal(atFar.text(), "one ");
  });

  it("cuts after the bytes a test waits for have arrived", async (t) => {
    const { proxy, client, far, atFar } = await setup(t);
    const cut = proxy.cutAt("to-server", (bytes) => bytes.includes("commit"), "after");
    client.write("commit");
    await Promise.all([cut, closing(client), ending(far)]);
    assert.equal(atFar.text(), "commit");
  });

  it("cuts after so many bytes, to the byte", async (t) => {
    const { proxy, client, far, atClient } = await setup(t);
    const cut = proxy.cutAfterBytes("to-client", 5);
    far.write("abc");
    await atClient.hears("abc");
    far.write("defgh");
    await Promise.all([cut, closing(far), ending(client)]);
    assert.equal(atClient.text(), "abcde");
  });

  it("swallows one direction only, and cuts what lost bytes when healed", async (t) => {
    const { proxy, client, far, atClient, atFar, dial } = await setup(t);
    const vanished = proxy.blackHole("to-server");
    client.write("lost");
    await vanished;
    far.write("heard");
    await atClient.hears("heard");
    const closed = closing(client);
    proxy.heal();
    await closed;
    assert.equal(atFar.text(), "");
    const again = await dial();
    again.client.write("through");
    await again.atFar.hears("through");
  });

  it("holds bytes while paused and loses none", async (t) => {
    const { proxy, client, far, atClient, atFar } = await setup(t);
    proxy.pause();
    client.write("later");
    far.write("later too");
    await new Promise((resolve) => setImmediate(resolve));
    assert.equal(atFar.text() + atClient.text(), "");
    proxy.resume();
    await Promise.all([atFar.hears("later"), atClient.hears("later too")]);
  });

  it("ends one direction while the other goes on", async (t) => {
    const { proxy, client, far, atFar } = await setup(t);
    const ended = ending(client);
    proxy.halfClose("to-client");
    await ended;
    client.write("i can still talk");
    await atFar.hears("i can still talk");
    assert.equal(far.destroyed, false);
  });

  it("refuses like a server that is away, and listens again on the same port", async (t) => {
    const { proxy, client, dial } = await setup(t);
    const closed = closing(client);
    await proxy.refuse();
    await closed;
    const [error] = await once(connect({ port: proxy.port, host: "127.0.0.1" }), "error");
    assert.equal(error.code, "ECONNREFUSED");
    await proxy.accept();
    const again = await dial();
    again.client.write("hello");
    await again.atFar.hears("hello");
  });
});
