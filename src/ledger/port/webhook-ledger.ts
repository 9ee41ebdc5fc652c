/**
 * The ledger's port for webhooks: who is told of the ends of jobs, and each telling. Deliveries follow from the ends, which are durable and
 * numbered, so none is forgotten whichever process dies when. Every method may be repeated.
 */
import type { WebhookFormat } from "../../domain/webhook-format.ts";
import type { JobEnd } from "./job-end.ts";

export type NewEndpoint = {
  /** Whose jobs it is told of. */
  readonly tenant: string;
  readonly url: string;
  readonly events: readonly string[];
  readonly description: string;
  readonly secret: string;
  /** The signed JSON if not given. */
  readonly format?: WebhookFormat;
};

export type Endpoint = Omit<NewEndpoint, "secret" | "format"> & {
  readonly id: number;
  readonly format: WebhookFormat;
  readonly enabled: boolean;
  /** Why Storewalk itself switched it off. */
  readonly disabledReason: string | null;
  readonly oldSecretUntil: number | null;
  readonly createdAt: number;
};

export const DELIVERY_STATES = ["pending", "delivered", "failed"] as const;
export type DeliveryState = (typeof DELIVERY_STATES)[number];

export type Delivery = {
  readonly no: number;
  /** 0 for the callback of one job. */
  readonly endpointId: number;
  readonly jobId: number | null;
  /** The alert that told it; null for none. */
  readonly alertId: number | null;
  readonly event: string;
  readonly url: string;
  readonly state: DeliveryState;
  readonly attempts: number;
  readonly nextAt: number;
  /** Of the last attempt: what came back, or why nothing did. */
  readonly lastStatus: number | null;
  readonly lastError: string | null;
  readonly lastBody: string | null;
  readonly createdAt: number;
  readonly finishedAt: number | null;
};

/** One attempt at a delivery: what came back, or why nothing did. */
export type Attempt = {
  /** From 1 on; one whose process died in between is missing. */
  readonly attempt: number;
  readonly endedAt: number;
  /** Null where nobody measured it. */
  readonly tookMs: number | null;
  readonly status: number | null;
  readonly error: string | null;
  readonly body: string | null;
};

/** A delivery with what is told, in which form its endpoint wants it now, and every attempt in order. */
export type DeliveryInFull = Delivery & {
  readonly payload: string;
  readonly format: WebhookFormat;
  readonly attemptsMade: readonly Attempt[];
};

/** A delivery to be attempted now. `attempts` counts this one; secrets are the endpoint's, none for a callback. */
export type DueDelivery = Pick<Delivery, "no" | "endpointId" | "event" | "url" | "attempts"> & {
  readonly payload: string;
  readonly format: WebhookFormat;
  /** Whom it waits behind: its endpoint, or the address of a callback. */
  readonly line: string;
  readonly secrets: readonly string[];
};

export type AttemptOutcome = {
  readonly state: "delivered" | "failed" | "pending";
  /** Until the next attempt of a pending one, ms. */
  readonly waitMs: number;
  readonly tookMs: number;
  readonly status: number | null;
  readonly error: string | null;
  readonly body: string | null;
  /** Set when the endpoint is to be switched off. */
  readonly disableReason: string | null;
};

export type DeliveryFilter = {
  readonly tenant: string | null;
  readonly endpointId: number | null;
  readonly jobId: number | null;
  readonly state: DeliveryState | null;
};

export type WebhookLedger = {
  addEndpoint(endpoint: NewEndpoint): Promise<Endpoint>;
  /** By id; of all tenants for null. */
  listEndpoints(tenant: string | null): Promise<readonly Endpoint[]>;
  /** Null when there is none. Switching it on forgets why it was off. */
  changeEndpoint(
    id: number,
    changes: Partial<Pick<Endpoint, "url" | "events" | "description" | "enabled">>,
  ): Promise<Endpoint | null>;
  /** The secret before signs beside the new one for `overlapMs`. */
  rotateEndpoint(id: number, secret: string, overlapMs: number): Promise<Endpoint | null>;
  /** With its deliveries; false when there is none. */
  removeEndpoint(id: number): Promise<boolean>;

  /** Ends whose deliveries may not all be there, in order. */
  readUnannounced(limit: number): Promise<readonly JobEnd[]>;
  /** Makes one delivery for each enabled endpoint that wants the event, and for the job's callback: once each. Ends must come in order. */
  announceEnd(end: JobEnd, event: string, payload: string): Promise<void>;
  /** A delivery that belongs to no job. Null when there is no such endpoint. */
  addPing(endpointId: number, payload: string): Promise<Delivery | null>;
  /** The same once more, as a new delivery to where its endpoint is now. Null when there is none of this tenant. */
  replayDelivery(no: number, tenant: string | null): Promise<Delivery | null>;
  /**
   * Takes deliveries whose time has come, those of disabled endpoints excepted; each comes again after `leaseMs` unless it is recorded. A few of
   * each line, and none of the busy ones: whoever never answers holds up nobody else.
   */
  takeDue(limit: number, leaseMs: number, busyLines?: readonly string[]): Promise<readonly DueDelivery[]>;
  /** What became of an attempt; kept for people, and ignored otherwise, when another one was begun since. */
  recordAttempt(due: Pick<DueDelivery, "no" | "endpointId" | "attempts">, outcome: AttemptOutcome): Promise<void>;
  /** Null when there is none of this tenant. */
  readDelivery(no: number, tenant: string | null): Promise<DeliveryInFull | null>;
  /** Newest first, below `before`. */
  listDeliveries(
    filter: DeliveryFilter,
    page: { readonly before: number | null; readonly limit: number },
  ): Promise<readonly Delivery[]>;
};
