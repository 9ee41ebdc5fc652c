/** Times every call of a port from the caller's side, threads and network included. Changes nothing about the calls. */
import { Counter, Histogram, type Registry } from "prom-client";

const BUCKETS_SECONDS = [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30];

export type LedgerMetrics = {
  /** The same ledger, with each call timed under its method's name. */
  timeCalls<L extends object>(ledger: L): L;
};

export function addLedgerMetrics(registry: Registry, now: () => number): LedgerMetrics {
  const seconds = new Histogram({
    name: "storewalk_ledger_call_seconds",
    help: "Time of a call to the ledger, its errors included",
    labelNames: ["method"],
    buckets: BUCKETS_SECONDS,
    registers: [registry],
  });
  const errors = new Counter({
    name: "storewalk_ledger_call_errors_total",
    help: "Calls to the ledger that failed, for its being away among other causes",
    labelNames: ["method"],
    registers: [registry],
  });

  function timed<L extends object>(ledger: L, method: string, call: (...args: unknown[]) => unknown) {
    errors.inc({ method }, 0);
    return async (...args: unknown[]): Promise<unknown> => {
      const startedAt = now();
      try {
        return await Reflect.apply(call, ledger, args);
      } catch (error) {
        errors.inc({ method });
        throw error;
      } finally {
        seconds.observe({ method }, (now() - startedAt) / 1_000);
      }
    };
  }

  return {
    timeCalls<L extends object>(ledger: L): L {
      const calls = new Map<string, unknown>();
      // A proxy: a list of the port's methods would have to be kept in step with the port.
      return new Proxy(ledger, {
        get(target, name) {
          const member: unknown = Reflect.get(target, name);
          if (typeof name !== "string" || !isCall(member)) return member;
          const call = calls.get(name) ?? timed(target, name, member);
          calls.set(name, call);
          return call;
        },
      });
    },
  };
}

function isCall(member: unknown): member is (...args: unknown[]) => unknown {
  return typeof member === "function";
}
