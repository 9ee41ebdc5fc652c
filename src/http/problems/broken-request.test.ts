import assert from "node:assert/strict";
import { once } from "node:events";
import { connect, type Socket } from "node:net";
import { Readable } from "node:stream";
import { describe, it, type TestContext } from "node:test";
import { pino } from "pino";
import { createAccessKeeper } from "../../access/access-keeper.ts";
import { createAccessSeal } from "../../access/seal.ts";
import { USUAL_SETTINGS } from "../../domain/truth-rules.ts";
import type { Intake } from "../../intake/submission.ts";
import { createIntake } from "../../intake/submit-job.ts";
import { isObject } from "../../intake/text-rules.ts";
import type { Ledger } from "../../ledger/port/ledger.ts";
import { openDatabase } from "../../ledger/sqlite/database.ts";
import { createSqliteLedger } from "../../ledger/sqlite/sqlite-ledger.ts";
import { createMetrics } from "../../metrics/create-metrics.ts";
import { createLiveEvents } from "../../notify/live-events.ts";
import { readStageCells } from "../../pipeline/stage-cells.ts";
import { systemClock } from "../../process/clock.ts";
import { ENDLESS_HEADROOM, NO_LIMITS } from "../../testing/http-service.ts";
import { createAuthenticator } from "../auth/authenticator.ts";
import { createServer } from "../server.ts";

const VISIT = '{"store_id": "S1", "image_url": ["http://x/1"], "visit_time": "2024-05-01"}\n';
const NDJSON = { "content-type": "application/x-ndjson" };

async function setup(
  t: TestContext,
  faults: { ledger?: Partial<Ledger>; intake?: Pick<Intake, "submit">; maxBodyBytes?: number },
) {
  const logged: Record<string, unknown>[] = [];
  const ledger = { ...createSqliteLedger({ db: openDatabase(":memory:"), now: Date.now }), ...faults.ledger };
  const server = createServer({
    ledger,
    authenticator: createAuthenticator({ ledger, mode: "off", authSecret: null, now: Date.now }),
    authSecret: null,
    allowedOrigins: [],
    limits: NO_LIMITS,
    headroom: ENDLESS_HEADROOM,
    log: pino({ base: null }, { write: (line: string) => logged.push(JSON.parse(line)) }),
    metrics: createMetrics({
      readBacklog: () => ledger.readBacklog(null),
      readPipeline: () => readStageCells([]),
      now: () => performance.now(),
    }),
    now: Date.now,
    isDraining: () => false,
    api: {
      intake: {
        ...createIntake({ ledger, defaults: { unknownStores: "fail", integrity: "complete" } }),
        ...faults.intake,
      },
      uploads: null,
      photoLimits: { files: 0, bytes: 0 },
      listBucket: async function* () {},
      maxBodyBytes: faults.maxBodyBytes ?? 2 ** 30,
      onRunnable: () => {},
      usualTruth: USUAL_SETTINGS,
      access: createAccessKeeper({ ledger, seal: createAccessSeal(null), hasSecret: false }),
      tryUrl: async () => ({ kind: "busy" }),
      thumbnails: { get: async () => ({ kind: "unavailable", detail: "nothing is fetched here" }) },
      similar: {
        toUrl: async () => ({ kind: "busy" }),
        toPhoto: async () => ({ kind: "busy" }),
      },
      onSchedule: () => {},
      trySchedule: () => assert.fail("no schedule is tried"),
      onAlert: () => {},
      canMail: true,
      onDelivery: () => {},
      judgeWebhook: async () => null,
      publicUrl: null,
      live: createLiveEvents({ ledger, clock: systemClock, onError: () => {} }),
    },
  });
  const address = await server.listen({ host: "127.0.0.1", port: 0 });
  t.after(async () => {
    await server.close();
    await ledger.close();
  });

  async function submit(body: string | ReadableStream) {
    const signal = AbortSignal.timeout(60_000);
    const init = { method: "POST", headers: NDJSON, body, duplex: "half", signal } as const;
    const response = await fetch(`${address}/api/submit`, init);
    const answer: unknown = await response.json();
    assert.ok(isObject(answer));
    return { status: response.status, error: String(answer.error) };
  }
  return { address, server, logged, submit };
}

async function* aLargeBody(): AsyncIterable<Uint8Array> {
  for (let piece = 0; piece < 200; piece += 1) yield Buffer.from(VISIT.repeat(500));
}

describe("a request whose body is not read to its end", () => {
  for (const [name, faults] of [
    ["the ledger fails", { ledger: { addVisits: async () => Promise.reject(new Error("disk full")) } }],
    [
      "the ledger fails as a broken connection does",
      {
        ledger: {
          addVisits: async () => Promise.reject(Object.assign(new Error("disk full"), { code: "ECONNRESET" })),
        },
      },
    ],
    [
      "the intake fails",
      {
        intake: {
          async submit({ bytes }: Parameters<Intake["submit"]>[0]): Promise<never> {
            for await (const _ of bytes) throw new Error("disk full");
            throw new Error("no bytes");
          },
        },
      },
    ],
  ] as const) {
    it(`is a fault of ours when ${name}: a 500 that names the request, with its cause in the log`, async (t) => {
      const { logged, submit } = await setup(t, faults);
      const { status, error } = await submit(VISIT.repeat(100_000));
      assert.equal(status, 500);
      const [fault] = logged.filter(({ level }) => level === 50);
      assert.ok(fault, "nothing was logged as an error");
      assert.match(error, new RegExp(`under request ${fault.requestId}$`));
      assert.match(JSON.stringify(fault.err), /disk full/);
    });
  }

  it("is answered 413 when it turns out too large while it comes", async (t) => {
    const { submit } = await setup(t, { maxBodyBytes: 100_000 });
    const { status } = await submit(Readable.toWeb(Readable.from(aLargeBody())) as ReadableStream);
    assert.equal(status, 413);
  });

  it("leaves its connection to the next request when it is refused at its first byte", async (t) => {
    const { address } = await setup(t, {});
    const socket = connect(Number(new URL(address).port), "127.0.0.1");
    t.after(() => socket.destroy());
    await once(socket, "connect");
    const answered = async (status: string) => {
      for (let text = ""; !text.includes(status); ) text += String((await once(socket, "data"))[0]);
    };
    // Far more than is read ahead.
    const body = "[".repeat(300_000);
    socket.write(
      `POST /api/submit HTTP/1.1\r\nhost: localhost\r\ntransfer-encoding: chunked\r\n\r\n${body.length.toString(16)}\r\n${body}\r\n0\r\n\r\n`,
    );
    await answered("HTTP/1.1 400");
    socket.write("GET /api/status?jobid=9 HTTP/1.1\r\nhost: localhost\r\n\r\n");
    await answered("HTTP/1.1 404");
  });

  for (const [behind, breakOff] of [
    ["what is no chunk", (socket: Socket) => socket.write("this is no chunk\r\n")],
    ["nothing, and the client sends no more", (socket: Socket) => socket.end()],
  ] as const) {
    for (const format of ["json", "csv", "xlsx"]) {
      it(`spoils no ${format} that has begun when behind it comes ${behind}: it goes on to its end, and the connection ends with it`, async (t) => {
        const going = Promise.withResolvers<{ rows: []; next: null }>();
        const { address, server, submit } = await setup(t, { ledger: { readResults: () => going.promise } });
        await submit(VISIT);
        const socket = connect({ port: Number(new URL(address).port), host: "127.0.0.1", allowHalfOpen: true });
        t.after(() => socket.destroy());
        const told = (async () => (await socket.setEncoding("latin1").toArray()).join(""))();
        socket.write(
          `GET /api/v1/jobs/1/results?format=${format} HTTP/1.1\r\nhost: localhost\r\ntransfer-encoding: chunked\r\n\r\n`,
        );
        await once(socket, "readable");
        const broken = once(server.server, "clientError");
        breakOff(socket);
        await broken;
        going.resolve({ rows: [], next: null });
        const text = await told;
        assert.match(text, /^HTTP\/1\.1 200 /);
        // The last chunk, and the trailer behind it.
        assert.match(text, /\r\n0\r\nrepr-digest: \S+\r\n\r\n$/i);
        assert.equal(text.match(/HTTP\/1\.1/g)?.length, 1);
      });
    }
  }

  it("spoils no answer that is being made when what follows it cannot be read", async (t) => {
    const going = Promise.withResolvers<null>();
    const { address, server } = await setup(t, { ledger: { readJob: () => going.promise } });
    const socket = connect(Number(new URL(address).port), "127.0.0.1");
    t.after(() => socket.destroy());
    const told = (async () => (await socket.setEncoding("utf8").toArray()).join(""))();
    const broken = once(server.server, "clientError");
    socket.write("GET /api/v1/jobs/7 HTTP/1.1\r\nhost: localhost\r\n\r\nthis is no request\r\n\r\n");
    await broken;
    going.resolve(null);
    const text = await told;
    assert.match(text, /^HTTP\/1\.1 404 [\s\S]*there is no job 7/);
    assert.equal(text.match(/HTTP\/1\.1/g)?.length, 1);
  });

  it("is no fault of ours when the client hangs up", async (t) => {
    const { address, logged } = await setup(t, {});
    const socket = connect(Number(new URL(address).port), "127.0.0.1");
    await once(socket, "connect");
    socket.write(
      "POST /api/submit HTTP/1.1\r\nhost: localhost\r\ncontent-type: text/csv\r\ncontent-length: 999\r\n\r\nstore",
    );
    const told = () => logged.some(({ msg }) => String(msg).includes("hung up"));
    socket.destroy();
    while (!told()) await new Promise((wake) => setTimeout(wake, 20));
    assert.deepEqual(
      logged.filter(({ level }) => Number(level) > 30),
      [],
    );
  });
});
