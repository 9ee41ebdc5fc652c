/**
 * For how long a host in trouble is waited for. One that never answers well is named soon; one that answers well now and then, or asks for
 * patience itself, is waited for longer. Pure; must never judge a host by a single image.
 */

export type PatienceSettings = {
  /** A host that was never seen to answer well is given up after so long. */
  readonly hostGiveUpMs: number;
  /** One that was, or that asks to slow down, after so long without one good answer. */
  readonly hostPatienceMs: number;
};

export type Patience = {
  /** The host refused a request or, for null, failed one. Returns whether it is to be given up. `openings` are those of its breaker in a row. */
  troubled(refusal: { readonly asks: boolean } | null, openings: number): boolean;
  /** The host answered well. */
  calmed(): void;
  /** How long the trouble lasts. */
  readonly troubledMs: number;
};

/** Of a breaker, in a row: a host that was down for one long moment is not given up. */
const OPENINGS = 3;

export function createPatience(deps: {
  readonly settings: PatienceSettings;
  readonly now: () => number;
  /** Of any thread; minus infinity for never. */
  readonly lastGoodAt: () => number;
}): Patience {
  const { settings, now } = deps;
  let since: number | null = null;
  let asked = false;
  let wasGood = false;

  return {
    troubled(refusal, openings) {
      const lastGoodAt = deps.lastGoodAt();
      if (since === null || since < lastGoodAt) {
        since = now();
        // A good answer of yesterday says nothing about a host that is gone today.
        wasGood = lastGoodAt >= since - settings.hostPatienceMs;
        asked = false;
      }
      asked ||= refusal?.asks === true;
      const isPatient = wasGood || asked;
      if (refusal === null && openings < OPENINGS) return false;
      return now() - since >= (isPatient ? settings.hostPatienceMs : settings.hostGiveUpMs);
    },
    calmed() {
      since = null;
    },
    get troubledMs() {
      return since === null ? 0 : now() - since;
    },
  };
}
