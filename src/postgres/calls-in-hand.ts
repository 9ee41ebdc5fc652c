/** Remembers calls until they end, so that whoever closes can wait for them: a pool that ends refuses what stands in its line, and the next statement. */

export type CallsInHand = {
  /** Returns the same promise. */
  readonly add: <T>(call: Promise<T>) => Promise<T>;
  /** Resolves when all of them have ended, one way or the other. */
  readonly ended: () => Promise<void>;
};

export function createCallsInHand(): CallsInHand {
  const calls = new Set<Promise<unknown>>();
  return {
    add(call) {
      const forget = () => calls.delete(call);
      calls.add(call);
      call.then(forget, forget);
      return call;
    },
    async ended() {
      await Promise.allSettled(calls);
    },
  };
}
