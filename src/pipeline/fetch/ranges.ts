/**
 * What a host has shown of how it serves parts of files: whether it does, how much of its files is worth asking for at first, and whether
 * two requests may lie on one connection at a time. Every trust is earned, and a host that disappoints is asked in the plain way for a while.
 */
import { createFirstRange, type FirstRange } from "./first-range.ts";

export type Ranges = {
  /** Whether to ask for whole files. Not for long: a host is mended, and to ask for a part in vain costs nothing but a header. */
  readonly ignored: boolean;
  /** The host sent a whole file though a part was asked for. */
  wereIgnored(): void;
  /** The host says of itself that it serves parts. */
  areServed(): void;
  /** The host sent a part as it should. */
  wereServed(): void;
  /** The host sent what is no part of the file though it says so. */
  wereContradicted(): void;
  /** Whether a file that was refused in parts may be had as a whole: not where it was refused so as well, again and again. */
  readonly wholeMayHelp: boolean;
  /** The host sent a whole file that it had refused to send a part of. Once may be chance. */
  wholeHelped(): void;
  wholeWasRefused(): void;
  readonly first: FirstRange;
  readonly order: Order;
};

/** Whether a host answers one request after the other on a connection over which both came at once (RFC 9112 §9.3.2). */
export type Order = {
  /** Only of a host that has answered rightly on a kept connection, and has not lost a second request lately. */
  readonly isKept: boolean;
  /** A request was answered rightly on a connection that had served before. */
  wasProven(): void;
  /** Both of two requests were answered rightly. */
  wasKept(): void;
  /** The second of two answers did not come. Hosts close connections now and then: only one that does so again is not trusted. */
  lostSecond(): void;
  /** The answers came in another order than the requests. */
  wasBroken(): void;
};

const REMEMBERED_MS = 5 * 60_000;
const BROKEN_MS = 60 * 60_000;
const HELPED_IN_A_ROW = 2;
const REFUSED_IN_A_ROW = 3;
const LOST_IN_A_ROW = 3;

export function createRanges(now: () => number): Ranges {
  let ignoredUntil = Number.NEGATIVE_INFINITY;
  let contradictedUntil = Number.NEGATIVE_INFINITY;
  let uselessUntil = Number.NEGATIVE_INFINITY;
  let helped = 0;
  let refused = 0;
  const later = () => now() + REMEMBERED_MS;

  return {
    get ignored() {
      return now() < ignoredUntil || now() < contradictedUntil;
    },
    wereIgnored() {
      ignoredUntil = later();
    },
    areServed() {
      ignoredUntil = Number.NEGATIVE_INFINITY;
    },
    wereServed() {
      helped = 0;
    },
    wereContradicted() {
      contradictedUntil = later();
    },
    get wholeMayHelp() {
      return now() >= uselessUntil;
    },
    wholeHelped() {
      refused = 0;
      helped += 1;
      if (helped >= HELPED_IN_A_ROW) contradictedUntil = later();
    },
    wholeWasRefused() {
      helped = 0;
      refused += 1;
      if (refused >= REFUSED_IN_A_ROW) uselessUntil = later();
    },
    first: createFirstRange(),
    order: createOrder(now),
  };
}

function createOrder(now: () => number): Order {
  let proven = false;
  let lost = 0;
  let brokenUntil = Number.NEGATIVE_INFINITY;

  function wasBroken(): void {
    lost = 0;
    brokenUntil = now() + BROKEN_MS;
  }

  return {
    get isKept() {
      return proven && now() >= brokenUntil;
    },
    wasProven() {
      proven = true;
    },
    wasKept() {
      lost = 0;
    },
    lostSecond() {
      lost += 1;
      if (lost >= LOST_IN_A_ROW) wasBroken();
    },
    wasBroken,
  };
}
