/**
 * A connection that has served is used again. What a host sends over it before it is asked, by mistake or by design, must never be
 * taken for the answer to the next request: that would be another image's size.
 */
import assert from "node:assert/strict";
import type { Socket } from "node:net";
import { describe, it, type TestContext } from "node:test";
import { setImmediate } from "node:timers/promises";
import { TLSSocket } from "node:tls";
import { createCertificate } from "../../testing/certificate.ts";
import { aPng } from "../../testing/image-bytes.ts";
import { startFetching } from "../../testing/image-fetching.ts";
import { startRawHost } from "../../testing/raw-host.ts";
import { createImageMeasurer } from "../measure/measure-image.ts";

const never = new AbortController().signal;
const measurer = createImageMeasurer({ maxPixels: 1e9, maxHeaderBytes: 2 ** 21, decoder: null });

/** `/7` is a PNG 7 wide. */
function answerOf(path: string): Buffer {
  const bytes = aPng({ width: Number(path.slice(1)), height: 1 });
  return Buffer.concat([Buffer.from(`HTTP/1.1 200 OK\r\ncontent-length: ${bytes.length}\r\n\r\n`), bytes]);
}

type Deed = (socket: Socket, path: string) => void;
const nothing: Deed = () => {};

/** A host that answers rightly, and does more after or before each answer; one connection at a time. */
async function setup(t: TestContext, more: Deed = nothing, before: Deed = nothing) {
  const sockets: Socket[] = [];
  const raw = await startRawHost({
    kind: "answer",
    answer(socket, { path }) {
      if (!sockets.includes(socket)) sockets.push(socket);
      before(socket, path);
      socket.write(answerOf(path));
      more(socket, path);
    },
  });
  const fetching = startFetching({ settings: { connectionsPerHost: 1 } });
  t.after(async () => {
    await fetching.close();
    await raw.close();
  });
  return {
    sockets,
    raw,
    fetching,
    async widthOf(path: string) {
      const outcome = await measurer.measure(fetching.open(`http://127.0.0.1:${raw.port}${path}`), "complete", never);
      return outcome.kind === "measured" ? outcome.width : outcome.code;
    },
  };
}

/** So many turns that whatever was sent on loopback has been read. */
async function settle(): Promise<void> {
  for (let turn = 0; turn < 20; turn++) await setImmediate();
}

describe("a kept connection", () => {
  it("serves one image after the other", async (t) => {
    const { widthOf, raw } = await setup(t);
    assert.deepEqual([await widthOf("/3"), await widthOf("/4"), await widthOf("/5")], [3, 4, 5]);
    assert.equal(raw.connections().made, 1);
  });

  it("is given up when a second answer came with the first", async (t) => {
    const { widthOf, raw } = await setup(t, (socket, path) => void (path === "/3" && socket.write(answerOf("/999"))));
    assert.equal(await widthOf("/3"), 3);
    assert.equal(await widthOf("/4"), 4);
    assert.equal(raw.connections().made, 2);
  });

  it("is given up when an answer comes while nobody asks", async (t) => {
    const { widthOf, raw, sockets } = await setup(t);
    assert.equal(await widthOf("/3"), 3);
    sockets[0]?.write(answerOf("/999"));
    await settle();
    assert.equal(await widthOf("/4"), 4);
    assert.equal(raw.connections().made, 2);
  });

  it("is given up when a prepared answer lies unread at the moment of the next request", async (t) => {
    const { widthOf, raw, sockets } = await setup(t);
    assert.equal(await widthOf("/3"), 3);
    // In the same turn: the bytes are with our own kernel before the request is written, and nobody has looked yet.
    sockets[0]?.write(answerOf("/999"));
    assert.equal(await widthOf("/4"), 4);
    assert.equal(raw.connections().made, 2);
  });

  it("is given up when a body is longer than was said, and what is too much would be an answer", async (t) => {
    const { widthOf, raw } = await setup(
      t,
      (socket) => void socket.write(Buffer.concat([answerOf("/998"), answerOf("/999")])),
    );
    assert.deepEqual([await widthOf("/3"), await widthOf("/4"), await widthOf("/5")], [3, 4, 5]);
    assert.equal(raw.connections().made, 3);
  });

  it("costs no image when the host says goodbye on it", async (t) => {
    const goodbye = "HTTP/1.1 408 Request Timeout\r\ncontent-length: 0\r\nconnection: close\r\n\r\n";
    const { widthOf, fetching, sockets } = await setup(t);
    assert.equal(await widthOf("/3"), 3);
    sockets[0]?.end(goodbye);
    assert.equal(await widthOf("/4"), 4);
    assert.deepEqual(fetching.waits, []);
  });

  it("costs no image when noise comes over it in place of an answer", async (t) => {
    let noisy = true;
    const { widthOf } = await setup(t, nothing, (socket, path) => {
      if (path === "/4" && noisy) socket.write("\xff\xd8 the rest of a body that was said to be shorter", "latin1");
      noisy = path !== "/4";
    });
    assert.deepEqual([await widthOf("/3"), await widthOf("/4")], [3, 4]);
  });

  it("costs no image when the host has reset it, and the request goes out on a new one, though others are kept", async (t) => {
    let gone = 0;
    const raw = await startRawHost({
      kind: "answer",
      answer(socket, { path, no }) {
        if (no === 1) socket.write(answerOf(path));
        else socket.resetAndDestroy();
        gone += no - 1;
      },
    });
    const fetching = startFetching();
    t.after(async () => {
      await fetching.close();
      await raw.close();
    });
    const prefixOf = (path: string) => fetching.open(`http://127.0.0.1:${raw.port}${path}`).prefix(1);
    await Promise.all([prefixOf("/3"), prefixOf("/4")]);
    await prefixOf("/5");
    assert.deepEqual([raw.connections().made, gone, fetching.waits.length], [3, 1, 0]);
  });

  it("is not kept longer than the host says that it will keep it", async (t) => {
    const raw = await startRawHost({
      kind: "answer",
      answer: (socket) =>
        void socket.write("HTTP/1.1 404 Not Found\r\nkeep-alive: timeout=1\r\ncontent-length: 0\r\n\r\n"),
    });
    const fetching = startFetching();
    t.after(async () => {
      await fetching.close();
      await raw.close();
    });
    for (const path of ["/1", "/2"]) {
      const image = fetching.open(`http://127.0.0.1:${raw.port}${path}`);
      await assert.rejects(image.prefix(1), { code: "not_found" });
    }
    assert.equal(raw.connections().made, 2);
  });

  it("of TLS is begun anew with the session of the one before", async (t) => {
    const certificate = createCertificate([], ["127.0.0.1"]);
    const resumed: boolean[] = [];
    const raw = await startRawHost({
      kind: "answer",
      tls: certificate,
      answer(socket, { path }) {
        if (socket instanceof TLSSocket) resumed.push(socket.isSessionReused());
        socket.end(answerOf(path));
      },
    });
    const fetching = startFetching({ ca: certificate.cert });
    t.after(async () => {
      await fetching.close();
      await raw.close();
    });
    for (const path of ["/3", "/4"]) await fetching.open(`https://127.0.0.1:${raw.port}${path}`).prefix(1);
    assert.deepEqual(resumed, [false, true]);
  });
});
