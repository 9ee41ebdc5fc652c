/**
 * Fetching, put together: one pool of connections behind the guard, the hosts' places and breakers, and a RemoteImage for each
 * URL. Nothing is sent before an image is asked for its bytes.
 */
import { type Clock, systemClock } from "../../process/clock.ts";
import { createFairSemaphore } from "../fair-semaphore.ts";
import type { OpenOptions } from "../process-image.ts";
import { createAttempts } from "./attempts.ts";
import { createBufferPool, createBuffers } from "./buffer-pool.ts";
import type { Guard } from "./guard.ts";
import { createHosts, type Hosts } from "./hosts.ts";
import type { PaceTable } from "./pace-table.ts";
import { createRemoteImage, type RemoteImage } from "./remote-image.ts";
import { createRequests } from "./requests.ts";
import type { FetchSettings } from "./settings.ts";
import type { Visitor } from "./visitor.ts";
import { createWire } from "./wire/wire.ts";

export type ImageFetcher = {
  /** Images of one lane share the places with other lanes as one. The signal ends every call on the image with its reason. */
  open(url: string, options: OpenOptions & { readonly visitor?: Visitor | null }): RemoteImage;
  /** Changes how many images are fetched at a time from one host, from the settings' number downward. */
  limitPerHost(places: number): void;
  readonly hosts: Pick<Hosts, "readings" | "giveUp" | "forgetLane" | "crowdOf">;
  /** Ends every request under way and closes every connection. */
  close(): Promise<void>;
};

/** Most servers keep an idle connection for 5 seconds or longer; ours goes first. */
const IDLE_CONNECTION_MS = 4_000;

/** The second of two requests that went out together is as old as the first: a host that has answered that one has had its time. */
const NEXT_ANSWER_MS = 2_000;

/** The ends that prove a file whole, and the longest first range. */
const BUFFER_BYTES = [4 * 1_024, 64 * 1_024] as const;

export function createImageFetcher(deps: {
  readonly guard: Guard;
  readonly settings: FetchSettings;
  readonly paces: PaceTable;
  /** Told, in a sentence, of each host that is waited for no longer. */
  readonly onHostGivenUp: (sentence: string) => void;
  /** Told each time that an image waits before this host's gate no longer: it has come to its turn, or never will. */
  readonly onWaited?: (host: string) => void;
  readonly clock?: Clock;
  /** Chance in [0, 1), for back-off. */
  readonly random?: () => number;
}): ImageFetcher {
  const { guard, settings, paces, clock = systemClock, random = Math.random } = deps;
  const wire = createWire({
    open: guard.open,
    limits: {
      headersMs: settings.headersMs,
      bodyIdleMs: settings.bodyIdleMs,
      nextHeadersMs: Math.min(NEXT_ANSWER_MS, settings.headersMs),
      idleMs: IDLE_CONNECTION_MS,
      maxHeaderBytes: settings.maxHeaderBytes,
      maxWireBytes: guard.maxWireBytes,
    },
  });
  const mostKept = 2 * settings.connections;
  const buffers = createBuffers(BUFFER_BYTES.map((bytes) => createBufferPool({ bytes, mostKept })));
  const hosts = createHosts({ settings, clock, paces, onHostGivenUp: deps.onHostGivenUp });
  const requests = createRequests({
    buffers,
    wire,
    guard,
    hosts,
    places: createFairSemaphore(settings.connections),
    settings,
    now: clock.now,
    onWaited: deps.onWaited ?? (() => {}),
  });
  return {
    open: (url, options) =>
      createRemoteImage({
        buffers,
        parseUrl: () => guard.parse(url),
        asker: options,
        requests,
        attempts: createAttempts({
          settings,
          clock,
          random,
          signal: options.signal,
          access: options.access,
          hostname: () => guard.parse(url).hostname,
        }),
        settings,
      }),
    limitPerHost: (places) => hosts.limitPerHost(places),
    hosts,
    close: async () => wire.close(),
  };
}
