/** The ledger's port for requests under keys of their clients. Types only: anyone may import this file. */

/** A request under a key that its client chose. `holder` is unique for each time that it is sent. */
export type HeldRequest = { readonly key: string; readonly holder: string };

/** `fingerprint` tells requests apart that are not the same. */
export type FinishedRequest = HeldRequest & { readonly fingerprint: string };

export type RequestState =
  | { readonly kind: "begun" }
  /** Another sending of it is being read. */
  | { readonly kind: "running" }
  | { readonly kind: "done"; readonly jobId: number; readonly fingerprint: string };

/** Keys of requests: known for 24 hours after they made a job; or until the job is removed. */
export type RequestLedger = {
  /** Takes a key for `holdMs`, unless it is known or held. */
  beginRequest(request: HeldRequest, holdMs: number): Promise<RequestState>;
  /** Keeps it for `holdMs` from now, if it is still the caller's. */
  holdRequest(request: HeldRequest, holdMs: number): Promise<void>;
  /** Gives the key back: the request made no job. */
  dropRequest(request: HeldRequest): Promise<void>;
};
