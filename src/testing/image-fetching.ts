/** An image fetcher on real sockets whose back-off takes no time: waits are noted and the clock jumps over them. Tests only. */

import { NO_ACCESS } from "../domain/access-table.ts";
import { createGuard } from "../pipeline/fetch/guard.ts";
import { createImageFetcher, type ImageFetcher } from "../pipeline/fetch/image-fetcher.ts";
import { createPaceMemory, openPaceTable } from "../pipeline/fetch/pace-table.ts";
import type { RemoteImage } from "../pipeline/fetch/remote-image.ts";
import { DEFAULT_FETCH_SETTINGS, type FetchSettings } from "../pipeline/fetch/settings.ts";
import type { Visitor } from "../pipeline/fetch/visitor.ts";
import type { OpenOptions } from "../pipeline/process-image.ts";
import type { Clock } from "../process/clock.ts";

export type TestFetching = {
  open(url: string, options?: Partial<OpenOptions> & { readonly visitor?: Visitor | null }): RemoteImage;
  /** Every back-off so far, in milliseconds. */
  readonly waits: readonly number[];
  readonly clock: Clock;
  readonly hosts: ImageFetcher["hosts"];
  close(): Promise<void>;
};

const never = new AbortController().signal;

export function startFetching(
  options: {
    readonly settings?: Partial<FetchSettings>;
    readonly allowHosts?: readonly string[];
    readonly maxWireBytes?: number;
    readonly connectMs?: number;
    /** A certificate authority to trust. */
    readonly ca?: string;
    readonly now?: number;
    /** Replaces the clock that jumps. */
    readonly clock?: Clock;
    /** Replaces the clock's jump. */
    readonly onHostGivenUp?: (sentence: string) => void;
    readonly onWaited?: (host: string) => void;
    readonly onWait?: (ms: number, signal: AbortSignal) => Promise<void>;
  } = {},
): TestFetching {
  const waits: number[] = [];
  let now = options.now ?? Date.now();
  const clock: Clock = options.clock ?? {
    now: () => now,
    sleep: async (ms, signal) => {
      waits.push(ms);
      await options.onWait?.(ms, signal);
      now += ms;
    },
  };
  const fetcher = createImageFetcher({
    guard: createGuard({
      allowHosts: options.allowHosts ?? ["127.0.0.1"],
      ...(options.maxWireBytes === undefined ? {} : { maxWireBytes: options.maxWireBytes }),
      ...(options.connectMs === undefined ? {} : { connectMs: options.connectMs }),
      ...(options.ca === undefined ? {} : { ca: options.ca }),
    }),
    settings: { ...DEFAULT_FETCH_SETTINGS, ...options.settings },
    paces: openPaceTable(createPaceMemory(1), 0),
    onHostGivenUp: options.onHostGivenUp ?? (() => {}),
    onWaited: options.onWaited ?? (() => {}),
    clock,
    // The whole of each back-off, so that tests can name it.
    random: () => 0.999_999,
  });
  return {
    open: (url, { lane = "job", access = () => NO_ACCESS, signal = never, visitor = null } = {}) =>
      fetcher.open(url, { lane, access, signal, visitor }),
    waits,
    clock,
    hosts: fetcher.hosts,
    close: fetcher.close,
  };
}

/** Bytes in which no place looks like another. */
export function patternOf(length: number, seed = 1): Uint8Array {
  const bytes = new Uint8Array(length);
  let state = seed;
  for (let at = 0; at < length; at += 1) {
    state = (Math.imul(state, 1_103_515_245) + 12_345) >>> 0;
    bytes[at] = state >>> 16;
  }
  return bytes;
}
