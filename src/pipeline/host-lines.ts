/**
 * Lets only so many images of one host begin at a time; the others wait in their jobs' lanes as next to nothing. A sick host's images
 * fill its own line and nobody else's. Begun images are what costs memory: buffers, timers, promises.
 */
import { createFairSemaphore, type FairSemaphore } from "./fair-semaphore.ts";

export type HostLines = {
  /** Waits until an image of this URL's host may begin; the returned function ends it. Rejects with the signal's reason. */
  enter(url: string, lane: string, signal: AbortSignal): Promise<() => void>;
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
    async enter(url, lane, signal) {
      // What is no URL fails by itself, without a host.
      const host = URL.parse(url)?.host ?? "";
      const line = lineOf(host);
      const forgetIdle = () => {
        if (line.inUse + line.waiting === 0 && lines.get(host) === line) lines.delete(host);
      };
      try {
        const leave = await line.acquire(lane, signal);
        return () => {
          leave();
          forgetIdle();
        };
      } catch (error) {
        forgetIdle();
        throw error;
      }
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
