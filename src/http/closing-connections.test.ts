import { once } from "node:events";
import { connect } from "node:net";
import { describe, it } from "node:test";
import Fastify from "fastify";
import { openDatabase } from "../ledger/sqlite/database.ts";
import { createSqliteLedger } from "../ledger/sqlite/sqlite-ledger.ts";
import { createMetrics } from "../metrics/create-metrics.ts";
import { readStageCells } from "../pipeline/stage-cells.ts";
import { createLog } from "../process/log.ts";
import { ENDLESS_HEADROOM, NO_LIMITS } from "../testing/http-service.ts";
import { createAuthenticator } from "./auth/authenticator.ts";
import { endConnectionsAtClose } from "./closing-connections.ts";
import { createServer } from "./server.ts";

describe("a server that closes", () => {
  for (const [name, bytes] of [
    ["nothing", ""],
    ["half of a request's headers", "GET /healthz HTTP/1.1\r\nhost:"],
  ] as const) {
    it(`does not wait for a connection on which came ${name}`, async () => {
      const ledger = createSqliteLedger({ db: openDatabase(":memory:"), now: Date.now });
      const server = createServer({
        ledger,
        authenticator: createAuthenticator({ ledger, mode: "off", authSecret: null, now: Date.now }),
        authSecret: null,
        allowedOrigins: [],
        limits: NO_LIMITS,
        headroom: ENDLESS_HEADROOM,
        log: createLog("silent"),
        metrics: createMetrics({
          readBacklog: () => ledger.readBacklog(null),
          readPipeline: () => readStageCells([]),
          now: () => performance.now(),
        }),
        now: Date.now,
        isDraining: () => false,
        api: null,
      });
      const address = await server.listen({ host: "127.0.0.1", port: 0 });
      const accepted = once(server.server, "connection");
      const client = connect(Number(new URL(address).port), "127.0.0.1");
      client.write(bytes);
      const [socket] = await accepted;
      if (bytes !== "") while (socket.bytesRead < bytes.length) await new Promise((resolve) => setImmediate(resolve));
      const ended = once(client, "close");
      await server.close();
      await ended;
      await ledger.close();
    });
  }

  it("waits for a body that does not end only for its grace", async () => {
    const app = Fastify();
    const begun = Promise.withResolvers<void>();
    app.post("/", () => "");
    endConnectionsAtClose(app, 50);
    app.addContentTypeParser("*", (_request, _payload, done) => done(null));
    app.addHook("preHandler", async ({ raw }) => {
      begun.resolve();
      await once(raw, "close");
    });
    const address = await app.listen({ host: "127.0.0.1", port: 0 });
    const client = connect(Number(new URL(address).port), "127.0.0.1");
    client.on("error", () => {});
    client.write("POST / HTTP/1.1\r\nhost: a\r\ncontent-type: text/csv\r\ncontent-length: 100\r\n\r\nhalf");
    await begun.promise;
    const ended = once(client, "close");
    await app.close();
    await ended;
  });
});
