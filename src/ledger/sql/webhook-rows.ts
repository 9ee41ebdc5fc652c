/** Rows of webhooks and their deliveries as the port shows them. */
import { WEBHOOK_FORMATS } from "../../domain/webhook-format.ts";
import {
  type Attempt,
  DELIVERY_STATES,
  type Delivery,
  type DueDelivery,
  type Endpoint,
} from "../port/webhook-ledger.ts";
import { integer, integerOrNull, oneOf, type Row, text, textOrNull } from "./row.ts";

export function endpoint(row: Row): Endpoint {
  return {
    id: integer(row, "id"),
    tenant: text(row, "tenant"),
    url: text(row, "url"),
    events: text(row, "events").split(","),
    description: text(row, "description"),
    format: oneOf(row, "format", WEBHOOK_FORMATS),
    enabled: integer(row, "enabled") === 1,
    disabledReason: textOrNull(row, "disabled_reason"),
    oldSecretUntil: integerOrNull(row, "old_secret_until"),
    createdAt: integer(row, "created_at"),
  };
}

export function delivery(row: Row): Delivery {
  return {
    no: integer(row, "no"),
    endpointId: integer(row, "endpoint"),
    jobId: integerOrNull(row, "job"),
    alertId: integerOrNull(row, "alert"),
    event: text(row, "event"),
    url: text(row, "url"),
    state: oneOf(row, "state", DELIVERY_STATES),
    attempts: integer(row, "attempts"),
    nextAt: integer(row, "next_at"),
    lastStatus: integerOrNull(row, "last_status"),
    lastError: textOrNull(row, "last_error"),
    lastBody: textOrNull(row, "last_body"),
    createdAt: integer(row, "created_at"),
    finishedAt: integerOrNull(row, "finished_at"),
  };
}

export function attempt(row: Row): Attempt {
  return {
    attempt: integer(row, "attempt"),
    endedAt: integer(row, "ended_at"),
    tookMs: integerOrNull(row, "took_ms"),
    status: integerOrNull(row, "status"),
    error: textOrNull(row, "error"),
    body: textOrNull(row, "body"),
  };
}

export function dueDelivery(row: Row): DueDelivery {
  const secrets = [textOrNull(row, "secret"), textOrNull(row, "old_secret")];
  return {
    no: integer(row, "no"),
    endpointId: integer(row, "endpoint"),
    event: text(row, "event"),
    url: text(row, "url"),
    payload: text(row, "payload"),
    attempts: integer(row, "attempts"),
    line: text(row, "line"),
    format: oneOf(row, "format", WEBHOOK_FORMATS),
    secrets: secrets.filter((secret) => secret !== null),
  };
}
