/**
 * How much each caller may still use: a bucket that holds the quota and fills evenly over the window. One number a caller, and a bounded
 * number of callers: when there are too many, the newest share one bucket, and nobody's debt is forgotten.
 */

export type Policy = {
  readonly quota: number;
  readonly windowMs: number;
};

export type Standing = {
  /** What may be used at this moment. */
  readonly remaining: number;
  /** Until the whole quota is there again. */
  readonly wholeInMs: number;
};

export type Allowance = {
  readonly policy: Policy;
  /** Uses so much if it is there; else resolves to the wait after which it would be. One that is larger than the quota is let through a whole bucket, which then is in debt. */
  take(
    caller: string,
    cost: number,
  ): { readonly kind: "taken" } | { readonly kind: "refused"; readonly waitMs: number };
  /** What `take` would say, 0 for yes. */
  waitMs(caller: string, cost: number): number;
  /** For what came to nothing. */
  giveBack(caller: string, cost: number): void;
  standing(caller: string): Standing;
  /** Callers whose bucket is not whole. */
  readonly callers: number;
};

const MOST_CALLERS = 10_000;
/** Whole buckets are looked for no more often than this. */
const TIDY_MS = 1_000;
const EVERYBODY_ELSE = "";

export function createAllowance(
  policy: Policy,
  deps: {
    /** Milliseconds of a clock that only goes forward. */
    readonly now: () => number;
    readonly mostCallers?: number;
  },
): Allowance {
  const { quota, windowMs } = policy;
  const { now, mostCallers = MOST_CALLERS } = deps;
  const unitMs = windowMs / quota;
  /** When a caller's bucket is whole again; those who are not here have whole ones. */
  const wholeAt = new Map<string, number>();
  let tidiedAt = Number.NEGATIVE_INFINITY;

  function tidy(at: number): void {
    if (at - tidiedAt < TIDY_MS) return;
    tidiedAt = at;
    for (const [caller, whole] of wholeAt) if (whole <= at) wholeAt.delete(caller);
  }

  function bucketOf(caller: string): string {
    if (wholeAt.has(caller) || wholeAt.size < mostCallers) return caller;
    tidy(now());
    return wholeAt.size < mostCallers ? caller : EVERYBODY_ELSE;
  }

  const missingMs = (bucket: string) => Math.max(0, (wholeAt.get(bucket) ?? 0) - now());

  function wait(bucket: string, cost: number): number {
    const missing = missingMs(bucket);
    // What never fits waits for the whole bucket, not for ever.
    return Math.max(0, missing - Math.max(0, quota - cost) * unitMs);
  }

  return {
    policy,
    take(caller, cost) {
      const bucket = bucketOf(caller);
      const waitMs = wait(bucket, cost);
      if (waitMs > 0) return { kind: "refused", waitMs };
      wholeAt.set(bucket, now() + missingMs(bucket) + cost * unitMs);
      return { kind: "taken" };
    },
    waitMs: (caller, cost) => wait(bucketOf(caller), cost),
    giveBack(caller, cost) {
      const bucket = bucketOf(caller);
      const whole = wholeAt.get(bucket);
      if (whole !== undefined) wholeAt.set(bucket, whole - cost * unitMs);
    },
    standing(caller) {
      const wholeInMs = missingMs(bucketOf(caller));
      return { remaining: Math.max(0, Math.floor(quota - wholeInMs / unitMs)), wholeInMs };
    },
    get callers() {
      tidy(now());
      return wholeAt.size;
    },
  };
}
