/**
 * Whether each connection is a session of its own. A pooler that hands one session to several clients (PgBouncer with pool_mode = transaction)
 * passes on locks, limits and LISTEN of one to another, and would lose work without a word.
 */
import type { DatabaseAddress } from "./address.ts";
import { connectSession, createClient, endClient } from "./sessions.ts";

const ANSWER_MS = 5_000;
/** Others may use the same pooler in between. */
const ROUNDS = 5;

const READ_BACKEND = `
  select pg_backend_pid() as pid`;

export const SHARED_SESSIONS =
  "a pooler in front of it shares one session among several connections: set pool_mode = session for this database, or connect without the pooler";

/** Rejects as the client library does. */
export async function hasOwnSessions(address: DatabaseAddress): Promise<boolean> {
  const limits = { connectMs: ANSWER_MS, statementMs: ANSWER_MS };
  const one = createClient(address, limits);
  const other = createClient(address, limits);
  const backendOf = async (client: typeof one) => (await client.query(READ_BACKEND)).rows[0]?.pid;
  try {
    await connectSession(one, address, limits);
    await connectSession(other, address, limits);
    const own = await backendOf(one);
    for (let round = 0; round < ROUNDS; round++) {
      // A pooler that takes turns shows in the first, one that gives what came back last in the second.
      if ((await backendOf(one)) !== own || (await backendOf(other)) === own) return false;
    }
    return true;
  } finally {
    await Promise.all([endClient(one), endClient(other)]);
  }
}
