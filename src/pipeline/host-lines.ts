/**
 * Lets only so many images of one host begin at a time; the others wait in their jobs' lanes. A run's images of one host stand in line as one
 * entry, so that those that wait cost their URLs and nothing else. A sick host's images fill its own line and nobody else's. Begun images are
 * what costs memory: buffers, timers, promises, and the collector copies what they hold as long as they wait; so none begins that would only wait.
 */
import { hostOf } from "../domain/host-of.ts";
import { createFairSemaphore, type FairSemaphore } from "./fair-semaphore.ts";

/** The images of one run, in their lines. */
export type Places = {
  /** Takes out those that have not begun; returns how many. */
  leave(): number;
  /** Takes out those of one host that have not begun; returns their numbers. */
  leaveHost(host: string): readonly number[];
  /** How many wait in lines that were slow at the last look: they would wait for long. */
  slow(): number;
};

export type HostLines = {
  /**
   * Puts images in the lines of their hosts. `begin` is called once for each, before or after this returns, with its number among `urls`, its
   * host, and the function that ends the image's stay.
   */
  lineUp(
    urls: readonly string[],
    lane: string,
    begin: (image: number, host: string, leave: () => void) => void,
  ): Places;
  /** Looks which lines are slow: look after look, fewer began than would empty the line in a few times as long. */
  look(): void;
  /** Changes how many images of one host may have begun. */
  limitPerHost(images: number): void;
  /** One that waited for this host waits no longer: another may begin. */
  goOn(host: string): void;
  /** Images in line for this host (host or host:port), by lane. */
  waiting(host: string): readonly (readonly [lane: string, images: number])[];
  /** Hosts with an image begun or waiting. */
  readonly size: number;
};

type Line = {
  readonly places: FairSemaphore;
  /** Since the last look. */
  begun: number;
  /** Looks in a row at which it was slow. */
  slowLooks: number;
};

/** Images of one run and one host, by their numbers; those before `next` have begun. */
type Group = { readonly line: Line; readonly images: number[]; next: number };

/** A line that would take longer than so many times the time between two looks … */
const LOOKS_TO_EMPTY = 20;
/** … and lets in fewer than this from one to the next is slow: its host is dead, refuses most, or is that slow. */
const SLOW_IMAGES = 12;
/** A process that stands still for a moment finds every line slow once. A run in slow lines loses its place in the queue, to which its lease has to bring it back. */
const SLOW_LOOKS = 4;

const NEVER_CROWDED = () => () => false;

/** `crowdOf` says how to tell of a host whether one more image would only wait for it. */
export function createHostLines(atFirst: number, crowdOf: (host: string) => () => boolean = NEVER_CROWDED): HostLines {
  const lines = new Map<string, Line>();
  let imagesPerHost = atFirst;

  function lineOf(host: string): Line {
    const known = lines.get(host);
    if (known) return known;
    const isCrowded = crowdOf(host);
    const line: Line = { places: createFairSemaphore(imagesPerHost, () => !isCrowded()), begun: 0, slowLooks: 0 };
    lines.set(host, line);
    return line;
  }

  function forgetIdle(host: string, line: Line): void {
    if (line.places.inUse + line.places.waiting === 0 && lines.get(host) === line) lines.delete(host);
  }

  /** By their hosts; URLs with the same beginning have the same one, which is parsed once. */
  function groupsOf(urls: readonly string[]): ReadonlyMap<string, Group> {
    const groups = new Map<string, Group>();
    const byStart = new Map<string, Group>();

    function groupOf(url: string): Group {
      // What is no URL fails by itself, without a host.
      const host = hostOf(url);
      const known = groups.get(host);
      if (known) return known;
      const group: Group = { line: lineOf(host), images: [], next: 0 };
      groups.set(host, group);
      return group;
    }

    urls.forEach((url, image) => {
      const start = startOf(url);
      const group = byStart.get(start) ?? groupOf(url);
      byStart.set(start, group);
      group.images.push(image);
    });
    return groups;
  }

  return {
    lineUp(urls, lane, begin) {
      const groups = groupsOf(urls);
      const leaveLines = new Map<string, () => void>();
      for (const [host, group] of groups) {
        const { line, images } = group;
        const leave = line.places.lineUp(lane, {
          left: () => waitingIn(group),
          grant(giveBack) {
            const image = images[group.next] ?? 0;
            group.next += 1;
            line.begun += 1;
            begin(image, host, () => {
              giveBack();
              forgetIdle(host, line);
            });
          },
        });
        leaveLines.set(host, () => {
          leave();
          forgetIdle(host, line);
        });
      }
      const all = [...groups.values()];
      const leaveHost = (host: string): readonly number[] => {
        const group = groups.get(host);
        if (!group) return [];
        const left = group.images.slice(group.next);
        group.next = group.images.length;
        leaveLines.get(host)?.();
        return left;
      };
      return {
        leave: () => Array.from(groups.keys(), leaveHost).reduce((sum, left) => sum + left.length, 0),
        leaveHost,
        slow: () => all.reduce((sum, group) => sum + (group.line.slowLooks >= SLOW_LOOKS ? waitingIn(group) : 0), 0),
      };
    },
    look() {
      for (const line of lines.values()) {
        const waiting = line.places.waitingByLane().reduce((sum, [, images]) => sum + images, 0);
        const isSlow = line.begun < SLOW_IMAGES && waiting > LOOKS_TO_EMPTY * line.begun;
        line.slowLooks = isSlow ? line.slowLooks + 1 : 0;
        line.begun = 0;
      }
    },
    limitPerHost(images) {
      imagesPerHost = images;
      for (const { places } of lines.values()) places.resize(images);
    },
    goOn: (host) => lines.get(host)?.places.serve(),
    waiting: (host) => lines.get(host)?.places.waitingByLane() ?? [],
    get size() {
      return lines.size;
    },
  };
}

const SCHEMES = ["https://", "http://"];

/** Scheme and authority, which ends at the next slash at the latest (RFC 3986 §3.2); all of what is not written so. */
function startOf(url: string): string {
  const from = SCHEMES.find((scheme) => url.startsWith(scheme))?.length ?? url.length;
  const end = url.indexOf("/", from);
  return end > from ? url.slice(0, end) : url;
}

function waitingIn({ images, next }: Group): number {
  return images.length - next;
}
