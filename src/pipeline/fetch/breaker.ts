/**
 * A host's circuit breaker: after so many failures in a row the host is left alone for a while, then one request probes it.
 * Knows nothing of requests; must never wait by itself.
 */

export type Admission =
  | { readonly kind: "send"; readonly probe: boolean }
  /** Left alone for so long. */
  | { readonly kind: "open"; readonly waitMs: number }
  /** Another request probes the host; resolves with its end. */
  | { readonly kind: "probing"; readonly settled: Promise<void> };

export type Breaker = {
  /** Whether a request may be sent now. A `probe` must be answered by one of the three calls below. */
  admit(): Admission;
  /** Like `admit` without taking the probe, for those who still have to wait for a place. */
  peek(): Admission;
  succeeded(): void;
  failed(probe: boolean): void;
  /** The request ended without telling anything about the host. */
  abandoned(probe: boolean): void;
  readonly closed: boolean;
};

const SEND: Admission = { kind: "send", probe: false };
const PROBE: Admission = { kind: "send", probe: true };

export function createBreaker(deps: {
  readonly failures: number;
  readonly openMs: number;
  readonly maxOpenMs: number;
  readonly now: () => number;
}): Breaker {
  let failures = 0;
  let openUntil = 0;
  let openMs = deps.openMs;
  let probing: { readonly settled: Promise<void>; readonly settle: () => void } | null = null;

  function endProbe(): void {
    probing?.settle();
    probing = null;
  }

  function peek(): Admission {
    if (failures < deps.failures) return SEND;
    const waitMs = openUntil - deps.now();
    if (waitMs > 0) return { kind: "open", waitMs };
    return probing ? { kind: "probing", settled: probing.settled } : PROBE;
  }

  return {
    peek,
    admit() {
      const admission = peek();
      if (admission === PROBE) {
        const { promise, resolve } = Promise.withResolvers<void>();
        probing = { settled: promise, settle: resolve };
      }
      return admission;
    },
    succeeded() {
      failures = 0;
      openMs = deps.openMs;
      endProbe();
    },
    failed(probe) {
      // Requests sent before it opened say nothing new about an open breaker.
      if (!probe && failures >= deps.failures) return;
      failures += 1;
      if (failures < deps.failures) return;
      openMs = probe ? Math.min(deps.maxOpenMs, openMs * 2) : deps.openMs;
      openUntil = deps.now() + openMs;
      endProbe();
    },
    abandoned(probe) {
      if (probe) endProbe();
    },
    get closed() {
      return failures < deps.failures;
    },
  };
}
