/**
 * Looks for queued chunks whenever it is woken, has room again, or has waited for a while, and hands them to a handler. Consumers at the same
 * database share them by advisory locks that end with their connection; the ledger's claim decides all the same.
 */
import { setTimeout as sleep } from "node:timers/promises";
import type { Client } from "pg";
import type { DatabaseAddress } from "../postgres/address.ts";
import { reasonOf } from "../postgres/faults.ts";
import { connectSession, createClient, endClient } from "../postgres/sessions.ts";
import { numbers } from "../postgres/values.ts";
import type { Delivery } from "./queue.ts";
import type { OnQueueEvent } from "./queue-events.ts";
import { backoffMs } from "./rabbitmq/backoff.ts";

const LIMITS = { connectMs: 3_000, statementMs: 3_000 } as const;
/** A wake-up may be lost with a connection; spread, so that a fleet does not look in step. */
const LEAST_PAUSE_MS = 1_000;
const MOST_PAUSE_MS = 2_000;

// With the moment of queueing: a chunk that was lost and queued again is another one, which a consumer that hangs must not keep from others.
const LOCK_KEY = `hashtextextended(concat_ws(' ', 'storewalk chunk', current_schema(), job, no, queued_at), 0)`;

// The inner limit is a wall: without it the lock could be tried, and taken, for rows that are not handed out.
const TAKE_WAITING = `
  select job, no, queued_at from (
    select job, no, queued_at from chunks
    where state = 'queued' and urgent = $5
      and (job, no, queued_at) not in (select * from unnest($1::bigint[], $2::integer[], $3::bigint[]))
    order by queued_at, job, no limit 1000
  ) waiting
  where pg_try_advisory_lock(${LOCK_KEY})
  limit $4`;

const UNLOCK = `
  select pg_advisory_unlock(${LOCK_KEY}) from unnest($1::bigint[], $2::integer[], $3::bigint[]) as done (job, no, queued_at)`;

const STILL_WAITING = `
  select job, no, queued_at from chunks
  where state = 'queued' and (job, no, queued_at) in (select * from unnest($1::bigint[], $2::integer[], $3::bigint[]))`;

type Place = { readonly job: number; readonly no: number; readonly queuedAt: number };

/** What is urgent is looked for first, and has places of its own. */
const LANES = [true, false] as const;

/** Returns a function that stops the hand-out and resolves when the handlers in hand are done and the connection is over. */
export function startConsumer(deps: {
  readonly address: DatabaseAddress;
  /** SQL for the name of the channel. */
  readonly channel: string;
  readonly prefetch: number;
  readonly handle: (delivery: Delivery) => Promise<void>;
  readonly onEvent: OnQueueEvent;
}): () => Promise<void> {
  const { address, prefetch, onEvent } = deps;
  const stopping = new AbortController();
  const inHand = new Map<Place, { readonly urgent: boolean; readonly served: Promise<void> }>();
  /** Handlers are done with these; locks on them may stand. */
  let released: Place[] = [];
  /** Given up by their handlers while they still wait in the ledger: not for us again. */
  let givenUp: readonly Place[] = [];
  let wake = () => {};

  async function serve(place: Place): Promise<void> {
    try {
      await deps.handle({ jobId: place.job, chunk: place.no, redelivered: false });
    } catch (error) {
      onEvent({ kind: "handler-failed", error });
    }
    inHand.delete(place);
    released.push(place);
    wake();
  }

  /** Lets go of what is done, then takes what there is room for. */
  async function round(client: Client): Promise<void> {
    const over = released;
    released = [];
    if (over.length > 0) await client.query(UNLOCK, columns(over));
    const doubtful = [...givenUp, ...over];
    givenUp = doubtful.length > 0 ? await places(client, STILL_WAITING, columns(doubtful)) : [];
    for (const urgent of LANES) await fill(client, urgent);
  }

  async function fill(client: Client, urgent: boolean): Promise<void> {
    const room = prefetch - [...inHand.values()].filter((one) => one.urgent === urgent).length;
    if (room <= 0 || stopping.signal.aborted) return;
    const taken = await places(client, TAKE_WAITING, [...columns([...inHand.keys(), ...givenUp]), room, urgent]);
    // Locks of what is not handed out any more end with the connection.
    if (stopping.signal.aborted) return;
    for (const place of taken) inHand.set(place, { urgent, served: serve(place) });
  }

  async function listen(client: Client): Promise<void> {
    await connectSession(client, address, LIMITS);
    const { rows } = await client.query(`select ${deps.channel} as channel`);
    client.on("notification", () => wake());
    client.on("end", () => wake());
    await client.query(`listen ${rows[0]?.channel}`);
  }

  /** Until the connection is lost, which rejects, or the consumer stops. */
  async function handOut(client: Client): Promise<void> {
    while (!stopping.signal.aborted) {
      const woken = Promise.withResolvers<void>();
      // Set before the look: what comes during it is not missed.
      wake = woken.resolve;
      await round(client);
      const timer = setTimeout(woken.resolve, LEAST_PAUSE_MS + Math.random() * (MOST_PAUSE_MS - LEAST_PAUSE_MS));
      await woken.promise;
      clearTimeout(timer);
    }
  }

  async function run(): Promise<void> {
    let told = "";
    for (let failures = 0; !stopping.signal.aborted; ) {
      const client = createClient(address, LIMITS);
      try {
        await listen(client);
        onEvent({ kind: "ready", link: "consumer" });
        failures = 0;
        told = "";
        await handOut(client);
      } catch (error) {
        failures += 1;
        const reason = reasonOf(error);
        if (reason !== told) onEvent({ kind: "lost", link: "consumer", reason });
        told = reason;
      } finally {
        await endClient(client);
      }
      await sleep(backoffMs(Math.max(1, failures), Math.random()), null, { signal: stopping.signal }).catch(() => {});
    }
  }

  const running = run();
  return async () => {
    stopping.abort();
    wake();
    await Promise.all([...inHand.values()].map(({ served }) => served));
    await running;
  };
}

function columns(places: readonly Place[]): string[] {
  return [
    numbers(places.map(({ job }) => job)),
    numbers(places.map(({ no }) => no)),
    numbers(places.map(({ queuedAt }) => queuedAt)),
  ];
}

async function places(client: Client, sql: string, values: readonly (string | number | boolean)[]): Promise<Place[]> {
  const { rows } = await client.query(sql, [...values]);
  return rows.map((row) => ({ job: row.job, no: row.no, queuedAt: row.queued_at }));
}
