/**
 * Ends a wait on a server that says nothing. A statement may rightly take seconds, and a black hole looks the same, so whoever waits for longer
 * than usual has the server asked on a fresh connection: as long as that is answered the wait goes on, within the statement's own limit.
 */
import type { DatabaseAddress } from "./address.ts";
import { sqlStateOf } from "./faults.ts";
import { createClient, endClient } from "./sessions.ts";

export type Patience = {
  /** How long to wait before the server is asked, and between two questions. */
  readonly askAfterMs: number;
  /** How long the answer may take. */
  readonly answerMs: number;
};

const STARTING_UP = "57P03";

/** Returns a watch over one wait: `onDead` is called at most once; the returned function ends the watch. */
export function createLiveness(address: DatabaseAddress, patience: Patience) {
  let asking: Promise<unknown> | null = null;

  async function ask(): Promise<unknown> {
    const client = createClient(address, { connectMs: patience.answerMs, statementMs: patience.answerMs });
    try {
      await client.connect();
      return null;
    } catch (error) {
      // Refused by a living server, for want of a free connection perhaps.
      const sqlState = sqlStateOf(error);
      return sqlState === null || sqlState === STARTING_UP ? error : null;
    } finally {
      void endClient(client);
    }
  }

  /** All who wait share one question. Resolves with the fault, null when the server answered. */
  function fault(): Promise<unknown> {
    asking ??= ask().finally(() => {
      asking = null;
    });
    return asking;
  }

  return {
    watch(onDead: (fault: unknown) => void): () => void {
      let over = false;
      let timer = setTimeout(round, patience.askAfterMs);
      async function round(): Promise<void> {
        const found = await fault();
        if (over) return;
        if (found !== null) return onDead(found);
        timer = setTimeout(round, patience.askAfterMs);
      }
      return () => {
        over = true;
        clearTimeout(timer);
      };
    },
  };
}

export type Liveness = ReturnType<typeof createLiveness>;
