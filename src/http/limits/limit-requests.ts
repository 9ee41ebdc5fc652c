/**
 * The limits before every route: what an address may get wrong, what a caller may ask, what the process can carry. Those of an address come before
 * it is looked up who calls, so that guessing keys costs the ledger nothing. Must never stop what tells how the service does.
 */
import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import type { RefusalMetrics, RefusalReason } from "../../metrics/refusal-metrics.ts";
import type { Authenticator } from "../auth/authenticator.ts";
import { isSafe } from "../auth/browser-rules.ts";
import { ApiError } from "../problems/api-error.ts";
import { type Allowance, createAllowance } from "./allowance.ts";
import { clientOf } from "./client-address.ts";
import type { EventLoopLag } from "./event-loop-lag.ts";
import type { Headroom } from "./headroom.ts";
import { createImageQuota, type TakenImages } from "./image-quota.ts";
import { overloaded } from "./overloaded.ts";
import { createPlaces } from "./places.ts";
import { type NamedAllowance, rateLimitFields, retryAfter } from "./rate-limit-fields.ts";
import { isHealth, type LongKind, longKindOf, weightOf } from "./route-weights.ts";

/** 0 in each place: no limit. */
export type RequestLimits = {
  /** Of a key; on routes without one, of an address. */
  readonly requestsPerMinute: number;
  readonly imagesPerHour: number;
  /** Requests of an address whose key is not right. */
  readonly attemptsPerMinute: number;
  readonly lagMs: number;
};

const MINUTE_MS = 60_000;
const HOUR_MS = 3_600_000;
const LAG_WAIT_MS = 2_000;
const PLACES_WAIT_MS = 5_000;

/** A report holds a page of rows for each reader, a stream of events up to a megabyte. */
const PLACES = {
  reports: { all: 64, ofOneCaller: 16 },
  events: { all: 512, ofOneCaller: 128 },
} as const;

export type LimitRequests = {
  /** Before it is known who calls. */
  beforeCaller(app: FastifyInstance): void;
  /** When it is. */
  afterCaller(app: FastifyInstance): void;
  imageQuota(request: FastifyRequest): TakenImages;
};

export function createLimitRequests(deps: {
  readonly limits: RequestLimits;
  readonly authenticator: Pick<Authenticator, "asksForKeys">;
  readonly lag: Pick<EventLoopLag, "read">;
  readonly headroom: Headroom;
  readonly metrics: RefusalMetrics;
  readonly now: () => number;
}): LimitRequests {
  const { limits, headroom, metrics } = deps;
  const perMinute = (quota: number) => allowanceOf(quota, MINUTE_MS, deps.now);
  const attempts = perMinute(limits.attemptsPerMinute);
  const requests = perMinute(limits.requestsPerMinute);
  const images = allowanceOf(limits.imagesPerHour, HOUR_MS, deps.now);
  const shown: readonly NamedAllowance[] = [
    ...(requests ? [{ name: "requests", allowance: requests }] : []),
    ...(images ? [{ name: "images", unit: "images", allowance: images }] : []),
  ];
  const places = { reports: createPlaces(PLACES.reports), events: createPlaces(PLACES.events) };
  /** Under which name a request is counted; requests that are not are not here. */
  const counted = new WeakMap<FastifyRequest, string>();

  function refuseAddress({ ip }: FastifyRequest): void {
    const waitMs = attempts?.waitMs(clientOf(ip), 1) ?? 0;
    if (waitMs === 0) return;
    metrics.refused("attempts");
    throw new ApiError("too_many_requests", "this address sent too many requests without a key that is right", {
      headers: retryAfter(waitMs),
    });
  }

  function shed(request: FastifyRequest): void {
    if (limits.lagMs === 0 || deps.lag.read() <= limits.lagMs || weightOf(routeOf(request)) === "light") return;
    metrics.refused("lag");
    throw overloaded("the process is behind with its work and answers only how it stands", LAG_WAIT_MS);
  }

  /** Null where nobody is counted: without keys whoever reaches the service runs it. */
  async function countedAs({ caller, routeOptions, ip }: FastifyRequest): Promise<string | null> {
    if (caller.keyId !== null) return `key ${caller.keyId}`;
    const isOfStranger =
      routeOptions.config.access === "public" && (await deps.authenticator.asksForKeys().catch(() => false));
    return isOfStranger ? `address ${clientOf(ip)}` : null;
  }

  async function count(request: FastifyRequest): Promise<void> {
    if (isHealth(routeOf(request))) return;
    const caller = await countedAs(request);
    if (caller === null) return;
    counted.set(request, caller);
    const answer = requests?.take(caller, 1);
    if (answer?.kind !== "refused") return;
    metrics.refused("requests");
    throw new ApiError("too_many_requests", `more than ${limits.requestsPerMinute} requests came within a minute`, {
      headers: retryAfter(answer.waitMs),
    });
  }

  function takePlace(request: FastifyRequest, reply: FastifyReply, kind: LongKind): void {
    const giveBack = places[kind].take(counted.get(request) ?? null);
    if (!giveBack) {
      metrics.refused(kind);
      throw overloaded(`too many ${kind} are being sent`, PLACES_WAIT_MS);
    }
    reply.raw.once("close", giveBack);
  }

  async function refuseWork(): Promise<void> {
    const shortage = await headroom.shortage();
    if (!shortage) return;
    metrics.refused(shortage.reason);
    throw overloaded(shortage.detail, shortage.waitMs);
  }

  return {
    beforeCaller(app) {
      app.addHook("onRequest", async (request) => {
        shed(request);
        // Files for anybody, and what tells how the process does, cost the ledger nothing.
        if (request.routeOptions.config.access !== "public" || !isSafe(request.method)) refuseAddress(request);
      });
      app.addHook("onError", async (request, _reply, error) => {
        if (attempts && error instanceof ApiError && error.code === "unauthenticated")
          attempts.take(clientOf(request.ip), 1);
      });
    },
    afterCaller(app) {
      app.addHook("onRequest", async (request, reply) => {
        await count(request);
        const kind = longKindOf(routeOf(request));
        if (kind) takePlace(request, reply, kind);
        if (weightOf(routeOf(request)) === "work") await refuseWork();
      });
      app.addHook("onSend", async (request, reply) => {
        const caller = counted.get(request);
        if (caller !== undefined) reply.headers(rateLimitFields(shown, caller));
      });
    },
    imageQuota(request) {
      const caller = counted.get(request);
      const onRefused = (reason: RefusalReason) => metrics.refused(reason);
      const counts = images && caller ? { allowance: images, caller, whose: "key" as const } : null;
      return createImageQuota({ images: counts, headroom, onRefused });
    },
  };
}

function allowanceOf(quota: number, windowMs: number, now: () => number): Allowance | null {
  return quota === 0 ? null : createAllowance({ quota, windowMs }, { now });
}

function routeOf({ method, routeOptions }: FastifyRequest) {
  return { method, url: routeOptions.url ?? "" };
}
