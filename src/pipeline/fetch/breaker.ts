/**
 * A host's circuit breaker: after so many failures in a row the host is left alone for a while, then one request probes it.
 * Knows nothing of requests; must never wait by itself.
 */

export type Admission =
  | { readonly kind: "send"; readonly probe: boolean }
  /** Left alone for so long. */
  | { readonly kind: "open"; readonly waitMs: number }
  /** Another request probes the host: its end decides. */
  | { readonly kind: "probing" };

export type Failure = {
  readonly probe: boolean;
  /** The host answered, with an error: it is there, so the next image may fare better. */
  readonly answered: boolean;
  /** An image that failed before says nothing new about its host. */
  readonly repeated: boolean;
};

export type Breaker = {
  /** Whether a request may be sent now. A `probe` must be answered by one of the three calls below. */
  admit(): Admission;
  /** Like `admit` without taking the probe. */
  peek(): Admission;
  succeeded(): void;
  failed(failure: Failure): void;
  /** The request ended without telling anything about the host. */
  abandoned(probe: boolean): void;
  readonly closed: boolean;
  /** How often it opened since a request succeeded. */
  readonly openings: number;
};

const SEND: Admission = { kind: "send", probe: false };
const PROBE: Admission = { kind: "send", probe: true };
const PROBING: Admission = { kind: "probing" };
/** A host that answers is asked for ten images a second, whatever it answers: among them may be one that it serves. */
const ANSWERED_OPEN_MS = 100;

export function createBreaker(deps: {
  readonly failures: number;
  readonly openMs: number;
  readonly maxOpenMs: number;
  readonly now: () => number;
}): Breaker {
  let failures = 0;
  let openUntil = 0;
  let openMs = deps.openMs;
  let openings = 0;
  let probing = false;

  function peek(): Admission {
    if (failures < deps.failures) return SEND;
    const waitMs = openUntil - deps.now();
    if (waitMs > 0) return { kind: "open", waitMs };
    return probing ? PROBING : PROBE;
  }

  function open(forMs: number): void {
    openings += 1;
    openUntil = deps.now() + forMs;
    probing = false;
  }

  return {
    peek,
    admit() {
      const admission = peek();
      if (admission === PROBE) probing = true;
      return admission;
    },
    succeeded() {
      failures = 0;
      openings = 0;
      openMs = deps.openMs;
      probing = false;
    },
    failed({ probe, answered, repeated }) {
      const isOpen = failures >= deps.failures;
      // Requests sent before it opened say nothing new about an open breaker.
      if (!probe && (isOpen || (answered && repeated))) return;
      failures += 1;
      if (failures < deps.failures) return;
      if (answered) return open(ANSWERED_OPEN_MS);
      openMs = probe ? Math.min(deps.maxOpenMs, openMs * 2) : deps.openMs;
      open(openMs);
    },
    abandoned(probe) {
      if (probe) probing = false;
    },
    get closed() {
      return failures < deps.failures;
    },
    get openings() {
      return openings;
    },
  };
}
