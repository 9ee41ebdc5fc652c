/**
 * The same job built from what others would take: BullMQ over Redis for the jobs, probe-image-size for the size, PostgreSQL for the results. A
 * process of its own, in plain JavaScript, as its packages are not installed with Storewalk. Cleans up what it made in both servers.
 */
import { randomUUID } from "node:crypto";
import { Queue, Worker } from "bullmq";
import { Redis } from "ioredis";
import pg from "pg";
import probe from "probe-image-size";

const BATCH = 1_000;

async function run({ address, images, connections, database, redis }) {
  const name = `storewalk-bench-${randomUUID()}`;
  const table = `bench_${randomUUID().replaceAll("-", "")}`;
  const pool = new pg.Pool({ connectionString: database, max: 10 });
  await pool.query(`create table ${table} (image integer primary key, width integer not null, height integer not null)`);
  const connect = () => new Redis(redis, { maxRetriesPerRequest: null });
  const queue = new Queue(name, { connection: connect(), defaultJobOptions: { removeOnComplete: true } });
  const { promise: done, resolve, reject } = Promise.withResolvers();
  let measured = 0;

  const start = performance.now();
  for (let first = 0; first < images; first += BATCH) {
    const length = Math.min(BATCH, images - first);
    await queue.addBulk(Array.from({ length }, (_, no) => ({ name: "image", data: { image: first + no } })));
  }
  const worker = new Worker(
    name,
    async ({ data: { image } }) => {
      const { width, height } = await probe(`${address}/${image}.jpg`);
      await pool.query(`insert into ${table} values ($1, $2, $3)`, [image, width, height]);
      measured += 1;
      if (measured === images) resolve();
    },
    { connection: connect(), concurrency: connections },
  );
  worker.on("failed", (_job, error) => reject(error));
  await done;
  const ms = performance.now() - start;

  await worker.close();
  await queue.obliterate({ force: true });
  await queue.close();
  await pool.query(`drop table ${table}`);
  await pool.end();
  return ms;
}

process.on("message", async (order) => {
  process.send({ ms: await run(order) });
});
process.on("disconnect", () => process.exit());
