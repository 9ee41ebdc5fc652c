/**
 * Virtual time and chance. Every await of a simulated process stands here as an event; which of the ready ones goes next is the
 * seed's choice. The same seed gives the same run: nothing here asks a real clock or a real source of chance.
 */
import { createRandom } from "../../src/pipeline/gpu/random.ts";

export type Process = {
  readonly name: string;
  alive: boolean;
  /** Until then none of its events happens. */
  frozenUntil: number;
};

type Event = {
  readonly process: Process | null;
  readonly readyAt: number;
  readonly what: string;
  readonly happen: () => void;
};

export type Scheduler = {
  readonly now: () => number;
  readonly random: () => number;
  /** True in `share` of the cases. */
  chance(share: number): boolean;
  /** Lets `happen` come to pass after `ms` at the earliest. Events of dead processes never do. Returns what takes it back. */
  later(process: Process | null, ms: number, what: string, happen: () => void): () => void;
  /** Lets one event happen, or time pass to the next; false when nothing is left. */
  step(): Promise<boolean>;
  readonly trace: readonly string[];
};

const LONGEST_TRACE = 400;

export function createScheduler(seed: number): Scheduler {
  const random = createRandom(seed);
  const events = new Set<Event>();
  const trace: string[] = [];
  let at = 1_000_000;

  const readyAt = ({ process, readyAt: moment }: Event) => Math.max(moment, process?.frozenUntil ?? 0);

  function next(): Event | undefined {
    let earliest = Number.POSITIVE_INFINITY;
    for (const event of events) {
      if (event.process?.alive === false) events.delete(event);
      else earliest = Math.min(earliest, readyAt(event));
    }
    at = Math.max(at, Number.isFinite(earliest) ? earliest : at);
    const ready = [...events].filter((event) => readyAt(event) <= at);
    return ready[Math.floor(random() * ready.length)];
  }

  return {
    now: () => at,
    random,
    chance: (share) => random() < share,
    later(process, ms, what, happen) {
      const event: Event = { process, readyAt: at + Math.ceil(ms), what, happen };
      events.add(event);
      return () => events.delete(event);
    },
    async step() {
      const event = next();
      if (!event) return false;
      events.delete(event);
      trace.push(`${at} ${event.process?.name ?? "world"}: ${event.what}`);
      if (trace.length > LONGEST_TRACE) trace.shift();
      event.happen();
      // Every promise that this settled runs as far as it can before the next event is chosen.
      await new Promise((resolve) => setImmediate(resolve));
      return true;
    },
    trace,
  };
}
