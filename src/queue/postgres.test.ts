/** The queue over the ledger's chunk rows: the contract, with the rows that the ledger would write, and what is its own. */
import assert from "node:assert/strict";
import { after, before, describe, it, type TestContext } from "node:test";
import { startFaultProxy } from "../testing/fault-proxy.ts";
import { createTestDatabase, type TestDatabase } from "../testing/postgres-database.ts";
import { findService, POSTGRESQL } from "../testing/test-services.ts";
import { openPostgresQueue } from "./postgres.ts";
import { collector, describeQueue, refs } from "./queue.contract.ts";
import type { Delivery, Queue, QueuedChunk } from "./queue.ts";
import type { QueueEvent } from "./queue-events.ts";
import { QueueUnavailable } from "./queue-unavailable.ts";

const PUT_IN_QUEUE = `
  insert into chunks (job, no, first, last, state, urgent, queued_at)
  select job, no, 0, 0, 'queued', urgent, storewalk_now()
  from unnest($1::bigint[], $2::integer[], $3::boolean[]) as given (job, no, urgent)
  on conflict (job, no) do update
  set state = 'queued', urgent = excluded.urgent, lease_until = null, queued_at = greatest(storewalk_now(), chunks.queued_at + 1)`;

const CLAIM = `
  update chunks set state = 'running', queued_at = null, lease_until = 0
  where job = $1 and no = $2 and state = 'queued' returning 1`;

// The consumer has looked, holds nothing and waits.
const CONSUMER_WAITS = `
  select 1 from pg_stat_activity
  where datname = current_database() and state = 'idle' and query like '%pg_try_advisory_lock%'
    and not exists (select 1 from pg_locks where locktype = 'advisory' and pg_locks.pid = pg_stat_activity.pid)`;

const { url, skip } = await findService(POSTGRESQL);

let database: TestDatabase;
before(async () => {
  if (!skip) database = await createTestDatabase(url);
});
after(async () => {
  if (!skip) await database.drop();
});

async function putInQueue(chunks: readonly QueuedChunk[]): Promise<void> {
  await database.query(PUT_IN_QUEUE, [
    chunks.map(({ jobId }) => jobId),
    chunks.map(({ chunk }) => chunk),
    chunks.map(({ urgent }) => urgent),
  ]);
}

async function claimed({ jobId, chunk }: Delivery): Promise<boolean> {
  return (await database.query(CLAIM, [jobId, chunk])).length > 0;
}

/** Dispatcher and worker in short: publishing puts the chunk in the ledger's queue before, handling claims it. */
function withLedger(queue: Queue): Queue {
  const unclaimed = new Map<string, PromiseWithResolvers<void>>();
  let consumers = 0;
  return {
    async publish(chunks) {
      // One chunk stands in the queue once: for the second time it must have been claimed.
      const before = chunks.map(({ jobId, chunk }) => unclaimed.get(`${jobId}/${chunk}`)?.promise);
      if (consumers > 0) await Promise.all(before);
      for (const { jobId, chunk } of chunks) unclaimed.set(`${jobId}/${chunk}`, Promise.withResolvers());
      await putInQueue(chunks);
      await queue.publish(chunks);
    },
    consume(prefetch, handle) {
      consumers += 1;
      return queue.consume(prefetch, async (delivery) => {
        if (!(await claimed(delivery))) return;
        unclaimed.get(`${delivery.jobId}/${delivery.chunk}`)?.resolve();
        await handle(delivery);
      });
    },
    close: queue.close,
  };
}

function openQueue(t: TestContext, at = database.url) {
  const events: QueueEvent[] = [];
  const waiting = new Set<(event: QueueEvent) => void>();
  const queue = openPostgresQueue({
    url: at,
    onEvent(event) {
      events.push(event);
      for (const take of waiting) take(event);
    },
  });
  t.after(() => queue.close());
  /** The event of this kind that comes next. */
  const next = (kind: QueueEvent["kind"]) =>
    new Promise<void>((resolve) => waiting.add((event) => event.kind === kind && resolve()));
  return { queue, events, next };
}

async function behindProxy(t: TestContext) {
  const direct = new URL(database.url);
  const proxy = await startFaultProxy({ host: direct.hostname, port: Number(direct.port || 5432) });
  t.after(() => proxy.close());
  const through = new URL(database.url);
  through.host = `127.0.0.1:${proxy.port}`;
  return { proxy, at: through.href };
}

describeQueue(
  "the PostgreSQL queue",
  async (t) => {
    await database.clear();
    return withLedger(openQueue(t).queue);
  },
  { skip },
);

describe("the PostgreSQL queue", { skip }, () => {
  async function setup(t: TestContext) {
    await database.clear();
    return openQueue(t);
  }

  it("hands each chunk to one of its consumers, before any of them claims", async (t) => {
    const { queue } = await setup(t);
    const gate = Promise.withResolvers<void>();
    const { got, handle, has } = collector();
    const handleOnce = async (delivery: Delivery) => {
      await handle(delivery);
      await gate.promise;
    };
    const stops = [1, 2, 3, 4].map(() => queue.consume(5, handleOnce));
    await putInQueue(refs(20));
    await queue.publish(refs(20));
    await has(20);
    assert.equal(new Set(got.map(({ chunk }) => chunk)).size, 20);
    gate.resolve();
    await Promise.all(stops.map((stop) => stop()));
  });

  it("finds a chunk whose wake-up was lost", async (t) => {
    const { queue } = await setup(t);
    const { handle, has } = collector();
    const stop = queue.consume(1, async (delivery) => {
      if (await claimed(delivery)) await handle(delivery);
    });
    await putInQueue(refs(1));
    await queue.publish(refs(1));
    await has(1);
    while ((await database.query(CONSUMER_WAITS)).length === 0);
    await putInQueue([{ jobId: 2, chunk: 0, urgent: false }]);
    await has(2);
    await stop();
  });

  it("hands a chunk that was queued again to another while the first handler hangs", async (t) => {
    const { queue } = await setup(t);
    const gate = Promise.withResolvers<void>();
    const first = collector();
    const stopFirst = queue.consume(1, async (delivery) => {
      await claimed(delivery);
      await first.handle(delivery);
      await gate.promise;
    });
    await putInQueue(refs(1));
    await queue.publish(refs(1));
    await first.has(1);
    const second = collector();
    const stopSecond = queue.consume(1, second.handle);
    await putInQueue(refs(1));
    await queue.publish(refs(1));
    await second.has(1);
    gate.resolve();
    await Promise.all([stopFirst(), stopSecond()]);
  });

  it("does not hand out again what its handler gave up, until it is queued anew", async (t) => {
    const { queue } = await setup(t);
    const { got, handle, has } = collector();
    const stop = queue.consume(1, async (delivery) => {
      await handle(delivery);
      throw new Error("the ledger is away");
    });
    await putInQueue(refs(2));
    await queue.publish(refs(2));
    await has(2);
    await putInQueue([{ jobId: 2, chunk: 0, urgent: false }]);
    await queue.publish(refs(1));
    await has(3);
    await putInQueue(refs(1));
    await queue.publish(refs(1));
    await has(4);
    assert.deepEqual(
      got.map(({ jobId, chunk }) => `${jobId}/${chunk}`),
      ["1/0", "1/1", "2/0", "1/0"],
    );
    await stop();
  });

  it("stops while the server is frozen", async (t) => {
    await database.clear();
    const { proxy, at } = await behindProxy(t);
    const { queue } = openQueue(t, at);
    const stop = queue.consume(1, async () => {});
    while ((await database.query(CONSUMER_WAITS)).length === 0);
    // Not even the end of a connection gets through.
    proxy.pause();
    await stop();
  });

  it("connects again after its connection was cut, and serves what came in between", async (t) => {
    await database.clear();
    const { proxy, at } = await behindProxy(t);
    const { queue, events, next } = openQueue(t, at);
    const { handle, has } = collector();
    const ready = next("ready");
    const stop = queue.consume(1, async (delivery) => {
      if (await claimed(delivery)) await handle(delivery);
    });
    await ready;
    const lost = next("lost");
    await proxy.refuse();
    await lost;
    await putInQueue(refs(1));
    await assert.rejects(queue.publish(refs(1)), QueueUnavailable);
    await proxy.accept();
    await has(1);
    await stop();
    assert.ok(events.some((event) => event.kind === "lost" && event.link === "consumer"));
  });
});
