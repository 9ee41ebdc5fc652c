/**
 * How much of a host is asked for: so many requests at a time, and, where fewer at a time do not help, so many a second. Both are found:
 * doubled while all is well, lowered where refusals begin, raised slowly from there. Pure; time is handed in, nothing waits here.
 *
 * The numbers are those of congestion control (RFC 5681: doubling, then one more a round; multiplicative decrease), tuned against nginx's
 * `limit_req` and `limit_conn` (docs/decisions/0024-pace.md).
 */
import { PACE, type PaceCells } from "./pace-cells.ts";

export type Pace = {
  /** 0 when a request may go now, else for how long not, in ms; infinity when it waits for the end of another. */
  waitMs(): number;
  /** A request goes. */
  began(): void;
  /** It is over, however it ended. */
  ended(): void;
  /** It was answered well, and so were so many that went out in the same packet, as the host counts them; `sentAt` is when it began. */
  served(sentAt: number, beside?: number): void;
  /** The host said that it was too much. `holdMs` is how long it wants to be left alone, null when it did not say. */
  refused(sentAt: number, holdMs: number | null): void;
  readonly lastGoodAt: number;
  readonly reading: PaceReading;
};

export type PaceReading = {
  /** Requests at a time. */
  readonly places: number;
  /** Requests a second, null for no limit. */
  readonly rate: number | null;
  readonly refusals: number;
  /** Epoch ms; the host is left alone until then. */
  readonly heldUntil: number;
};

/** Enough that a well host is at its full pace after three rounds, few enough that a weak one refuses nothing at first. */
const FIRST_PLACES = 4;
const LOWER_PLACES = 0.9;
const LOWER_AT_MOST = 0.5;
const LOWER_RATE = 0.8;
/** Half of it was borne. */
const LOWER_RATE_AT_START = 0.65;
/** Refused while about as much was answered as was asked for: that is where the host's measure lies. */
const CLOSE_TO_BORNE = 0.8;
const LOWER_RATE_CLOSE = 0.92;
/** Close below where it was refused, it rises by one place in eight rounds: 2 % of refusals and 95 % of what the host bears. */
const NEAR_CEILING = 2;
const RISE_NEAR_CEILING = 1 / 8;
/** Raised by this share in the first second without a refusal, and faster the longer there is none: the host bears more than was thought. */
const RATE_RISE = 0.03;
const RISE_DOUBLES_S = 5;
/** A limit so far above what is answered holds nobody. */
const RATE_UNUSED = 4;
/** Where nothing is known yet. Twice as much after so many good answers: from 8 a second it takes two seconds to find what any host bears. */
const FIRST_RATE = 8;
const DOUBLED_AFTER = 6;
const LEAST_RATE = 0.2;
const ANSWERS_THAT_TELL = 8;
const ANSWERS_THAT_PROVE = 40;
const BELOW_BORNE = 0.95;
const REQUESTS_LET_PASS = 2;
/** A host that takes so many times longer than at its best, and longer than this, has more than it can bear though it refuses nothing. */
const STRAINED_TIMES = 4;
const STRAINED_MS = 250;
const STRAINED_LOWER = 0.9;
/** An answer counts for so many times the best at most: one slow file among well ones is that file's own, half a round of them is the host's. */
const SLOW_TIMES = 2 * STRAINED_TIMES;
/**
 * As many at a time, for each thread, are enough for a host that is near: more of them only wait there. A far one is asked for more, as far as
 * that makes none of its answers later.
 */
const PLACES_NEAR = 48;
const FAR_MS = 20;
const NO_LATER = 1.25;
/** Asked again after a minute at the latest: one request costs little, and one sick file cannot close its host for a day. */
const MOST_HELD_MS = 60_000;
const SECOND_MS = 1_000;

export function createPace(deps: {
  readonly cells: PaceCells;
  readonly most: number;
  readonly now: () => number;
}): Pace {
  const { now, most } = deps;
  const { numbers, underWay, thread } = deps.cells;
  const get = (cell: number) => numbers[cell] ?? 0;
  const set = (cell: number, value: number) => {
    numbers[cell] = value;
  };
  const add = (cell: number, amount: number) => set(cell, get(cell) + amount);
  if (get(PACE.places) === 0) {
    set(PACE.places, FIRST_PLACES);
    set(PACE.starting, 1);
    set(PACE.loweredAt, Number.NEGATIVE_INFINITY);
    set(PACE.lastGoodAt, Number.NEGATIVE_INFINITY);
    set(PACE.wellSince, 1);
    set(PACE.placesCeiling, Number.POSITIVE_INFINITY);
  }
  underWay[thread] = 0;
  const near = PLACES_NEAR * underWay.length;

  const places = () => Math.max(1, Math.min(most, Math.floor(get(PACE.places))));
  const inUse = () => underWay.reduce((sum, requests) => sum + requests, 0);

  /** Good answers a second, over the last one and what went before. */
  function goodRate(): number {
    turnSecond();
    const share = (now() - get(PACE.secondAt)) / SECOND_MS;
    return get(PACE.secondAnswers) + get(PACE.secondBefore) * (1 - share);
  }

  function turnSecond(): void {
    const passed = now() - get(PACE.secondAt);
    if (passed < SECOND_MS) return;
    set(PACE.secondBefore, passed < 2 * SECOND_MS ? get(PACE.secondAnswers) : 0);
    set(PACE.secondAnswers, 0);
    set(PACE.secondAt, passed < 2 * SECOND_MS ? get(PACE.secondAt) + SECOND_MS : now());
  }

  function startRound(): void {
    set(PACE.roundAnswers, 0);
    set(PACE.roundMs, 0);
    set(PACE.roundPeak, 0);
  }

  function endRound(): void {
    const meanMs = get(PACE.roundMs) / Math.max(1, get(PACE.roundAnswers));
    const leastMs = get(PACE.leastMs);
    const isFull = get(PACE.roundPeak) >= places();
    startRound();
    set(PACE.wellSince, 1);
    set(PACE.leastMs, leastMs === 0 ? meanMs : Math.min(meanMs, leastMs * 1.01));
    if (meanMs > STRAINED_MS && leastMs > 0 && meanMs > STRAINED_TIMES * leastMs) {
      set(PACE.starting, 0);
      set(PACE.places, Math.max(1, get(PACE.places) * STRAINED_LOWER));
      return;
    }
    // A limit that was not reached has not been tried.
    if (isFull) raise(leastMs >= FAR_MS && meanMs <= NO_LATER * leastMs ? most : Math.min(most, near));
  }

  function raise(upTo: number): void {
    const at = get(PACE.places);
    if (at >= upTo) return;
    const ceiling = get(PACE.placesCeiling);
    if (get(PACE.starting) === 1) set(PACE.places, at * 2);
    else if (at > ceiling + NEAR_CEILING) set(PACE.places, at * 1.25);
    else set(PACE.places, at + (at >= ceiling - NEAR_CEILING ? RISE_NEAR_CEILING : 1));
    set(PACE.places, Math.min(get(PACE.places), upTo));
  }

  function raiseRate(sentAt: number): void {
    const rate = get(PACE.rate);
    if (rate === 0) return;
    if (get(PACE.rateStarting) === 1) {
      if (get(PACE.answersSince) % DOUBLED_AFTER === 0 && sentAt >= get(PACE.rateGrownAt)) {
        set(PACE.rate, rate * 2);
        set(PACE.rateGrownAt, now());
      }
      return;
    }
    if (now() - get(PACE.rateGrownAt) < SECOND_MS) return;
    set(PACE.rateGrownAt, now());
    const used = goodRate();
    const wellSeconds = (now() - get(PACE.loweredAt)) / SECOND_MS;
    if (used * RATE_UNUSED < rate) set(PACE.rate, 0);
    else if (used > rate / 2) set(PACE.rate, rate * Math.min(2, 1 + RATE_RISE * 2 ** (wellSeconds / RISE_DOUBLES_S)));
  }

  function lower(holdMs: number | null): void {
    const helpsNothing = get(PACE.wellSince) === 0 || inUse() === 0;
    const borne = borneRate();
    const answers = get(PACE.answersSince);
    set(PACE.loweredAt, now());
    set(PACE.crowd, inUse() + 1);
    set(PACE.answersSince, 0);
    set(PACE.wellSince, 0);
    startRound();
    if (get(PACE.rate) > 0) {
      lowerRate(borne, answers);
      return;
    }
    set(PACE.placesCeiling, get(PACE.places));
    set(PACE.places, get(PACE.places) * LOWER_PLACES);
    lowerToBorne();
    set(PACE.starting, 0);
    if (helpsNothing || holdMs !== null) startRate(holdMs);
  }

  /** Those that are under way when others are refused are what the host bears. */
  function lowerToBorne(): void {
    const least = Math.max(1, get(PACE.placesCeiling) * LOWER_AT_MOST);
    set(PACE.places, Math.max(least, Math.min(get(PACE.places), inUse())));
  }

  /**
   * Refused again before one round went well, or alone, or asked to wait: fewer at a time are not what it wants. One that named no wait is asked
   * for twice as much each second from there; of one that did, each refusal costs that wait.
   */
  function startRate(holdMs: number | null): void {
    set(PACE.rate, Math.max(FIRST_RATE, goodRate()));
    set(PACE.rateStarting, holdMs === null ? 1 : 0);
    letPass();
  }

  /**
   * What was answered between two refusals is what the host bears, whatever burst it allows: its measure was full at both. Null where
   * too little was, or the host was left alone in between.
   */
  function borneRate(): number | null {
    const passedMs = now() - get(PACE.loweredAt);
    if (get(PACE.answersSince) < ANSWERS_THAT_TELL || get(PACE.heldUntil) > get(PACE.loweredAt)) return null;
    return (get(PACE.answersSince) * SECOND_MS) / passedMs;
  }

  function lowerRate(borne: number | null, answers: number): void {
    set(PACE.rate, Math.max(LEAST_RATE, loweredRate(get(PACE.rate), borne, answers)));
    set(PACE.rateStarting, 0);
    letPass();
  }

  function loweredRate(rate: number, borne: number | null, answers: number): number {
    const fromBorne = borne === null ? 0 : Math.min(rate, borne) * BELOW_BORNE;
    // A few answers while it was doubled are mostly those of the slow beginning.
    const isGuess = get(PACE.rateStarting) === 1 && answers < ANSWERS_THAT_PROVE;
    if (isGuess) return Math.max(rate * LOWER_RATE_AT_START, fromBorne);
    if (borne === null) return rate * LOWER_RATE;
    return borne > CLOSE_TO_BORNE * rate ? rate * LOWER_RATE_CLOSE : fromBorne;
  }

  /** What the host counts, it counts down only while it is not asked; a wait that it named is enough. */
  function letPass(): void {
    const held = get(PACE.heldUntil);
    set(PACE.rateGrownAt, Math.max(now(), held));
    set(PACE.nextAt, held > now() ? held : now() + (REQUESTS_LET_PASS * SECOND_MS) / get(PACE.rate));
  }

  return {
    waitMs() {
      if (inUse() >= places()) return Number.POSITIVE_INFINITY;
      const at = now();
      return Math.max(0, get(PACE.heldUntil) - at, get(PACE.rate) > 0 ? get(PACE.nextAt) - at : 0);
    },
    began() {
      underWay[thread] = (underWay[thread] ?? 0) + 1;
      set(PACE.roundPeak, Math.max(get(PACE.roundPeak), inUse()));
      if (get(PACE.rate) > 0) set(PACE.nextAt, Math.max(now(), get(PACE.nextAt)) + SECOND_MS / get(PACE.rate));
    },
    ended() {
      underWay[thread] = (underWay[thread] ?? 0) - 1;
      set(PACE.crowd, Math.max(0, get(PACE.crowd) - 1));
    },
    served(sentAt, beside = 0) {
      turnSecond();
      add(PACE.secondAnswers, 1 + beside);
      set(PACE.lastGoodAt, now());
      // What was sent before it was lowered says nothing about the pace since.
      if (sentAt < get(PACE.loweredAt)) return;
      add(PACE.answersSince, 1 + beside);
      add(PACE.roundAnswers, 1);
      const leastMs = get(PACE.leastMs);
      const tookMs = now() - sentAt;
      add(PACE.roundMs, leastMs > 0 ? Math.min(tookMs, Math.max(STRAINED_MS, SLOW_TIMES * leastMs)) : tookMs);
      if (get(PACE.roundAnswers) >= places()) endRound();
      raiseRate(sentAt);
    },
    refused(sentAt, holdMs) {
      add(PACE.refusals, 1);
      if (holdMs !== null) {
        set(PACE.heldUntil, Math.max(get(PACE.heldUntil), now() + Math.min(holdMs, MOST_HELD_MS)));
      }
      // Until the last of the crowd is over that it was lowered for, the host may still be busy with it.
      if (sentAt > get(PACE.loweredAt) && get(PACE.crowd) === 0) lower(holdMs);
      else lowerToBorne();
    },
    get lastGoodAt() {
      return get(PACE.lastGoodAt);
    },
    get reading() {
      const rate = get(PACE.rate);
      return {
        places: places(),
        rate: rate === 0 ? null : rate,
        refusals: get(PACE.refusals),
        heldUntil: get(PACE.heldUntil),
      };
    },
  };
}
