/** What a process sees of a host that is in trouble while images wait for it. Plain data. */
export type HostTrouble = {
  /** Host, or host:port. */
  readonly host: string;
  /** Requests at a time, of all threads of the process. */
  readonly atOnce: number;
  /** Requests a second; null for no limit. */
  readonly perSecond: number | null;
  readonly underWay: number;
  /** Requests that it refused as too much, since the process began to ask it. */
  readonly refusals: number;
  /** Epoch ms until which it is left alone; null when it is not. */
  readonly waitsUntil: number | null;
  /** Its last failure or refusal, in words; empty for none. */
  readonly trouble: string;
  /** Ms without a good answer; 0 while there are some. */
  readonly troubledMs: number;
  /** Not waited for any more, for a while. */
  readonly givenUp: boolean;
  /** Images that wait for it, by job. */
  readonly waiting: readonly (readonly [jobId: number, images: number])[];
};
