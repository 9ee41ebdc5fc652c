/**
 * Lets only so many images of one host begin at a time; the others wait in their jobs' lanes, each a plain entry without promise or signal.
 * A sick host's images fill its own line and nobody else's. Begun images are what costs memory: buffers, timers, promises.
 */
import { hostOf } from "../domain/host-of.ts";
import { createFairSemaphore, type FairSemaphore } from "./fair-semaphore.ts";

/** An image in line. */
export type Place = {
  /** Takes it out again; without effect once it has begun. */
  leave(): void;
  /** Whether its line was slow at the last look: those in it would wait for long. */
  readonly isSlow: boolean;
};

export type HostLines = {
  /**
   * Puts an image of this URL's host in line. `begin` is called once, before or after this returns, with the function that ends the image's
   * stay.
   */
  lineUp(url: string, lane: string, begin: (leave: () => void) => void): Place;
  /** Looks which lines are slow: fewer began since the last look than would empty the line in a few times as long. */
  look(): void;
  /** Changes how many images of one host may have begun. */
  limitPerHost(images: number): void;
  /** Hosts with an image begun or waiting. */
  readonly size: number;
};

type Line = {
  readonly places: FairSemaphore;
  /** Since the last look. */
  begun: number;
  isSlow: boolean;
};

/** A line that would take longer than so many times the time between two looks … */
const LOOKS_TO_EMPTY = 20;
/** … and lets in fewer than this from one to the next is slow: its host is dead, refuses most, or is that slow. */
const SLOW_IMAGES = 12;

export function createHostLines(atFirst: number): HostLines {
  const lines = new Map<string, Line>();
  let imagesPerHost = atFirst;

  function lineOf(host: string): Line {
    const known = lines.get(host);
    if (known) return known;
    const line: Line = { places: createFairSemaphore(imagesPerHost), begun: 0, isSlow: false };
    lines.set(host, line);
    return line;
  }

  return {
    lineUp(url, lane, begin) {
      // What is no URL fails by itself, without a host.
      const host = hostOf(url);
      const line = lineOf(host);
      const forgetIdle = () => {
        if (line.places.inUse + line.places.waiting === 0 && lines.get(host) === line) lines.delete(host);
      };
      const giveUp = line.places.lineUp(lane, {
        grant(giveBack) {
          line.begun += 1;
          begin(() => {
            giveBack();
            forgetIdle();
          });
        },
      });
      return {
        leave() {
          giveUp();
          forgetIdle();
        },
        get isSlow() {
          return line.isSlow;
        },
      };
    },
    look() {
      for (const line of lines.values()) {
        line.isSlow = line.begun < SLOW_IMAGES && line.places.waiting > LOOKS_TO_EMPTY * line.begun;
        line.begun = 0;
      }
    },
    limitPerHost(images) {
      imagesPerHost = images;
      for (const { places } of lines.values()) places.resize(images);
    },
    get size() {
      return lines.size;
    },
  };
}
