/**
 * The attempts at one image: at most so many, within one deadline, with back-off between them. The count and the deadline go on over all
 * parts of the image; the deadline stands still while the image waits until its host may be asked. Between two parts nothing is held: no
 * timer, no listener.
 */

import { type AccessTable, faultWithoutSecrets } from "../../domain/access-table.ts";
import { ImageFault } from "../../domain/error-codes.ts";
import type { Clock } from "../../process/clock.ts";
import type { Turn } from "../fair-semaphore.ts";
import { HostGivenUp, isRetryable, neverAskedFor, waitBeforeRetry } from "./retry.ts";
import type { FetchSettings } from "./settings.ts";

export type Try = {
  readonly signal: AbortSignal;
  /** The image waits until its host may be asked: its time stands still. */
  onWait(): void;
  /** It is asked for: its time runs. */
  onPlace(): void;
  /** An image that is under way goes before those that have not begun: it holds bytes in memory. One that failed goes behind them. */
  turn(): Turn;
  /** Told of each host that is asked, the redirects' included, for sentences. */
  onHost(hostname: string): void;
  /** The host refused the request that now ends, as too much. `served` counts its good answers so far. */
  onRefused(served: number): void;
  /** Whether an attempt at this image failed or was refused before. */
  failedBefore(): boolean;
  /** Whether others were served since it was refused. */
  overtaken(): boolean;
};

export type Attempts = {
  /** Whether a run is under way. */
  readonly isUnderWay: boolean;
  /** Runs `attempt` until it succeeds, or throws the ImageFault of the last one, or the caller's abort reason. */
  run<T>(attempt: (within: Try) => Promise<T>): Promise<T>;
  /** 1 and the retries; 0 before the first, and for an image that was never asked for. Refusals that a host makes for its own sake do not count. */
  count(): number;
};

/** So often an image may be refused, others served in between, before that is held against it. */
const OVERTAKEN_AT_MOST = 4;

type Deps = {
  readonly settings: Pick<FetchSettings, "imageDeadlineMs" | "maxAttempts" | "backoffMs" | "maxBackoffMs">;
  readonly clock: Clock;
  readonly random: () => number;
  readonly signal: AbortSignal;
  /** What was sent to hosts, which none of them may have repeated in our words. */
  readonly access: () => AccessTable;
  /** The host of the image's own URL, for sentences. */
  readonly hostname: () => string;
};

export function createAttempts(deps: Deps): Attempts {
  return new ImageAttempts(deps);
}

/** A class, as there is one for each image (see `remote-image.ts`), and what each attempt is told of at once. */
class ImageAttempts implements Attempts, Try {
  /** Of the run that goes on. */
  signal: AbortSignal;
  private readonly deps: Deps;
  private counted = 0;
  /** The next request begins another attempt. */
  private isNext = true;
  private leftMs: number;
  private runsSince: number | null = null;
  private ending: AbortController | undefined;
  private timer: NodeJS.Timeout | undefined;
  private asked: string | null = null;
  private last: ImageFault | null = null;
  /** How many others its host had served when it refused this image last. */
  private servedBefore: number | null = null;
  private timesOvertaken = 0;
  private isRefused = false;

  constructor(deps: Deps) {
    this.deps = deps;
    this.signal = deps.signal;
    this.leftMs = deps.settings.imageDeadlineMs;
  }

  count(): number {
    return this.counted;
  }

  get isUnderWay(): boolean {
    return this.ending !== undefined;
  }

  async run<T>(attempt: (within: Try) => Promise<T>): Promise<T> {
    const { signal } = this.deps;
    signal.throwIfAborted();
    const ending = new AbortController();
    const abort = () => ending.abort(signal.reason);
    this.ending = ending;
    this.signal = ending.signal;
    signal.addEventListener("abort", abort);
    try {
      for (;;) {
        this.isRefused = false;
        try {
          const result = await attempt(this);
          this.last = null;
          return result;
        } catch (error) {
          ending.signal.throwIfAborted();
          if (!(error instanceof ImageFault)) throw error;
          await this.prepareNext(error);
        }
      }
    } catch (error) {
      throw faultWithoutSecrets(signal.aborted ? error : this.withRedirect(error), this.deps.access());
    } finally {
      this.onWait();
      signal.removeEventListener("abort", abort);
      this.ending = undefined;
      this.signal = signal;
    }
  }

  onWait(): void {
    clearTimeout(this.timer);
    this.leftMs = this.remainingMs();
    this.runsSince = null;
  }

  onPlace(): void {
    if (this.isNext) this.counted += 1;
    this.isNext = false;
    this.runsSince = this.deps.clock.now();
    this.timer = setTimeout(() => this.ending?.abort(this.outOfTime()), Math.max(0, this.leftMs));
  }

  turn(): Turn {
    return this.counted > 0 && this.last === null ? "ahead" : "behind";
  }

  onHost(hostname: string): void {
    this.asked = hostname;
  }

  onRefused(served: number): void {
    if (this.servedBefore !== null && served > this.servedBefore) this.timesOvertaken += 1;
    this.servedBefore = served;
    this.isRefused = true;
  }

  failedBefore(): boolean {
    return this.last !== null;
  }

  overtaken(): boolean {
    return this.timesOvertaken > 0;
  }

  private async prepareNext(fault: ImageFault): Promise<void> {
    const { signal } = this;
    if (fault instanceof HostGivenUp) throw this.asGivenUp(fault);
    this.last = fault;
    this.counted = Math.max(1, this.counted);
    // It waits for its host like all others.
    if (this.isRefused && this.timesOvertaken <= OVERTAKEN_AT_MOST) return;
    await this.deps.clock.sleep(this.waitAfter(fault), signal);
    signal.throwIfAborted();
    this.isNext = true;
  }

  /** How long to wait before the next attempt. Throws the fault when there is none. */
  private waitAfter(fault: ImageFault): number {
    const { settings, random } = this.deps;
    if (!isRetryable(fault) || this.counted >= settings.maxAttempts) throw fault;
    const waitMs = waitBeforeRetry(fault, this.counted, random(), settings);
    const remaining = this.remainingMs();
    if (waitMs < remaining) return waitMs;
    const detail = `${fault.message}; waiting ${waitMs} ms would pass the image's deadline in ${Math.max(0, remaining)} ms`;
    throw new ImageFault(fault.code, detail, { cause: fault });
  }

  private remainingMs(): number {
    return this.runsSince === null ? this.leftMs : this.leftMs - (this.deps.clock.now() - this.runsSince);
  }

  private outOfTime(): ImageFault {
    const within = `${this.deps.settings.imageDeadlineMs} ms, attempt ${this.counted} was under way`;
    return new ImageFault("timeout", `not fetched from ${this.asked ?? this.deps.hostname()} within ${within}`);
  }

  /** Where redirects led is no host that the person who reads the report has submitted. */
  private withRedirect(error: unknown): unknown {
    const { asked } = this;
    if (!(error instanceof ImageFault) || asked === null || asked === this.deps.hostname()) return error;
    return new ImageFault(error.code, `${error.message}; redirected from ${this.deps.hostname()}`, { cause: error });
  }

  /** An image that was asked for reports its own last answer. */
  private asGivenUp(fault: HostGivenUp): ImageFault {
    const { last } = this;
    if (last === null) {
      const isNews = fault.byHand && this.counted === 0;
      return isNews ? new ImageFault(fault.code, neverAskedFor(fault.message), { cause: fault }) : fault;
    }
    const why = fault.byHand ? `: ${fault.message}` : ", as its host was given up";
    return new ImageFault(last.code, `${last.message}; not asked again${why}`, { cause: fault });
  }
}
