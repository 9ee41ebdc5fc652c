/** Inspections through kills: each pair of photos that show the same is found, and once, whoever was killed on the way. */
import assert from "node:assert/strict";
import { once } from "node:events";
import { describe, it } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { openPostgresLedger } from "../../src/ledger/postgres/postgres-ledger.ts";
import { createRandom } from "../../src/pipeline/gpu/random.ts";
import { aStore } from "../../src/testing/ledger-builders.ts";
import { createTestDatabase } from "../../src/testing/postgres-database.ts";
import { findService, POSTGRESQL } from "../../src/testing/test-services.ts";
import { sizeOf } from "../campaigns.ts";
import { assertPairsFound, startPairHost, submitPairs, TWO_STORES } from "../inspected-job.ts";
import { readStatus } from "../numbered-job.ts";
import { aLedgerOf, type Environment, type Service, startService } from "../storewalk-process.ts";

const KILLS = sizeOf("inspectedKills");
/** A multiple of 8. */
const PAIRS = Math.max(24, 8 * Math.ceil(KILLS / 2));
const SEED = Number(process.env.CRASH_SEED ?? Date.now() % 1_000_000);
/** New results that a life between two kills brings, on average: however slow the machine is, the job lasts as long as the kills, and gets on. */
const RESULTS_A_LIFE = (2 * PAIRS) / (KILLS * 1.6);
/** Some lives end before they bring anything. */
const isShort = (kill: number) => kill % 5 === 4;
const SHORT_MS = 1_000;
/** Few photos at a time, so that the job is under way through all of the kills. */
const SLOW = {
  STOREWALK_GPU_LATENCY_MS: "100-300",
  STOREWALK_CONNECTIONS: "4",
  STOREWALK_CONNECTIONS_PER_HOST: "4",
  STOREWALK_GPU_DEVICES: "1",
  STOREWALK_GPU_STREAMS: "4",
};
const LEASE = { STOREWALK_LEASE_MS: "5000" };

const postgres = await findService(POSTGRESQL);

async function kill({ process: child }: Service): Promise<void> {
  child.kill("SIGKILL");
  await once(child, "exit");
}

/** Lives for a while; returns whether photos are still in hand. */
async function live(address: string, jobId: number, no: number, random: () => number): Promise<boolean> {
  if (isShort(no)) await sleep(random() * SHORT_MS);
  const begun = (await readStatus(address, jobId)).counts.done;
  const wanted = isShort(no) ? 0 : 1 + Math.floor(random() * 2 * RESULTS_A_LIFE);
  for (;;) {
    const { done } = (await readStatus(address, jobId)).counts;
    if (done >= Math.min(begun + wanted, 2 * PAIRS)) return done < 2 * PAIRS;
    await sleep(20);
  }
}

/** Both ledgers at once: each waits more than it computes. */
describe("an inspected job, killed again and again", { concurrency: true }, () => {
  it(`tells each of ${PAIRS} pairs once after ${KILLS} kills of the embedded service`, async (t) => {
    t.diagnostic(`seed ${SEED}; repeat with CRASH_SEED=${SEED}`);
    const random = createRandom(SEED);
    const host = await startPairHost(t, PAIRS);
    const settings = { STOREWALK_PORT: "0", ...aLedgerOf(t, TWO_STORES), STOREWALK_ALLOW_HOSTS: host, ...SLOW };
    let service = startService(t, settings);
    let address = await service.ready;
    assert.ok(address);
    const jobId = await submitPairs(address, host, PAIRS);
    let inHand = 0;
    for (let no = 0; no < KILLS; no++) {
      if (await live(address, jobId, no, random)) inHand++;
      await kill(service);
      service = startService(t, settings);
      address = await service.ready;
      assert.ok(address);
    }
    t.diagnostic(`${inHand} of ${KILLS} kills while photos were in hand`);
    assert.ok(inHand > 0);
    await assertPairsFound(address, jobId, PAIRS);
  });

  it(`tells each of ${PAIRS} pairs once with two workers of a fleet, killed in turn ${KILLS} times`, {
    skip: postgres.skip,
  }, async (t) => {
    t.diagnostic(`seed ${SEED}; repeat with CRASH_SEED=${SEED}`);
    const random = createRandom(SEED);
    const host = await startPairHost(t, PAIRS);
    const database = await createTestDatabase(postgres.url);
    const ledger = await openPostgresLedger({ url: database.url, onEvent: () => {} });
    await ledger.importStores([aStore({ id: "S1" }), aStore({ id: "S2" })]);
    await ledger.close();
    const start = (role: "api" | "worker"): Service => {
      const common: Environment = { DATABASE_URL: database.url, STOREWALK_PORT: "0", STOREWALK_ALLOW_HOSTS: host };
      return startService(t, { ...common, ...SLOW, ...LEASE, STOREWALK_ROLE: role });
    };
    const api = start("api");
    const workers = [start("worker"), start("worker")];
    const address = await api.ready;
    assert.ok(address);
    await Promise.all(workers.map(({ ready }) => ready));
    const jobId = await submitPairs(address, host, PAIRS);
    let inHand = 0;
    for (let no = 0; no < KILLS; no++) {
      if (await live(address, jobId, no, random)) inHand++;
      const [worker] = workers.splice(no % 2, 1);
      if (worker) await kill(worker);
      const next = start("worker");
      await next.ready;
      workers.splice(no % 2, 0, next);
    }
    t.diagnostic(`${inHand} of ${KILLS} kills while photos were in hand`);
    assert.ok(inHand > 0);
    await assertPairsFound(address, jobId, PAIRS);
    await Promise.all([api, ...workers].map(kill));
    t.after(() => database.drop());
  });
});
