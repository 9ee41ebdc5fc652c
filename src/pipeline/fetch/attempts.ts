/**
 * The attempts at one image: at most so many, within one deadline, with back-off between them. The count and the deadline go on over all
 * parts of the image; the deadline stands still while the image waits until its host may be asked. Between two parts nothing is held: no
 * timer, no listener.
 */

import { ImageFault } from "../../domain/error-codes.ts";
import type { Clock } from "../../process/clock.ts";
import type { Turn } from "../fair-semaphore.ts";
import { HostGivenUp, isRetryable, neverAskedFor, waitBeforeRetry } from "./retry.ts";
import type { FetchSettings } from "./settings.ts";

export type Try = {
  readonly signal: AbortSignal;
  /** The image waits until its host may be asked: its time stands still. */
  readonly onWait: () => void;
  /** It is asked for: its time runs. */
  readonly onPlace: () => void;
  /** An image that is under way goes before those that have not begun: it holds bytes in memory. One that failed goes behind them. */
  readonly turn: () => Turn;
  /** Told of each host that is asked, the redirects' included, for sentences. */
  readonly onHost: (hostname: string) => void;
  /** The host refused the request that now ends, as too much. `served` counts its good answers so far. */
  readonly onRefused: (served: number) => void;
  /** Whether an attempt at this image failed or was refused before. */
  readonly failedBefore: () => boolean;
  /** Whether others were served since it was refused. */
  readonly overtaken: () => boolean;
};

export type Attempts = {
  /** Runs `attempt` until it succeeds, or throws the ImageFault of the last one, or the caller's abort reason. */
  run<T>(attempt: (within: Try) => Promise<T>): Promise<T>;
  /** 1 and the retries; 0 before the first, and for an image that was never asked for. Refusals that a host makes for its own sake do not count. */
  count(): number;
};

/** So often an image may be refused, others served in between, before that is held against it. */
const OVERTAKEN_AT_MOST = 4;

export function createAttempts(deps: {
  readonly settings: Pick<FetchSettings, "imageDeadlineMs" | "maxAttempts" | "backoffMs" | "maxBackoffMs">;
  readonly clock: Clock;
  readonly random: () => number;
  readonly signal: AbortSignal;
  /** The host of the image's own URL, for sentences. */
  readonly hostname: () => string;
}): Attempts {
  const { settings, clock } = deps;
  let count = 0;
  /** The next request begins another attempt. */
  let isNext = true;
  let leftMs = settings.imageDeadlineMs;
  let runsSince: number | null = null;
  let asked: string | null = null;
  let last: ImageFault | null = null;
  /** How many others its host had served when it refused this image last. */
  let servedBefore: number | null = null;
  let timesOvertaken = 0;
  let isRefused = false;

  function outOfTime(): ImageFault {
    const within = `${settings.imageDeadlineMs} ms, attempt ${count} was under way`;
    return new ImageFault("timeout", `not fetched from ${asked ?? deps.hostname()} within ${within}`);
  }

  /** Where redirects led is no host that the person who reads the report has submitted. */
  function withRedirect(error: unknown): unknown {
    if (!(error instanceof ImageFault) || asked === null || asked === deps.hostname()) return error;
    return new ImageFault(error.code, `${error.message}; redirected from ${deps.hostname()}`, { cause: error });
  }

  function remainingMs(): number {
    return runsSince === null ? leftMs : leftMs - (clock.now() - runsSince);
  }

  /** How long to wait before the next attempt. Throws the fault when there is none. */
  function waitAfter(fault: ImageFault): number {
    if (!isRetryable(fault) || count >= settings.maxAttempts) throw fault;
    const waitMs = waitBeforeRetry(fault, count, deps.random(), settings);
    const remaining = remainingMs();
    if (waitMs < remaining) return waitMs;
    const detail = `${fault.message}; waiting ${waitMs} ms would pass the image's deadline in ${Math.max(0, remaining)} ms`;
    throw new ImageFault(fault.code, detail, { cause: fault });
  }

  /** An image that was asked for reports its own last answer. */
  function asGivenUp(fault: HostGivenUp): ImageFault {
    if (last === null) {
      const isNews = fault.byHand && count === 0;
      return isNews ? new ImageFault(fault.code, neverAskedFor(fault.message), { cause: fault }) : fault;
    }
    const why = fault.byHand ? `: ${fault.message}` : ", as its host was given up";
    return new ImageFault(last.code, `${last.message}; not asked again${why}`, { cause: fault });
  }

  async function prepareNext(fault: ImageFault, signal: AbortSignal): Promise<void> {
    if (fault instanceof HostGivenUp) throw asGivenUp(fault);
    last = fault;
    count = Math.max(1, count);
    // It waits for its host like all others.
    if (isRefused && timesOvertaken <= OVERTAKEN_AT_MOST) return;
    await clock.sleep(waitAfter(fault), signal);
    signal.throwIfAborted();
    isNext = true;
  }

  async function runWithin<T>(attempt: (within: Try) => Promise<T>, within: Try): Promise<T> {
    for (;;) {
      isRefused = false;
      try {
        const result = await attempt(within);
        last = null;
        return result;
      } catch (error) {
        within.signal.throwIfAborted();
        if (!(error instanceof ImageFault)) throw error;
        await prepareNext(error, within.signal);
      }
    }
  }

  return {
    count: () => count,
    async run(attempt) {
      const ending = new AbortController();
      const abort = () => ending.abort(deps.signal.reason);
      let timer: NodeJS.Timeout | undefined;
      const onWait = () => {
        clearTimeout(timer);
        leftMs = remainingMs();
        runsSince = null;
      };
      const within: Try = {
        signal: ending.signal,
        onWait,
        onPlace() {
          if (isNext) count += 1;
          isNext = false;
          runsSince = clock.now();
          timer = setTimeout(() => ending.abort(outOfTime()), Math.max(0, leftMs));
        },
        turn: () => (count > 0 && last === null ? "ahead" : "behind"),
        onHost(hostname) {
          asked = hostname;
        },
        onRefused(served) {
          if (servedBefore !== null && served > servedBefore) timesOvertaken += 1;
          servedBefore = served;
          isRefused = true;
        },
        failedBefore: () => last !== null,
        overtaken: () => timesOvertaken > 0,
      };
      deps.signal.throwIfAborted();
      deps.signal.addEventListener("abort", abort);
      try {
        return await runWithin(attempt, within);
      } catch (error) {
        throw deps.signal.aborted ? error : withRedirect(error);
      } finally {
        onWait();
        deps.signal.removeEventListener("abort", abort);
      }
    },
  };
}
