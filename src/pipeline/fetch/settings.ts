/**
 * Every limit of fetching in one type, with the defaults. Holds no logic and reads no environment.
 * The names are those of the configuration, so that a part of it can be passed as it is.
 */

export type FetchSettings = {
  /** Time for one image over all its attempts and the waits between them; waiting until its host may be asked does not count. */
  readonly imageDeadlineMs: number;
  readonly headersMs: number;
  /** Time between two pieces of a body. */
  readonly bodyIdleMs: number;
  readonly maxImageBytes: number;
  readonly maxHeaderBytes: number;
  readonly maxRedirects: number;
  /** The first attempt included. */
  readonly maxAttempts: number;
  /** Requests under way at a time, to all hosts together. */
  readonly connections: number;
  readonly connectionsPerHost: number;
  /** Back-off before the second attempt, doubled for each further one up to `maxBackoffMs`; the wait is a random share of it. */
  readonly backoffMs: number;
  readonly maxBackoffMs: number;
  /** Failures in a row after which a host is left alone for `breakerOpenMs`, doubled up to `breakerMaxOpenMs`. */
  readonly breakerFailures: number;
  readonly breakerOpenMs: number;
  readonly breakerMaxOpenMs: number;
  /** A host that never answers well is given up after so long … */
  readonly hostGiveUpMs: number;
  /** … and one that did, or that asks for patience, after so long without a good answer. */
  readonly hostPatienceMs: number;
  readonly userAgent: string;
};

/** Names where hosts may complain, as many of them ask. */
export function userAgentFor(contact: string | null): string {
  const where = contact === null ? "" : `; complaints to ${contact}`;
  return `Storewalk/0.1 (store-visit image measuring${where})`;
}

export const DEFAULT_FETCH_SETTINGS: FetchSettings = {
  imageDeadlineMs: 60_000,
  headersMs: 10_000,
  bodyIdleMs: 10_000,
  maxImageBytes: 64 * 2 ** 20,
  maxHeaderBytes: 16 * 2 ** 10,
  maxRedirects: 5,
  maxAttempts: 4,
  connections: 64,
  connectionsPerHost: 32,
  backoffMs: 250,
  maxBackoffMs: 10_000,
  breakerFailures: 10,
  breakerOpenMs: 1_000,
  breakerMaxOpenMs: 30_000,
  hostGiveUpMs: 30_000,
  hostPatienceMs: 600_000,
  userAgent: userAgentFor(null),
};
