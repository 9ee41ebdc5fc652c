/**
 * `Idempotency-Key`: a submission that is sent again under its key makes no second job, whichever process it comes to. While one sending is
 * read its key is held in the ledger, and renewed, so that the hold of a process that died ends soon.
 */
import { createHash, randomUUID } from "node:crypto";
import type { FastifyRequest } from "fastify";
import type { RequestUnderKey } from "../../intake/submission.ts";
import type { RequestLedger } from "../../ledger/port/request-ledger.ts";
import { ApiError } from "../problems/api-error.ts";

const HOLD_MS = 60_000;
const RENEW_MS = 20_000;
const KEY = /^[\x21-\x7e]{1,255}$/;

export type KeyedRequest =
  | {
      readonly kind: "begun";
      readonly request: RequestUnderKey;
      /** To be called when the request is over; `made` says whether it made a job. */
      end(made: boolean): Promise<void>;
    }
  | { readonly kind: "done"; readonly jobId: number; readonly fingerprint: string };

/** The request's key; null when it has none. */
export function idempotencyKey({ headers }: FastifyRequest): string | null {
  const key = headers["idempotency-key"];
  if (key === undefined) return null;
  if (typeof key === "string" && KEY.test(key)) return key;
  const detail = "must be 1 to 255 printable ASCII characters without spaces";
  throw new ApiError("invalid_parameter", `Idempotency-Key ${detail}`, {
    problems: [{ pointer: "/header/Idempotency-Key", code: "malformed", detail }],
  });
}

/** Throws 409 while another sending is read. `fingerprint` is asked when the body was read. */
export async function beginKeyed(ledger: RequestLedger, key: string, fingerprint: () => string): Promise<KeyedRequest> {
  const held = { key, holder: randomUUID() };
  const state = await ledger.beginRequest(held, HOLD_MS);
  if (state.kind === "running") throw stillRunning();
  if (state.kind === "done") return state;
  // A renewal that fails is as good as none: the next may come through, else the hold ends and sealing sees it.
  const renewal = setInterval(() => void ledger.holdRequest(held, HOLD_MS).catch(() => {}), RENEW_MS);
  return {
    kind: "begun",
    request: { ...held, fingerprint },
    async end(made) {
      clearInterval(renewal);
      // What cannot be given back now is free when its hold ends.
      if (!made) await ledger.dropRequest(held).catch(() => {});
    },
  };
}

export function stillRunning(): ApiError {
  return new ApiError("idempotency_running", "a request with this Idempotency-Key is being read; try again shortly", {
    headers: { "retry-after": "1" },
  });
}

/** Tells two bodies apart, and the same body under other options. */
export function createFingerprint(format: string, options: Readonly<Record<string, unknown>>) {
  const hash = createHash("sha256");
  hash.update(JSON.stringify([format, Object.entries(options).toSorted(([a], [b]) => (a < b ? -1 : 1))]));
  return {
    async *following(bytes: AsyncIterable<Uint8Array>): AsyncIterable<Uint8Array> {
      for await (const chunk of bytes) {
        hash.update(chunk);
        yield chunk;
      }
    },
    value: () => hash.copy().digest("base64url"),
  };
}
