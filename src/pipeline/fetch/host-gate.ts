/**
 * The gate before one host, where every request to it waits for its turn: for a place of its job's lane, for the host's pace, for the end of
 * the wait that it asked for, for its breaker. Those who wait hold nothing. Learns from how requests end, and turns all away once the host
 * is given up. Must never send or retry.
 */
import type { Clock } from "../../process/clock.ts";
import { createFairSemaphore, type Turn } from "../fair-semaphore.ts";
import { createBreaker } from "./breaker.ts";
import { createPace, type PaceReading } from "./pace.ts";
import type { PaceCells } from "./pace-cells.ts";
import { createPatience } from "./patience.ts";
import { HostGivenUp } from "./retry.ts";
import type { FetchSettings } from "./settings.ts";

/** How a request ended, as far as it tells of its host. */
export type RequestEnd =
  | {
      readonly kind: "served";
      /** What became of the request that went out in the same packet. */
      readonly beside: "none" | "served" | { readonly waitMs: number | null; readonly trouble: string };
    }
  | {
      /** Too much for the host. */
      readonly kind: "refused";
      /** What it asked for, null when it named nothing. */
      readonly waitMs: number | null;
      /** It says itself that it is to be asked later. */
      readonly asks: boolean;
      /** Others were served since the image was refused before: what it is refused for is its own. */
      readonly overtaken: boolean;
      readonly trouble: string;
    }
  /** `answered` when an answer came; `repeated` when the image had failed before. */
  | { readonly kind: "failed"; readonly answered: boolean; readonly repeated: boolean; readonly trouble: string }
  /** Nothing was learnt: it was cut short. */
  | { readonly kind: "silent" };

/** The right to send one request. */
export type Pass = {
  /** The request goes out. */
  begin(): void;
  /** Ends it. To be called once. */
  leave(end: RequestEnd): void;
};

export type HostGate = {
  /** Resolves when a request may be sent. Rejects with HostGivenUp, or with the signal's reason. */
  enter(lane: string, signal: AbortSignal, turn: Turn): Promise<Pass>;
  /** Whether it served somebody a moment ago. */
  readonly isLively: boolean;
  /** Whether it is lively and has other requests under way: a broken connection may be its answer to too much. */
  readonly isUnderLoad: boolean;
  /** Whether it bears only so many requests a second: two in one packet would be one too many. */
  readonly isMetered: boolean;
  /** Good answers so far. */
  readonly served: number;
  /** Whether so many wait that one more would for long. */
  readonly isCrowded: boolean;
  /** Ends the wait of one lane, for which the host was given up. */
  turnAway(lane: string, reason: HostGivenUp): void;
  resize(places: number): void;
  readonly reading: HostReading;
  /** Whether nothing is lost when it is forgotten. */
  readonly isIdle: boolean;
  readonly isWell: boolean;
};

export type HostReading = PaceReading & {
  readonly underWay: number;
  /** Images that wait for their turn to ask, by lane. */
  readonly waiting: readonly (readonly [lane: string, images: number])[];
  /** The last failure or refusal, in words. */
  readonly trouble: string;
  /** Ms since the last good answer, or since it was first asked; 0 while it is well. */
  readonly troubledMs: number;
  readonly givenUp: boolean;
};

export type GateSettings = Pick<
  FetchSettings,
  "connectionsPerHost" | "breakerFailures" | "breakerOpenMs" | "breakerMaxOpenMs" | "hostGiveUpMs" | "hostPatienceMs"
>;

/** A host that was given up is asked again by one image after so long, when there is one. */
const GIVEN_UP_MS = 30_000;
/** Another thread's request is what this one waits for: nobody tells it of its end. */
const LOOK_AGAIN_MS = 10;
/** As many that wait are enough to have the next one there when a place becomes free. */
const CROWD = 8;
/** A good answer that is younger shows that the host is there. */
const LIVELY_MS = 30_000;

export function createHostGate(deps: {
  /** For sentences. */
  readonly hostname: string;
  readonly settings: GateSettings;
  readonly clock: Clock;
  /** Of this thread. */
  readonly places: number;
  /** Of all threads together. */
  readonly most: number;
  readonly cells: PaceCells;
  /** Told once when the host is given up, not again each time that it is asked in vain since. */
  readonly onGivenUp: (sentence: string) => void;
  /** Somebody's order not to ask the host for this lane's images. */
  readonly orderOf: (lane: string) => HostGivenUp | undefined;
}): HostGate {
  const { hostname, settings, clock } = deps;
  const pace = createPace({ cells: deps.cells, most: deps.most, now: clock.now });
  const breaker = createBreaker({
    failures: settings.breakerFailures,
    openMs: settings.breakerOpenMs,
    maxOpenMs: settings.breakerMaxOpenMs,
    now: clock.now,
  });
  const patience = createPatience({ settings, now: clock.now, lastGoodAt: () => pace.lastGoodAt });
  const line = createFairSemaphore(deps.places, mayServe);
  let trouble = "";
  let served = 0;
  let givenUp: { readonly until: number; readonly reason: HostGivenUp } | null = null;
  let isProbe = false;
  let alarm: { readonly at: number; readonly ending: AbortController } | null = null;

  /** Looks again then; earlier than that nothing can have changed but by the end of a request, which serves the line itself. */
  function lookAgainIn(ms: number): void {
    const at = clock.now() + ms;
    if (alarm && alarm.at <= at) return;
    alarm?.ending.abort();
    const mine = { at, ending: new AbortController() };
    alarm = mine;
    void clock.sleep(Math.ceil(ms), mine.ending.signal).then(() => {
      if (alarm !== mine) return;
      alarm = null;
      line.serve();
    });
  }

  /** A timer that is left behind would keep a thread for up to a minute that is to end. */
  function restUnlessWaitedFor(): void {
    if (line.waiting > 0) return;
    alarm?.ending.abort();
    alarm = null;
  }

  function mayServe(): boolean {
    const waitMs = pace.waitMs();
    if (waitMs === Number.POSITIVE_INFINITY) {
      if (line.inUse === 0) lookAgainIn(LOOK_AGAIN_MS);
      return false;
    }
    const admission = waitMs > 0 ? ({ kind: "open", waitMs } as const) : breaker.admit();
    if (admission.kind === "open") lookAgainIn(admission.waitMs);
    if (admission.kind !== "send") return false;
    isProbe = admission.probe;
    pace.began();
    return true;
  }

  const isLively = () => clock.now() - pace.lastGoodAt < LIVELY_MS;

  function giveUp(why: string): void {
    const reason = new HostGivenUp(`${hostname} was given up ${why}`);
    if (givenUp === null) deps.onGivenUp(reason.message);
    givenUp = { until: clock.now() + GIVEN_UP_MS, reason };
    line.turnAway(reason);
  }

  function learn(end: RequestEnd, probe: boolean, sentAt: number): void {
    switch (end.kind) {
      case "served":
        served += 1;
        givenUp = null;
        patience.calmed();
        pace.served(sentAt, end.beside === "served" ? 1 : 0);
        breaker.succeeded();
        if (typeof end.beside === "string") return;
        pace.refused(sentAt, end.beside.waitMs);
        trouble = end.beside.trouble;
        return;
      case "silent":
        breaker.abandoned(probe);
        return;
      case "refused":
        if (!end.overtaken) pace.refused(sentAt, end.waitMs);
        breaker.abandoned(probe);
        break;
      case "failed":
        breaker.failed({ probe, answered: end.answered, repeated: end.repeated });
    }
    trouble = end.trouble;
    const isOver = patience.troubled(end.kind === "refused" ? end : null, breaker.openings);
    if (!isOver || (givenUp && clock.now() < givenUp.until)) return;
    giveUp(`after ${Math.round(patience.troubledMs / 1_000)} s without a good answer, the last failure: ${trouble}`);
  }

  function passOf(giveBack: () => void): Pass {
    const probe = isProbe;
    let sentAt = clock.now();
    return {
      begin() {
        sentAt = clock.now();
      },
      leave(end) {
        pace.ended();
        learn(end, probe, sentAt);
        giveBack();
      },
    };
  }

  return {
    enter(lane, signal, turn) {
      if (givenUp && clock.now() < givenUp.until) return Promise.reject(givenUp.reason);
      const order = deps.orderOf(lane);
      if (order) return Promise.reject(order);
      if (signal.aborted) return Promise.reject(signal.reason);
      return new Promise((resolve, reject) => {
        const over = () => {
          signal.removeEventListener("abort", abort);
          restUnlessWaitedFor();
        };
        const abort = () => {
          leave();
          restUnlessWaitedFor();
          reject(signal.reason);
        };
        signal.addEventListener("abort", abort, { once: true });
        const leave = line.lineUp(
          lane,
          {
            grant(giveBack) {
              over();
              resolve(passOf(giveBack));
            },
            refuse(reason) {
              over();
              reject(reason);
            },
          },
          turn,
        );
      });
    },
    turnAway: (lane, reason) => line.turnAway(reason, lane),
    resize: line.resize,
    get isLively() {
      return isLively();
    },
    get isUnderLoad() {
      return line.inUse > 1 && isLively();
    },
    get isMetered() {
      return pace.reading.rate !== null;
    },
    get served() {
      return served;
    },
    get isCrowded() {
      return line.waiting >= CROWD;
    },
    get isIdle() {
      return line.inUse + line.waiting === 0;
    },
    get isWell() {
      return breaker.closed && givenUp === null && pace.reading.heldUntil <= clock.now();
    },
    get reading() {
      return {
        ...pace.reading,
        underWay: line.inUse,
        waiting: line.waitingByLane(),
        trouble,
        troubledMs: patience.troubledMs,
        givenUp: givenUp !== null && clock.now() < givenUp.until,
      };
    },
  };
}
