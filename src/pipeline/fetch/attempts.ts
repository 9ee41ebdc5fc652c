/**
 * The attempts at one image: at most so many, within one deadline, with back-off between them. The count and the deadline run
 * on over all parts of the image. Between two parts nothing is held: no timer, no listener.
 */

import { ImageFault } from "../../domain/error-codes.ts";
import type { Clock } from "../../process/clock.ts";
import type { Turn } from "../fair-semaphore.ts";
import { isRetryable, waitBeforeRetry } from "./retry.ts";
import type { FetchSettings } from "./settings.ts";

export type Try = {
  readonly signal: AbortSignal;
  /** Starts the image's time, when it does not run already. */
  readonly onPlace: () => void;
  /** An image whose time runs already goes before those that have not begun: it holds bytes in memory, and its deadline counts. */
  readonly turn: () => Turn;
  /** Told of each host that is asked, the redirects' included, for sentences. */
  readonly onHost: (hostname: string) => void;
};

export type Attempts = {
  /** Runs `attempt` until it succeeds, or throws the ImageFault of the last one, or the caller's abort reason. */
  run<T>(attempt: (within: Try) => Promise<T>): Promise<T>;
  /** 1 and the retries; 0 before the first. */
  count(): number;
};

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
  let endsAt: number | null = null;
  let asked: string | null = null;

  function outOfTime(): ImageFault {
    const within = `${settings.imageDeadlineMs} ms, attempt ${count} was under way`;
    return new ImageFault("timeout", `not fetched from ${asked ?? deps.hostname()} within ${within}`);
  }

  /** Where redirects led is no host that the person who reads the report has submitted. */
  function withRedirect(error: unknown): unknown {
    if (!(error instanceof ImageFault) || asked === null || asked === deps.hostname()) return error;
    return new ImageFault(error.code, `${error.message}; redirected from ${deps.hostname()}`, { cause: error });
  }

  /** How long to wait before the next attempt. Throws the fault when there is none. */
  function waitAfter(fault: ImageFault): number {
    if (!isRetryable(fault) || count >= settings.maxAttempts) throw fault;
    const waitMs = waitBeforeRetry(fault, count, deps.random(), settings);
    const leftMs = (endsAt ?? Number.POSITIVE_INFINITY) - clock.now();
    if (waitMs < leftMs) return waitMs;
    const detail = `${fault.message}; waiting ${waitMs} ms would pass the image's deadline in ${Math.max(0, leftMs)} ms`;
    throw new ImageFault(fault.code, detail, { cause: fault });
  }

  const turn = (): Turn => (endsAt === null ? "behind" : "ahead");

  async function runWithin<T>(attempt: (within: Try) => Promise<T>, within: Try): Promise<T> {
    if (count === 0) count = 1;
    for (;;) {
      try {
        return await attempt(within);
      } catch (error) {
        within.signal.throwIfAborted();
        if (!(error instanceof ImageFault)) throw error;
        await clock.sleep(waitAfter(error), within.signal);
        within.signal.throwIfAborted();
        count += 1;
      }
    }
  }

  return {
    count: () => count,
    async run(attempt) {
      const ending = new AbortController();
      const abort = () => ending.abort(deps.signal.reason);
      let timer: NodeJS.Timeout | undefined;
      const onPlace = () => {
        endsAt ??= clock.now() + settings.imageDeadlineMs;
        timer ??= setTimeout(() => ending.abort(outOfTime()), Math.max(0, endsAt - clock.now()));
      };
      const onHost = (hostname: string) => {
        asked = hostname;
      };
      deps.signal.throwIfAborted();
      if (endsAt !== null) onPlace();
      deps.signal.addEventListener("abort", abort);
      try {
        return await runWithin(attempt, { signal: ending.signal, onPlace, turn, onHost });
      } catch (error) {
        throw deps.signal.aborted ? error : withRedirect(error);
      } finally {
        clearTimeout(timer);
        deps.signal.removeEventListener("abort", abort);
      }
    },
  };
}
