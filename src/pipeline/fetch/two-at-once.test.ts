/** A file's beginning and its end asked for in one packet: of whom, and what becomes of hosts that cannot do it, on real sockets. */
import assert from "node:assert/strict";
import type { Socket } from "node:net";
import { describe, it, type TestContext } from "node:test";
import { patternOf, startFetching } from "../../testing/image-fetching.ts";
import { type RawRequest, startRawHost } from "../../testing/raw-host.ts";

const KILO = 1_024;
const PHOTO = Buffer.from(patternOf(300 * KILO));
const TAIL = 4_096;

/** The part of the photo that was asked for, as an honest host sends it. */
function partFor({ head }: RawRequest, more = ""): Buffer {
  const [, first = "", last = ""] = /^range: bytes=(\d*)-(\d*)/im.exec(head) ?? [];
  const from = first === "" ? PHOTO.length - Number(last) : Number(first);
  const to = first === "" || last === "" ? PHOTO.length - 1 : Number(last);
  const lines = [
    "HTTP/1.1 206 Partial Content",
    `content-range: bytes ${from}-${to}/${PHOTO.length}`,
    `content-length: ${to - from + 1}`,
    'etag: "v1"',
  ];
  return Buffer.concat([Buffer.from(`${lines.join("\r\n")}\r\n${more}\r\n`), PHOTO.subarray(from, to + 1)]);
}

type AnswerTwo = (socket: Socket, first: RawRequest, second: RawRequest) => void;
const rightly: AnswerTwo = (socket, first, second) => {
  socket.write(partFor(first));
  socket.write(partFor(second));
};

/** A host that answers single requests rightly, and two that come at once as it likes. */
async function setup(t: TestContext, answerTwo: AnswerTwo = rightly, { more = "", headersMs = 10_000 } = {}) {
  const asked: string[] = [];
  let first: RawRequest | null = null;
  const raw = await startRawHost({
    kind: "answer",
    answer(socket, request) {
      const range = /^range: (.*)$/im.exec(request.head)?.[1] ?? "all";
      if (request.hasNext) {
        first = request;
        asked.push(range);
      } else if (first) {
        asked.push(`${asked.pop()} + ${range}`);
        answerTwo(socket, first, request);
        first = null;
      } else {
        asked.push(range);
        socket.write(partFor(request, more));
      }
    },
  });
  const fetching = startFetching({ settings: { headersMs, maxAttempts: 1 } });
  t.after(async () => {
    await fetching.close();
    await raw.close();
  });
  /** Reads a photo as one who measures does, and checks what came; returns what the host was asked for. */
  async function read({ tail = TAIL } = {}): Promise<readonly string[]> {
    const before = asked.length;
    const image = fetching.open(`http://127.0.0.1:${raw.port}/photo.jpg`);
    const { bytes } = await image.prefix(20 * KILO);
    assert.ok(PHOTO.subarray(0, 20 * KILO).equals(bytes));
    if (tail > 0) assert.ok(PHOTO.subarray(-tail).equals(await image.tail(tail)));
    assert.equal(image.attempts(), 1);
    image.release();
    return asked.slice(before);
  }
  return { raw, read, fetching };
}

const HEAD_RANGE = "bytes=0-32767";
const TAIL_RANGE = `bytes=${PHOTO.length - TAIL}-${PHOTO.length - 1}`;
const BOTH = [`${HEAD_RANGE} + bytes=-${TAIL}`];
const ONE_BY_ONE = [HEAD_RANGE, TAIL_RANGE];

describe("beginning and end of a file", () => {
  it("are asked for one by one at first, and in one packet once the host has shown that it answers again", async (t) => {
    const { read, raw } = await setup(t);
    assert.deepEqual(await read(), ONE_BY_ONE);
    for (let time = 0; time < 3; time += 1) assert.deepEqual(await read(), BOTH);
    assert.equal(raw.connections().made, 1);
  });

  it("are asked for one by one of a host that keeps no connection", async (t) => {
    const { read, raw } = await setup(t, rightly, { more: "connection: close\r\n" });
    for (let time = 0; time < 3; time += 1) assert.deepEqual(await read(), ONE_BY_ONE);
    assert.equal(raw.connections().made, 6);
  });

  it("are asked for in one packet only where most files are read with their end", async (t) => {
    const { read } = await setup(t);
    for (let time = 0; time < 2; time += 1) await read({ tail: 0 });
    assert.deepEqual(await read(), ONE_BY_ONE);
    for (let time = 0; time < 20; time += 1) await read({ tail: 0 });
    assert.deepEqual(await read(), ONE_BY_ONE);
    for (let time = 0; time < 20; time += 1) await read();
    assert.deepEqual(await read(), BOTH);
  });

  const losses: readonly (readonly [string, AnswerTwo, { readonly headersMs: number }?])[] = [
    ["closes the connection behind the first of two answers", (socket, first) => void socket.end(partFor(first))],
    [
      "says with the first of two answers that it will close",
      (socket, first) => void socket.write(partFor(first, "connection: close\r\n")),
    ],
    [
      "resets the connection behind the first of two answers",
      (socket, first) => {
        socket.write(partFor(first), () => socket.resetAndDestroy());
      },
    ],
    [
      "answers the first of two requests only",
      (socket, first) => void socket.write(partFor(first)),
      // What ends the silence; the others fall silent at nothing.
      { headersMs: 60 },
    ],
  ];
  for (const [does, answerTwo, limits] of losses) {
    it(`are had from a host that ${does}, and asked for one by one when it has done so again and again`, async (t) => {
      const { read, fetching } = await setup(t, answerTwo, limits);
      await read();
      for (let time = 0; time < 3; time += 1) assert.deepEqual(await read(), [...BOTH, TAIL_RANGE]);
      for (let time = 0; time < 3; time += 1) assert.deepEqual(await read(), ONE_BY_ONE);
      assert.deepEqual(fetching.waits, []);
    });
  }

  it("are trusted again after a single loss: any host closes a connection now and then", async (t) => {
    let times = 0;
    const { read } = await setup(t, (socket, first, second) => {
      times += 1;
      if (times % 2 === 0) rightly(socket, first, second);
      else socket.end(partFor(first));
    });
    await read();
    for (let time = 0; time < 4; time += 1) {
      assert.deepEqual(await read(), [...BOTH, TAIL_RANGE]);
      assert.deepEqual(await read(), BOTH);
    }
  });

  it("are told apart when a host answers in another order, which is asked one by one from then on", async (t) => {
    const { read } = await setup(t, (socket, first, second) => rightly(socket, second, first));
    await read();
    assert.deepEqual(await read(), [...BOTH, ...ONE_BY_ONE]);
    assert.deepEqual(await read(), ONE_BY_ONE);
  });

  it("are asked for one by one of a host that refused the second as too much, until it bears any rate", async (t) => {
    const { read, fetching } = await setup(t, (socket, first) => {
      socket.write(partFor(first));
      socket.write("HTTP/1.1 503 Service Unavailable\r\nretry-after: 0\r\ncontent-length: 0\r\n\r\n");
    });
    await read();
    assert.deepEqual(await read(), [...BOTH, TAIL_RANGE]);
    const [[, reading] = []] = fetching.hosts.readings();
    assert.equal(reading?.refusals, 1);
    assert.ok(reading.rate !== null);
    assert.match(reading.trouble, /answered 503/);
    assert.deepEqual(await read(), ONE_BY_ONE);
  });

  it("are never of two versions", async (t) => {
    const { read, fetching } = await setup(t, (socket, first, second) => {
      socket.write(partFor(first));
      socket.write(Buffer.from(partFor(second).toString("latin1").replace('"v1"', '"v2"'), "latin1"));
    });
    await read();
    assert.deepEqual(await read(), [...BOTH, TAIL_RANGE]);
    assert.deepEqual(fetching.waits, []);
  });

  it("do not come from a host that sends the whole file in place of its end", async (t) => {
    const { read } = await setup(t, (socket, first) => {
      socket.write(partFor(first));
      socket.write(Buffer.concat([Buffer.from(`HTTP/1.1 200 OK\r\ncontent-length: ${PHOTO.length}\r\n\r\n`), PHOTO]));
    });
    await read();
    assert.deepEqual(await read(), [...BOTH, TAIL_RANGE]);
    assert.deepEqual(await read(), ONE_BY_ONE);
  });
});
