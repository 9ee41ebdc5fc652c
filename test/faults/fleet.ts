/**
 * A fleet of real processes over real engines: API processes and workers that can be killed, frozen and started again, and a look at
 * the tables from outside. Everything listens on loopback and ends with the test.
 */
import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { once } from "node:events";
import { Pool } from "pg";
import { openPostgresLedger } from "../../src/ledger/postgres/postgres-ledger.ts";
import { aStore } from "../../src/testing/ledger-builders.ts";
import { deleteQueues } from "../../src/testing/rabbitmq-queue.ts";
import { startNumberedHost } from "../numbered-job.ts";
import { type Ending, type Environment, type Service, startService } from "../storewalk-process.ts";

/** Of each process. As many fleets as there are test files at a time share a server that has a hundred. */
const DATABASE_CONNECTIONS = "5";

export type FleetProcess = Service & { readonly address: string };

export type Fleet = {
  /** Of the images. */
  readonly host: string;
  readonly apis: readonly FleetProcess[];
  readonly addresses: readonly string[];
  readonly workers: readonly FleetProcess[];
  /** At the broker, when there is one. */
  readonly queueName: string;
  startWorker(settings?: Environment): Promise<FleetProcess>;
  /** As a power cut ends it; resolves when it is gone. */
  kill(member: FleetProcess): Promise<void>;
  /** Reads a row of the tables. */
  row(sql: string, ...values: readonly unknown[]): Promise<Readonly<Record<string, unknown>>>;
};

export type FleetOptions = {
  readonly databaseUrl: string;
  /** Where a test looks at the tables, when the fleet itself goes through a proxy. */
  readonly directUrl?: string;
  readonly amqpUrl?: string;
  readonly apis: number;
  readonly workers: number;
  readonly settings?: Environment;
};

export async function startFleet(t: Ending, options: FleetOptions): Promise<Fleet> {
  const host = await startNumberedHost(t);
  const queueName = `storewalk.test.${randomBytes(6).toString("hex")}`;
  const common: Environment = {
    DATABASE_URL: options.databaseUrl,
    ...(options.amqpUrl === undefined ? {} : { AMQP_URL: options.amqpUrl, STOREWALK_QUEUE_NAME: queueName }),
    STOREWALK_DATABASE_CONNECTIONS: DATABASE_CONNECTIONS,
    STOREWALK_PORT: "0",
    STOREWALK_ALLOW_HOSTS: new URL(host).host,
    STOREWALK_GPU_LATENCY_MS: "20-60",
    STOREWALK_LOG_LEVEL: "silent",
    ...options.settings,
  };
  await importStore(options.directUrl ?? options.databaseUrl);

  const members: FleetProcess[] = [];
  async function start(role: "api" | "worker", settings: Environment = {}): Promise<FleetProcess> {
    const service = startService(t, { ...common, STOREWALK_ROLE: role, ...settings });
    const address = await service.ready;
    assert.ok(address, `the ${role} must start`);
    const member = { ...service, address };
    members.push(member);
    return member;
  }

  const [apis, workers] = await Promise.all([
    Promise.all(Array.from({ length: options.apis }, () => start("api"))),
    Promise.all(Array.from({ length: options.workers }, () => start("worker"))),
  ]);
  const pool = new Pool({ connectionString: options.directUrl ?? options.databaseUrl, max: 1 });
  pool.on("error", () => {});
  t.after(() => pool.end());
  t.after(async () => {
    await Promise.all(members.map(end));
    if (options.amqpUrl !== undefined) await deleteQueues(options.amqpUrl, queueName);
  });
  return {
    host,
    apis,
    addresses: apis.map(({ address }) => address),
    workers,
    queueName,
    startWorker: (settings) => start("worker", settings),
    kill: end,
    async row(sql, ...values) {
      const { rows } = await pool.query(sql, [...values]);
      return rows[0];
    },
  };
}

/** The store of every visit. Not by the command, which would cost a process. */
async function importStore(url: string): Promise<void> {
  const ledger = await openPostgresLedger({ url, onEvent: () => {} });
  await ledger.importStores([aStore({ id: "S1" })]);
  await ledger.close();
}

/** As a power cut ends it; resolves when it is gone. */
export async function end({ process: child }: Pick<Service, "process">): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const exited = once(child, "exit");
  child.kill("SIGKILL");
  await exited;
}

/** What must hold in the tables of a job that is over, whatever happened on the way. */
export async function assertTablesAgree(fleet: Pick<Fleet, "row">, jobId: number): Promise<void> {
  const row = await fleet.row(
    `select (select count(*) from results where job = jobs.id)::int = images as one_result_each,
            (select sum(done) from chunks where job = jobs.id)::int = images as counters_equal_rows,
            (select sum(failed) from chunks where job = jobs.id)::int
              = (select count(*) from results where job = jobs.id and code is not null)::int as failures_equal_rows,
            (select sum(images) from failures where job = jobs.id)::int
              = (select count(*) from results where job = jobs.id and code is not null)::int as codes_equal_rows,
            (select count(*) from job_ends where job = jobs.id)::int as ends, chunks_left
     from jobs where id = $1`,
    jobId,
  );
  assert.deepEqual(row, {
    one_result_each: true,
    counters_equal_rows: true,
    failures_equal_rows: true,
    codes_equal_rows: true,
    ends: 1,
    chunks_left: 0,
  });
}
