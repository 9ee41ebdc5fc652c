/**
 * Statements and transactions on pools of connections, writes and reads apart, so that a long report never takes a recorder's place.
 * Must never let a lost connection end the process, nor a call wait on a server that is gone: such calls reject with the caller's `awayError`.
 */
import { Pool, type PoolClient, type QueryResult } from "pg";
import type { DatabaseAddress } from "./address.ts";
import { createCallsInHand } from "./calls-in-hand.ts";
import { isAway, isConflict, isReadOnly, reasonOf } from "./faults.ts";
import { createLiveness, type Liveness, type Patience } from "./liveness.ts";
import { limitSession, type SessionLimits, sessionConfig } from "./sessions.ts";
import type { Value } from "./values.ts";

export type Row = Readonly<Record<string, unknown>>;

/** One that each connection plans once, by its name: for what runs for every batch, where planning costs as much as the work. */
export type Prepared = { readonly name: string; readonly text: string };

/** Runs one statement; within a transaction they share its connection. */
export type Run = (sql: string | Prepared, values?: readonly Value[]) => Promise<readonly Row[]>;

export type Database = {
  /** One statement that changes nothing. */
  readonly read: Run;
  /** One statement that is a transaction by itself. When it rejects with `awayError` it may have been done all the same. */
  readonly write: Run;
  /** `work` may run several times: what two transactions did to each other is undone and tried again. */
  readonly inTransaction: <T>(work: (run: Run) => Promise<T>) => Promise<T>;
  /** As `inTransaction`, with a first statement that has no parameters and travels with `begin`; its rows go to `work`. */
  readonly inTransactionAfter: <T>(first: string, work: (run: Run, rows: readonly Row[]) => Promise<T>) => Promise<T>;
  /** Ends after the calls in hand. */
  readonly close: () => Promise<void>;
};

export type DatabaseEvent =
  /** The server cannot be reached; calls reject until it can. Told once. */
  | { readonly kind: "lost"; readonly reason: string }
  | { readonly kind: "back" }
  /** Two transactions got in each other's way and this one is tried again. */
  | { readonly kind: "retried"; readonly reason: string };

export type AwayError = new (message: string, options: { readonly cause: unknown }) => Error;

const CONNECTIONS = 12;
const READ = { connectMs: 2_000, statementMs: 10_000, patience: { askAfterMs: 400, answerMs: 350 } };
const WRITE = {
  connectMs: 3_000,
  statementMs: 30_000,
  patience: { askAfterMs: 1_500, answerMs: 1_000 },
};
const TRIES_OF_A_TRANSACTION = 5;

type Side = SessionLimits & { readonly connections: number; readonly patience: Patience };

export function createDatabase(deps: {
  readonly address: DatabaseAddress;
  /** At a time, at least 2: a third of them for reads. */
  readonly connections?: number | undefined;
  readonly awayError: AwayError;
  readonly onEvent: (event: DatabaseEvent) => void;
}): Database {
  const { address, connections = CONNECTIONS, onEvent } = deps;
  const forReads = Math.ceil(connections / 3);
  const reads = createSide(address, { ...READ, connections: forReads });
  const writes = createSide(address, { ...WRITE, connections: connections - forReads });
  /** What is missing: the server, or a server that may be written to, which no answer to a read brings back. */
  let lost: "server" | "writes" | null = null;
  const inHand = createCallsInHand();
  let closing: Promise<unknown> | null = null;

  /** Runs `work` on a connection and says what its end means. */
  async function on<T>(side: ReturnType<typeof createSide>, work: (client: PoolClient) => Promise<T>): Promise<T> {
    try {
      const result = await side.use(work);
      if (lost === "server" || (lost === "writes" && side === writes)) {
        lost = null;
        onEvent({ kind: "back" });
      }
      return result;
    } catch (error) {
      if (!(error instanceof LibraryFault)) throw error;
      const { cause } = error;
      if (!isAway(cause)) throw cause;
      const reason = reasonOf(cause);
      if (lost === null) onEvent({ kind: "lost", reason });
      lost = isReadOnly(cause) ? "writes" : "server";
      throw new deps.awayError(`PostgreSQL cannot be reached for now, ${address.shown}: ${reason}`, { cause });
    }
  }

  async function transaction<T>(
    client: PoolClient,
    first: string,
    work: (run: Run, rows: readonly Row[]) => Promise<T>,
  ) {
    const run = runOn(client);
    let result: T;
    try {
      result = await work(run, await run(`begin; ${first}`));
    } catch (error) {
      // A connection that is gone takes its transaction with it; asked to roll back it would only be waited for.
      if (!isGone(error)) await run("rollback");
      throw error;
    }
    await run("commit");
    return result;
  }

  /** What two transactions did to each other is undone by the server, and tried again here. */
  async function retried<T>(work: (client: PoolClient) => Promise<T>): Promise<T> {
    for (let attempt = 1; ; attempt++) {
      try {
        return await on(writes, work);
      } catch (error) {
        if (!isConflict(error)) throw error;
        const reason = reasonOf(error);
        if (attempt === TRIES_OF_A_TRANSACTION) {
          throw new deps.awayError(`PostgreSQL is too busy for now, ${address.shown}: ${reason}`, { cause: error });
        }
        onEvent({ kind: "retried", reason });
      }
    }
  }

  return {
    read: (sql, values) => inHand.add(on(reads, (client) => runOn(client)(sql, values))),
    write: (sql, values) => inHand.add(retried((client) => runOn(client)(sql, values))),
    inTransaction: (work) => inHand.add(retried((client) => transaction(client, "", work))),
    inTransactionAfter: (first, work) => inHand.add(retried((client) => transaction(client, first, work))),
    async close() {
      closing ??= inHand.ended().then(() => Promise.all([reads.end(), writes.end()]));
      await closing;
    },
  };
}

/** Marks what the client library threw, so that a fault in the caller's own code is never taken for the server's absence. */
class LibraryFault extends Error {
  constructor(cause: unknown) {
    super("the client library threw", { cause });
  }
}

function isGone(error: unknown): boolean {
  return error instanceof LibraryFault && isAway(error.cause);
}

function runOn(client: PoolClient): Run {
  return async (sql, values = []) => {
    try {
      const answer: QueryResult<Row> | QueryResult<Row>[] = await client.query<Row>({
        ...(typeof sql === "string" ? { text: sql } : sql),
        values: values.map(whole),
      });
      // A text of several statements is answered by a list, though the library's types do not say so.
      return (Array.isArray(answer) ? answer.at(-1) : answer).rows;
    } catch (error) {
      throw new LibraryFault(error);
    }
  };
}

/** Every number of the tables is whole. A time limit may come with a fraction, which a bigint refuses. */
function whole(value: Value): Value {
  return typeof value === "number" ? Math.round(value) : value;
}

function createSide(address: DatabaseAddress, side: Side) {
  const pool = new Pool({
    ...sessionConfig(address, side),
    max: side.connections,
    maxLifetimeSeconds: 3_600,
    // The pool waits for it, though the library's types do not say so.
    onConnect: (client) => limitSession(client, address, side),
  });
  const liveness: Liveness = createLiveness(address, side.patience);
  // A connection that is lost while idle has been replaced by the pool; one that is lost in use shows in its call.
  pool.on("error", () => {});
  pool.on("connect", (client) => client.on("error", () => {}));

  async function use<T>(work: (client: PoolClient) => Promise<T>): Promise<T> {
    let giveBack: ((broken: boolean) => void) | null = null;
    let abandoned = false;

    async function run(): Promise<T> {
      const client = await pool.connect().catch((error: unknown) => {
        throw new LibraryFault(error);
      });
      giveBack = (broken) => {
        giveBack = null;
        client.release(broken);
      };
      if (abandoned) {
        giveBack(false);
        throw new Error("nobody waits for this call any more");
      }
      try {
        const result = await work(client);
        giveBack?.(false);
        return result;
      } catch (error) {
        giveBack?.(isGone(error));
        throw error;
      }
    }

    const gone = Promise.withResolvers<never>();
    const endWatch = liveness.watch((fault) => {
      abandoned = true;
      gone.reject(new LibraryFault(fault));
      // Ends the connection, and with it whatever waits for an answer on it.
      giveBack?.(true);
    });
    return Promise.race([run(), gone.promise]).finally(endWatch);
  }

  return { use, end: () => pool.end() };
}
