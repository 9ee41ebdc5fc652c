import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { createAccessSeal } from "../src/access/seal.ts";
import { openPostgresLedger } from "../src/ledger/postgres/postgres-ledger.ts";
import { createEmptyDatabase, createTestDatabase } from "../src/testing/postgres-database.ts";
import { startPostgresServer } from "../src/testing/postgres-server.ts";
import { deleteQueues } from "../src/testing/rabbitmq-queue.ts";
import { findService, POSTGRESQL, RABBITMQ } from "../src/testing/test-services.ts";
import { runCommand } from "./storewalk-process.ts";

const postgres = await findService(POSTGRESQL);
const rabbitmq = await findService(RABBITMQ);
const port = { STOREWALK_PORT: "0" };

describe("storewalk doctor over PostgreSQL and RabbitMQ", { skip: postgres.skip || rabbitmq.skip }, () => {
  it("looks at both, and says that nobody has made the tables yet without making them", async (t) => {
    const { url, drop } = await createEmptyDatabase(postgres.url);
    t.after(drop);
    t.after(() => deleteQueues(rabbitmq.url, "storewalk.test.doctor"));
    const settings = {
      ...port,
      DATABASE_URL: url,
      AMQP_URL: rabbitmq.url,
      STOREWALK_QUEUE_NAME: "storewalk.test.doctor",
    };
    const first = await runCommand(["doctor"], { settings });
    assert.equal(first.code, 0, first.stdout);
    assert.match(first.stdout, /! database "storewalk_test_\w+" at \S+ has no tables yet/);
    assert.match(first.stdout, /✓ RabbitMQ answers, its queue is storewalk\.test\.doctor/);
    assert.equal((await runCommand(["doctor"], { settings })).stdout, first.stdout);
  });

  it("finds a store master that is empty", async (t) => {
    const database = await createTestDatabase(postgres.url);
    t.after(database.drop);
    const { code, stdout } = await runCommand(["doctor"], { settings: { ...port, DATABASE_URL: database.url } });
    assert.equal(code, 78);
    assert.match(stdout, /✓ the ledger in database .* can be read, 0 jobs unfinished/);
    assert.match(stdout, /✗ the store master is empty/);
  });

  it("says what somebody turned off in the server that keeps what was confirmed, or that keeps it quick", async (t) => {
    // That of the tests has fsync off already.
    const server = await startPostgresServer({ settings: ["autovacuum=off"] });
    t.after(() => server.dispose());
    const { code, stdout } = await runCommand(["doctor"], { settings: { ...port, DATABASE_URL: server.url } });
    assert.equal(code, 0, stdout);
    assert.match(stdout, /! fsync is off in PostgreSQL: a power cut may lose results/);
    assert.match(stdout, /! autovacuum is off in PostgreSQL: tables grow/);
    assert.doesNotMatch(stdout, /full_page_writes/);
  });

  it("says whether what is kept for hosts that ask can be used", async (t) => {
    const database = await createTestDatabase(postgres.url);
    t.after(database.drop);
    const ledger = await openPostgresLedger({ url: database.url, onEvent: () => {} });
    const place = { id: "a1", tenant: "acme", pattern: "photos.example" };
    const secret = "a secret of the tests, which is not short";
    await ledger.addAccess({
      ...place,
      settings: { kind: "web", headerNames: ["X-Key"], queryNames: [], userAgent: null, overHttp: false },
      sealed: createAccessSeal(secret).seal(place, { kind: "web", headers: [["X-Key", "s3cr3t-of-acme"]], query: [] }),
    });
    await ledger.close();
    const said = async (given: Record<string, string>) =>
      (await runCommand(["doctor"], { settings: { ...port, DATABASE_URL: database.url, ...given } })).stdout;
    assert.match(
      await said({ STOREWALK_AUTH_SECRET: secret }),
      /✓ what is kept for hosts or buckets that ask \(1\) can be used/,
    );
    const cannot = "✗ credentials cannot be used, their images fail: photos.example:";
    assert.match(await said({}), new RegExp(`${cannot} STOREWALK_AUTH_SECRET is not set`));
    assert.match(
      await said({ STOREWALK_AUTH_SECRET: `${secret}!` }),
      new RegExp(`${cannot} it was kept under another`),
    );
  });

  it("names what cannot be used, and never a password", async () => {
    const settings = {
      ...port,
      DATABASE_URL: "postgres://someone:hunter2@127.0.0.1:1/nowhere",
      AMQP_URL: "amqp://someone:hunter2@127.0.0.1:1",
    };
    const { code, stdout, stderr } = await runCommand(["doctor"], { settings });
    assert.equal(code, 78);
    assert.match(stdout, /✗ database "nowhere" at 127\.0\.0\.1:1 cannot be used: connect ECONNREFUSED/);
    assert.match(stdout, /✗ RabbitMQ at AMQP_URL cannot be used: connect ECONNREFUSED/);
    assert.doesNotMatch(stdout + stderr, /hunter2/);
  });
});
