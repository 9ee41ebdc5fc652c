/** What `doctor` looks at when the ledger is PostgreSQL and the queue perhaps RabbitMQ. Makes no tables; queues are declared as a service would. */

import { counted } from "../domain/counted.ts";
import { SEALED_COLUMNS, sealedAccess } from "../ledger/sql/access.ts";
import { databaseAddressFromUrl } from "../postgres/address.ts";
import { reasonOf } from "../postgres/faults.ts";
import { hasOwnSessions, SHARED_SESSIONS } from "../postgres/own-sessions.ts";
import { connectSession, createClient } from "../postgres/sessions.ts";
import { openRabbitmqQueue } from "../queue/rabbitmq.ts";
import { commandLine } from "../settings/config.ts";
import { checkAccess, type SecretPlace } from "./doctor-access.ts";
import { type Finding, fine, note, wrong } from "./finding.ts";

const ANSWER_MS = 5_000;

const HAS_TABLES = `
  select to_regclass('jobs') is not null and to_regclass('stores') is not null as has_tables,
         to_regclass('host_access') is not null as has_access`;

const ACCESS = `
  select ${SEALED_COLUMNS} from host_access order by tenant, pattern`;

const SERVER = `
  select current_setting('fsync') as fsync, current_setting('full_page_writes') as full_page_writes,
         current_setting('autovacuum') as autovacuum`;

/** What goes on working, until it does not: of settings that are PostgreSQL's own unless somebody turned them off. */
const WITHOUT: Readonly<Record<string, string>> = {
  fsync: "a power cut may lose results that were confirmed, or the whole database",
  full_page_writes: "a power cut may leave pages that are half written, and results in them are lost",
  autovacuum: "tables grow and what is asked of them gets slower by the day",
};

const COUNTS = `
  select (select count(*) from stores) as stores,
         (select count(*) from jobs where status in ('ongoing', 'paused')) as unfinished`;

export async function checkPostgres(url: string, config: SecretPlace): Promise<readonly Finding[]> {
  try {
    const address = databaseAddressFromUrl(url);
    const limits = { connectMs: ANSWER_MS, statementMs: ANSWER_MS };
    const client = createClient(address, limits);
    try {
      await connectSession(client, address, limits);
      if (!(await hasOwnSessions(address))) return [wrong(`${address.shown} cannot be used: ${SHARED_SESSIONS}`)];
      const server = (await client.query(SERVER)).rows[0];
      const turnedOff = Object.entries(WITHOUT)
        .filter(([name]) => server[name] === "off")
        .map(([name, what]) => note(`${name} is off in PostgreSQL: ${what}; set it to on`));
      const has = await client.query(HAS_TABLES);
      if (has.rows[0]?.has_tables !== true)
        return [note(`${address.shown} has no tables yet; the first service makes them`), ...turnedOff];
      const { stores, unfinished } = (await client.query(COUNTS)).rows[0];
      // Tables of a version before have none.
      const kept = has.rows[0].has_access === true ? (await client.query(ACCESS)).rows : [];
      return [
        fine(`the ledger in ${address.shown} can be read, ${counted(Number(unfinished), "job")} unfinished`),
        stores > 0
          ? fine(`the store master has ${counted(Number(stores), "store")}`)
          : wrong(
              `the store master is empty, so every image fails as unknown_store: ${commandLine("stores import FILE")}`,
            ),
        ...checkAccess(kept.map(sealedAccess), config),
        ...turnedOff,
      ];
    } catch (error) {
      return [wrong(`${address.shown} cannot be used: ${reasonOf(error)}`)];
    } finally {
      client.end().catch(() => {});
    }
  } catch (error) {
    return [wrong(error instanceof Error ? error.message : String(error))];
  }
}

export async function checkRabbitmq(url: string, queueName: string): Promise<Finding> {
  const answer = Promise.withResolvers<Finding>();
  const timer = setTimeout(() => answer.resolve(wrong("RabbitMQ does not answer at AMQP_URL")), ANSWER_MS);
  try {
    const queue = openRabbitmqQueue({
      url,
      queueName,
      onEvent(event) {
        if (event.kind === "ready") answer.resolve(fine(`RabbitMQ answers, its queue is ${queueName}`));
        if (event.kind === "lost") answer.resolve(wrong(`RabbitMQ at AMQP_URL cannot be used: ${event.reason}`));
      },
    });
    const finding = await answer.promise;
    await queue.close();
    return finding;
  } catch (error) {
    return wrong(error instanceof Error ? error.message : String(error));
  } finally {
    clearTimeout(timer);
  }
}
