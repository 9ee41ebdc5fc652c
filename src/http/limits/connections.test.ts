/** What a connection may hold, on real sockets. */
import assert from "node:assert/strict";
import { once } from "node:events";
import { connect, type Socket } from "node:net";
import { describe, it, type TestContext } from "node:test";
import { type HttpService, startHttpService } from "../../testing/http-service.ts";
import { seriesOf } from "../../testing/metrics-text.ts";

function open(t: TestContext, { address }: HttpService): Socket {
  const socket = connect(Number(new URL(address).port), "127.0.0.1");
  socket.on("error", () => {});
  t.after(() => socket.destroy());
  return socket;
}

async function answersOf(socket: Socket): Promise<string> {
  let text = "";
  socket.on("data", (data) => {
    text += String(data);
  });
  // Who still writes when the service has answered and closed hears of it as an error; the answer is there all the same.
  await new Promise((resolve) => socket.once("close", resolve));
  return text;
}

async function refused({ metrics }: HttpService, reason: string): Promise<number> {
  return seriesOf(await metrics.text()).get(`storewalk_refused_total{reason="${reason}"}`) ?? 0;
}

const GET = "GET /api/v1/jobs HTTP/1.1\r\nhost: localhost\r\n";

describe("connections", () => {
  it("beyond the limit are closed at once, and there is room again when one ends", async (t) => {
    const service = await startHttpService(t, { limits: { connections: 3 } });
    const held = Array.from({ length: 3 }, () => open(t, service));
    await Promise.all(held.map((socket) => once(socket, "connect")));
    const many = open(t, service);
    await once(many, "close");
    assert.equal(await refused(service, "connections"), 1);
    held[0]?.destroy();
    for (;;) {
      const socket = open(t, service);
      socket.write(`${GET}connection: close\r\n\r\n`);
      if ((await answersOf(socket)).startsWith("HTTP/1.1 200")) break;
    }
  });
});

describe("requests that are sent ahead", () => {
  it("are answered in their order while they are few", async (t) => {
    const service = await startHttpService(t);
    const socket = open(t, service);
    const paths = Array.from({ length: 30 }, (_, no) => `/api/v1/jobs/${no + 1}`);
    const requests = paths.map((path) => `GET ${path} HTTP/1.1\r\nhost: localhost\r\n\r\n`);
    socket.write(`${requests.join("")}${GET}connection: close\r\n\r\n`);
    const text = await answersOf(socket);
    assert.deepEqual(
      [...text.matchAll(/there is no job (\d+)/g)].map(([, no]) => no),
      paths.map((path) => path.split("/").at(-1)),
    );
  });

  it("cut their connection when they are 20,000, and nobody else waits", async (t) => {
    const service = await startHttpService(t);
    const flood = open(t, service);
    const cut = new Promise((resolve) => flood.once("close", resolve));
    flood.write(`${GET}\r\n`.repeat(20_000));
    assert.equal((await service.call("GET", "/api/v1/jobs")).status, 200);
    await cut;
    assert.equal(await refused(service, "pipelining"), 1);
    assert.ok(service.log.lines.length < 500, `${service.log.lines.length} lines in the log`);
  });
});

describe("headers", () => {
  it("may be a hundred", async (t) => {
    const service = await startHttpService(t);
    const ask = async (headers: number) => {
      const socket = open(t, service);
      const more = Array.from({ length: headers - 2 }, (_, no) => `x-${no}: 1\r\n`).join("");
      socket.write(`${GET}connection: close\r\n${more}\r\n`);
      return (await answersOf(socket)).slice(0, "HTTP/1.1 200".length);
    };
    assert.equal(await ask(100), "HTTP/1.1 200");
    assert.equal(await ask(101), "HTTP/1.1 431");
    assert.equal(await ask(400), "HTTP/1.1 431");
  });
});

describe("a submission that drips", () => {
  it("is ended with 408, and nothing of it is kept", async (t) => {
    const service = await startHttpService(t, { limits: { pace: { bytes: 1_000, withinMs: 100 } } });
    const socket = open(t, service);
    const head =
      "POST /api/v1/jobs HTTP/1.1\r\nhost: localhost\r\ncontent-type: application/x-ndjson\r\ncontent-length: 100000\r\n\r\n";
    socket.write(head);
    const drip = setInterval(() => socket.write("{"), 10);
    t.after(() => clearInterval(drip));
    const text = await answersOf(socket);
    assert.match(text, /^HTTP\/1.1 408 /);
    assert.match(text, /"code":"request_timeout"/);
    assert.deepEqual((await service.call("GET", "/api/v1/jobs")).body.data, []);
  });
});

describe("a long answer", () => {
  it("is ended when its reader stops reading", async (t) => {
    const service = await startHttpService(t, { limits: { stalledMs: 300 } });
    const socket = open(t, service);
    socket.pause();
    // Some 130 kB each: together more than the system takes off our hands.
    const document = "GET /openapi.json HTTP/1.1\r\nhost: localhost\r\n\r\n";
    socket.write(document.repeat(200));
    await service.log.find(({ brokenOff }) => brokenOff === true);
  });
});
