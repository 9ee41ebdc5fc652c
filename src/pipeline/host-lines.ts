/**
 * Lets only so many images of one host begin at a time; the others wait in their jobs' lanes, each a plain entry without promise or signal.
 * A sick host's images fill its own line and nobody else's. Begun images are what costs memory: buffers, timers, promises.
 */
import { createFairSemaphore, type FairSemaphore } from "./fair-semaphore.ts";

export type HostLines = {
  /**
   * Puts an image of this URL's host in line. `begin` is called once, before or after this returns, with the function that ends the image's
   * stay. Returns what takes the image out of the line again; without effect once it has begun.
   */
  lineUp(url: string, lane: string, begin: (leave: () => void) => void): () => void;
  /** Changes how many images of one host may have begun. */
  limitPerHost(images: number): void;
  /** Hosts with an image begun or waiting. */
  readonly size: number;
};

export function createHostLines(atFirst: number): HostLines {
  const lines = new Map<string, FairSemaphore>();
  let imagesPerHost = atFirst;

  function lineOf(host: string): FairSemaphore {
    const known = lines.get(host);
    if (known) return known;
    const line = createFairSemaphore(imagesPerHost);
    lines.set(host, line);
    return line;
  }

  return {
    lineUp(url, lane, begin) {
      // What is no URL fails by itself, without a host.
      const host = URL.parse(url)?.host ?? "";
      const line = lineOf(host);
      const forgetIdle = () => {
        if (line.inUse + line.waiting === 0 && lines.get(host) === line) lines.delete(host);
      };
      const giveUp = line.lineUp(lane, {
        grant: (giveBack) =>
          begin(() => {
            giveBack();
            forgetIdle();
          }),
      });
      return () => {
        giveUp();
        forgetIdle();
      };
    },
    limitPerHost(images) {
      imagesPerHost = images;
      for (const line of lines.values()) line.resize(images);
    },
    get size() {
      return lines.size;
    },
  };
}
